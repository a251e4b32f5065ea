import type { Row } from "./blocks";
import type { LocalGraph } from "./scope";

/** A transition back up, between two places of the innermost row that holds both of its boxes. */
export interface Loop {
  readonly edge: number;
  /** The upper place, and the lower one. */
  readonly high: number;
  readonly low: number;
}
interface Seat {
  readonly row: Row;
  /** Where in the row's parts; forks and sides hold further rows. */
  readonly at: number;
}

/** From a box to itself: too low for a label on its lane, which stands beside it instead. */
export function leadsBackAtOnce(local: LocalGraph, edge: number): boolean {
  const found = local.edges[edge];
  return found !== undefined && found.from === found.to;
}

export function loopsOf(local: LocalGraph, whole: Row): Map<Row, Loop[]> {
  const seats = new Map<number, readonly Seat[]>();
  takeSeats(whole, [], seats);
  const places = new Map(local.boxes.map((box, i) => [box.key, i]));
  const loops = new Map<Row, Loop[]>();
  local.edges.forEach(({ from, to, back }, edge) => {
    if (!back) return;
    const [a, b] = [from, to].map((key) => seats.get(places.get(key) ?? -1) ?? []);
    const shared = (a ?? []).filter((seat, depth) => seat.row === b?.[depth]?.row).length - 1;
    const [one, other] = [a?.[shared], b?.[shared]];
    if (!one || !other) return;
    const found = { edge, high: Math.min(one.at, other.at), low: Math.max(one.at, other.at) };
    loops.set(one.row, [...(loops.get(one.row) ?? []), found]);
  });
  for (const found of loops.values()) found.sort((a, b) => a.low - a.high - (b.low - b.high));
  return loops;
}

function takeSeats(row: Row, outside: readonly Seat[], seats: Map<number, readonly Seat[]>): void {
  row.parts.forEach((part, at) => {
    const here = [...outside, { row, at }];
    if (part.kind === "box") seats.set(part.box, here);
    if (part.kind === "side") takeSeats(part.row, here, seats);
    if (part.kind !== "fork") return;
    for (const column of part.columns) if (column.kind === "row") takeSeats(column, here, seats);
  });
}
