import type { LocalGraph } from "./scope";

/**
 * Most scopes are made of blocks: steps in a row, and forks whose ways meet again. Taken apart into these, a scope
 * can be drawn by rule (see `columns.ts`). Loops are left out: they are drawn around the blocks.
 */
export type Block = Line | Row | Fork;

/** One transition. Boxes and edges are numbers: their places in the `LocalGraph`. */
export interface Line {
  readonly kind: "line";
  /** Null where nothing is drawn: a box that leads nowhere ends here. */
  readonly edge: number | null;
  readonly from: number;
  /** Past the last box where the scope draws no End. */
  readonly to: number;
}
export interface Place {
  readonly kind: "box";
  readonly box: number;
}
/** One after the other: boxes, and between them lines and forks. */
export interface Row {
  readonly kind: "row";
  readonly parts: readonly Part[];
}
export type Part = Place | Line | Fork | Side;
/** What nothing leads to, and which leads to the box that comes next in the row: it stands beside the row. */
export interface Side {
  readonly kind: "side";
  readonly row: Row;
}
/** Ways beside each other, in the order of the transitions that lead into them. */
export interface Fork {
  readonly kind: "fork";
  readonly columns: readonly (Line | Row)[];
}

/** A part of the graph that has been seen to be a block. */
interface Way {
  readonly from: number;
  readonly to: number;
  readonly block: Block;
  /** It ends at a box that leads nowhere: nothing is drawn from there to the end. */
  readonly open: boolean;
  /** It begins at a box that nothing leads to: nothing is drawn from the first box to there. */
  readonly loose: boolean;
  /** How many forks and sides stand in each other. */
  readonly depth: number;
}

/** Blocks are walked by functions that call themselves: deeper ones could come to the end of the browser's stack. */
const DEEPEST = 300;

const FIRST = 0;

/**
 * Transitions but the loops; and ways that are not drawn, from each box that leads nowhere to the end, and from the
 * first box to each that nothing leads to.
 */
function waysOf(local: LocalGraph, end: number): Way[] {
  const places = new Map(local.boxes.map((box, i) => [box.key, i]));
  const ways: Way[] = [];
  local.edges.forEach(({ from, to, back }, edge) => {
    const ends = { from: places.get(from) ?? end, to: places.get(to) ?? end };
    if (!back) ways.push(way(edge, ends.from, ends.to));
  });
  const left = new Set(ways.map(({ from }) => from));
  const entered = new Set(ways.map(({ to }) => to));
  local.boxes.forEach((_, box) => {
    if (box === end) return;
    if (!left.has(box)) ways.push({ ...way(null, box, end), open: true });
    if (!entered.has(box) && box !== FIRST) ways.push({ ...way(null, FIRST, box), loose: true });
  });
  return ways;
}

function way(edge: number | null, from: number, to: number): Way {
  const block: Line = { kind: "line", edge, from, to };
  return { from, to, block, open: false, loose: false, depth: 0 };
}

function inRow(before: Way, box: number, after: Way): Way {
  const parts = [...partsOf(before.block), place(box), ...partsOf(after.block)];
  const { from, loose } = before;
  const depth = Math.max(before.depth, after.depth);
  return { from, to: after.to, block: { kind: "row", parts }, open: after.open, loose, depth };
}

function partsOf(block: Block): Row["parts"] {
  return block.kind === "row" ? block.parts : [block];
}

function place(box: number): Place {
  return { kind: "box", box };
}

function beside(ways: readonly Way[], from: number, to: number): Way {
  const columns = ways.flatMap(({ block }) => (block.kind === "fork" ? block.columns : [block]));
  const open = ways.every((way) => way.open);
  return { from, to, block: { kind: "fork", columns }, open, loose: false, depth: deepest(ways) };
}

function deepest(inside: readonly Way[]): number {
  return 1 + Math.max(...inside.map(({ depth }) => depth));
}

/**
 * The way with others that nothing leads to beside its end, the last of the text first: a copy is put before earlier
 * copies of the same state, and moves none of them.
 */
function withSides(way: Way, sides: readonly Way[]): Way {
  const parts: Part[] = [...partsOf(way.block)];
  const first = ({ block }: Way) => firstLine(block as Line | Row)?.to ?? 0;
  for (const { block } of [...sides].sort((a, b) => first(b) - first(a)))
    parts.push({ kind: "side", row: { kind: "row", parts: partsOf(block) } });
  const depth = Math.max(way.depth, deepest(sides));
  return { ...way, block: { kind: "row", parts }, depth };
}

