import { blocksOf, type Line } from "./blocks";
import { Columns } from "./columns";
import type { Box, Point } from "./layout";
import { Levels, laneAt } from "./levels";
import { leadsBackAtOnce } from "./loops";
import { LABEL_HEIGHT, type LocalGraph, type ScopeResult } from "./scope";

type Drawn = ScopeResult["lines"][number];
/** One end of a loop, on the right side of its box. */
interface Hook {
  readonly edge: number;
  readonly leaves: boolean;
  /** It leads from the box to itself. */
  readonly own: boolean;
}

const HOOKS = 14;
const CLEAR = 4;
const STEP = 6;

/**
 * A scope that is made of blocks, drawn at once and without the layout engine. Null where the scope is not, where a
 * loop would cross a box, or where a box has too many lines.
 */
export function drawnByRule(local: LocalGraph): ScopeResult | null {
  const whole = blocksOf(local);
  if (whole === null) return null;
  const columns = new Columns(local, whole);
  const levels = new Levels(local, columns, whole);
  if (levels.crowded) return null;
  const boxes = local.boxes.map(({ key, width, height }, i) => {
    const x = (columns.middles.get(i) ?? 0) - width / 2;
    return { key, x, y: levels.tops.get(i) ?? 0, width, height };
  });
  const lines: Drawn[] = local.edges.map(() => ({ points: [], label: null }));
  for (const [line, x] of columns.axes) {
    if (line.edge !== null) lines[line.edge] = down(line, x, boxes, levels, local);
  }
  const loops = loopLines(local, columns, boxes);
  for (const [edge, drawn] of loops) lines[edge] = drawn;
  const pieces = lines.map(({ points }) => stretches(points));
  for (const edge of loops.keys()) placeLabel(edge, boxes, lines, pieces);
  for (const edge of loops.keys()) if (!clear(edge, boxes, lines, pieces)) return null;
  return { width: columns.width, height: levels.height, boxes, lines };
}

/** From the lower side of a box to the upper side of another, by the way's own axis. */
function down(line: Line, x: number, boxes: Box[], levels: Levels, local: LocalGraph): Drawn {
  const top = bottom(boxes[line.from]);
  const end = boxes[line.to]?.y ?? top;
  const [leaves, enters] = [levels.meeting(line, "from"), levels.meeting(line, "to")];
  const points: Point[] = [{ x: leaves.x, y: top }];
  if (leaves.lane !== null) {
    const y = top + laneAt(leaves.lane);
    points.push({ x: leaves.x, y }, { x, y });
  }
  if (enters.lane !== null) {
    const y = end - laneAt(enters.lane);
    points.push({ x, y }, { x: enters.x, y });
  }
  points.push({ x: enters.x, y: end });
  const width = local.edges[line.edge ?? -1]?.label ?? 0;
  const y = top + levels.labelsBelow(line.from);
  const label = width > 0 ? { x: x - width / 2, y, width, height: LABEL_HEIGHT } : null;
  return { points, label };
}

function bottom(box: Box | undefined): number {
  return box ? box.y + box.height : 0;
}

function loopLines(local: LocalGraph, columns: Columns, boxes: readonly Box[]): Map<number, Drawn> {
  const places = new Map(local.boxes.map((box, i) => [box.key, i]));
  const hooks = new Map<number, Hook[]>();
  const hang = (key: string, hook: Hook) => {
    const box = places.get(key) ?? -1;
    hooks.set(box, [...(hooks.get(box) ?? []), hook]);
  };
  for (const edge of columns.lanes.keys()) {
    const ends = local.edges[edge];
    const own = leadsBackAtOnce(local, edge);
    hang(ends?.from ?? "", { edge, leaves: true, own });
    hang(ends?.to ?? "", { edge, leaves: false, own });
  }
  const ends = new Map<string, Point>();
  for (const [box, some] of hooks) hangHooks(boxes[box], some, columns, ends);
  const drawn = new Map<number, Drawn>();
  for (const [edge, x] of columns.lanes) {
    const [from, to] = [ends.get(`${edge} leaves`), ends.get(`${edge} enters`)];
    if (!from || !to) continue;
    const points = [from, { x, y: from.y }, { x, y: to.y }, to];
    const width = local.edges[edge]?.label ?? 0;
    const y = (from.y + to.y - LABEL_HEIGHT) / 2;
    const left = leadsBackAtOnce(local, edge) ? x : x - width / 2;
    const label = width > 0 ? { x: left, y, width, height: LABEL_HEIGHT } : null;
    drawn.set(edge, { points, label });
  }
  return drawn;
}