/** The graph while it shrinks to one way. */
class Shrinking {
  private readonly out = new Map<number, Set<Way>>();
  private readonly into = new Map<number, Set<Way>>();
  /** Boxes at which something has changed, each of them once. */
  private readonly todo: number[] = [];
  private readonly waiting = new Set<number>();
  private count = 0;

  constructor(
    ways: readonly Way[],
    private readonly end: number,
  ) {
    for (const way of ways) this.add(way);
  }

  /** The one way from the first box to the end, if all of the graph is made of blocks. */
  run(): Way | null {
    for (let box = this.todo.pop(); box !== undefined; box = this.todo.pop()) {
      this.waiting.delete(box);
      this.join(box);
      this.gather(box);
      this.pass(box);
    }
    const [whole] = this.at(this.out, FIRST);
    const done = this.count === 1 && whole?.to === this.end && whole.depth <= DEEPEST;
    return done ? whole : null;
  }

  /** Ways from here to the same box are one fork; those that end on the way may stand beside any. */
  private join(box: number): void {
    const groups = new Map<number, Way[]>();
    const out = [...this.at(this.out, box)].filter((way) => !way.loose);
    for (const way of out) {
      const group = groups.get(way.to);
      if (group) group.push(way);
      else groups.set(way.to, [way]);
    }
    const closed = [...groups].filter(([, ways]) => ways.some((way) => !way.open));
    const [only] = closed;
    if (only && closed.length === 1) {
      groups.clear();
      groups.set(only[0], out);
    }
    for (const [to, ways] of groups) {
      if (ways.length < 2) continue;
      for (const way of ways) this.remove(way);
      this.add(beside(ways, box, to));
    }
  }

  /** What nothing leads to stands beside the only way that leads here. */
  private gather(box: number): void {
    const into = [...this.at(this.into, box)];
    const sides = into.filter((way) => way.loose);
    const [only, ...others] = into.filter((way) => !way.loose);
    if (!only || others.length > 0 || sides.length === 0) return;
    for (const way of into) this.remove(way);
    this.add(withSides(only, sides));
  }

  /** A box with one way in and one way out lies in a row. */
  private pass(box: number): void {
    if (box === FIRST || box === this.end) return;
    const [before, ...others] = this.at(this.into, box);
    const [after, ...more] = this.at(this.out, box);
    if (!before || !after || others.length + more.length > 0) return;
    this.remove(before);
    this.remove(after);
    this.add(inRow(before, box, after));
  }

  private at(ends: Map<number, Set<Way>>, box: number): Set<Way> {
    const found = ends.get(box) ?? new Set();
    ends.set(box, found);
    return found;
  }

  private add(way: Way): void {
    this.at(this.out, way.from).add(way);
    this.at(this.into, way.to).add(way);
    this.look(way.to);
    this.look(way.from);
    this.count += 1;
  }

  private look(box: number): void {
    if (this.waiting.has(box)) return;
    this.waiting.add(box);
    this.todo.push(box);
  }

  private remove(way: Way): void {
    this.at(this.out, way.from).delete(way);
    this.at(this.into, way.to).delete(way);
    this.count -= 1;
  }
}

/**
 * The scope as one row from its first box to its end, which is past the last box where none is drawn. Null if it is
 * not made of blocks.
 */
export function blocksOf(local: LocalGraph): Row | null {
  const drawn = local.boxes.findIndex((box) => box.last);
  const end = drawn < 0 ? local.boxes.length : drawn;
  const ways = waysOf(local, end);
  if (end === FIRST || ways.some(({ to }) => to === FIRST)) return null;
  const whole = new Shrinking(ways, end).run();
  return whole && { kind: "row", parts: [place(FIRST), ...partsOf(whole.block), place(end)] };
}

/** The line that leads into it, if it does not begin with a box. */
export function firstLine(part: Part | Row): Line | null {
  if (part.kind === "line") return part;
  const first = part.kind === "row" ? part.parts[0] : part.kind === "fork" ? part.columns[0] : null;
  return first ? firstLine(first) : null;
}

/** A line that leads on from it; null if all of its ways end in it. */
export function lastLine(part: Part | Row): Line | null {
  if (part.kind === "line") return part.edge === null ? null : part;
  if (part.kind === "fork") return part.columns.map(lastLine).find((line) => line !== null) ?? null;
  const last = part.kind === "row" && part.parts.findLast((one) => one.kind !== "side");
  return last ? lastLine(last) : null;
}