/**
 * Above what comes from below is what goes up, the nearest lane first, and between them what comes back at once; so no
 * loop crosses another at its box.
 */
function hangHooks(
  box: Box | undefined,
  hooks: Hook[],
  columns: Columns,
  ends: Map<string, Point>,
): void {
  if (!box) return;
  const lane = ({ edge }: Hook) => columns.lanes.get(edge) ?? 0;
  const rank = ({ leaves, own }: Hook) => (own ? 1 : leaves ? 0 : 2);
  hooks.sort((a, b) => {
    if (rank(a) !== rank(b)) return rank(a) - rank(b);
    if (a.own && a.edge !== b.edge) return lane(a) - lane(b);
    if (a.leaves !== b.leaves) return a.leaves ? -1 : 1;
    return a.leaves ? lane(a) - lane(b) : lane(b) - lane(a);
  });
  const step = Math.min(HOOKS, box.height / (hooks.length + 1));
  hooks.forEach(({ edge, leaves }, i) => {
    const y = box.y + box.height / 2 + (i - (hooks.length - 1) / 2) * step;
    ends.set(`${edge} ${leaves ? "leaves" : "enters"}`, { x: box.x + box.width, y });
  });
}

/** A loop's label stays in the middle of its lane if nothing is there; else it goes to the nearest place that is free. */
function placeLabel(
  edge: number,
  boxes: readonly Box[],
  lines: Drawn[],
  pieces: readonly (readonly Box[])[],
): void {
  const { points, label } = lines[edge] ?? { points: [], label: null };
  const lane = pieces[edge]?.[1];
  if (!label || !lane) return;
  const near = { ...lane, x: label.x, width: label.width };
  const taken = boxes.filter((box) => overlap(near, box));
  lines.forEach(({ label: name }, i) => {
    if (i === edge) return;
    for (const piece of pieces[i] ?? []) if (overlap(near, piece)) taken.push(piece);
    if (name && overlap(near, name)) taken.push(name);
  });
  const most = (lane.height - label.height) / 2;
  for (let away = 0; away <= most; away += STEP) {
    for (const y of [label.y - away, label.y + away]) {
      const moved = { ...label, y };
      if (taken.some((other) => overlap(moved, other))) continue;
      lines[edge] = { points, label: moved };
      return;
    }
  }
}

/** A loop may cross lines, and nothing else: no box, no label, and no line that runs along with it or into its label. */
function clear(
  edge: number,
  boxes: readonly Box[],
  lines: readonly Drawn[],
  pieces: readonly (readonly Box[])[],
): boolean {
  const own = pieces[edge] ?? [];
  const label = lines[edge]?.label;
  if (boxes.some((box) => own.some((piece) => overlap(piece, box)))) return false;
  return lines.every((other, i) => {
    if (i === edge) return true;
    const theirs = pieces[i] ?? [];
    if (label && theirs.some((piece) => overlap(piece, label))) return false;
    const { label: name } = other;
    if (name && own.some((piece) => overlap(piece, name))) return false;
    return !own.some((piece) => theirs.some((one) => runsAlong(piece, one)));
  });
}

/** Each stretch of a line as a box of no width or height. */
function stretches(points: readonly Point[]): Box[] {
  return points.slice(1).map((b, i) => {
    const a = points[i] as Point;
    const [x, y] = [Math.min(a.x, b.x), Math.min(a.y, b.y)];
    return { x, y, width: Math.abs(a.x - b.x), height: Math.abs(a.y - b.y) };
  });
}

function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/** Two stretches, both level or both upright, which are nearer than can be told apart. */
function runsAlong(a: Box, b: Box): boolean {
  const level = a.height === 0;
  if (level !== (b.height === 0)) return false;
  const [x, y] = level ? [0, CLEAR] : [CLEAR, 0];
  return (
    a.x - x < b.x + Math.max(1, b.width) &&
    b.x < a.x + a.width + x &&
    a.y - y < b.y + Math.max(1, b.height) &&
    b.y < a.y + a.height + y
  );
}
