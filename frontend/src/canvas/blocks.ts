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
  readonly parts: readonly (Place | Line | Fork)[];
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
}

/** The only box that nothing leads to; null if there are none or several. */
function firstBox(local: LocalGraph, ways: readonly Way[]): number | null {
  const entered = new Set(ways.map((way) => way.to));
  const found = local.boxes.flatMap((_, box) => (entered.has(box) ? [] : [box]));
  return found.length === 1 ? (found[0] ?? null) : null;
}

/** Transitions but the loops, and for each box without any a way to the end that is not drawn. */
function waysOf(local: LocalGraph, end: number): Way[] {
  const places = new Map(local.boxes.map((box, i) => [box.key, i]));
  const ways: Way[] = [];
  local.edges.forEach(({ from, to, back }, edge) => {
    const ends = { from: places.get(from) ?? end, to: places.get(to) ?? end };
    if (!back) ways.push({ ...ends, block: { kind: "line", edge, ...ends }, open: false });
  });
  const left = new Set(ways.map((way) => way.from));
  local.boxes.forEach((_, from) => {
    if (left.has(from) || from === end) return;
    ways.push({ from, to: end, block: { kind: "line", edge: null, from, to: end }, open: true });
  });
  return ways;
}

function inRow(before: Way, box: number, after: Way): Way {
  const parts = [...partsOf(before.block), place(box), ...partsOf(after.block)];
  return { from: before.from, to: after.to, block: { kind: "row", parts }, open: after.open };
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
  return { from, to, block: { kind: "fork", columns }, open };
}

/** The graph while it shrinks to one way. */
class Shrinking {
  private readonly out = new Map<number, Set<Way>>();
  private readonly into = new Map<number, Set<Way>>();
  private readonly todo: number[] = [];
  count = 0;

  constructor(
    ways: readonly Way[],
    private readonly first: number,
    private readonly end: number,
  ) {
    for (const way of ways) this.add(way);
  }

  /** The one way from the first box to the end, if all of the graph is made of blocks. */
  run(): Way | null {
    for (let box = this.todo.pop(); box !== undefined; box = this.todo.pop()) {
      this.join(box);
      this.pass(box);
    }
    const [whole] = this.at(this.out, this.first);
    return this.count === 1 && whole?.to === this.end ? whole : null;
  }

  /** Ways from here to the same box are one fork; those that end on the way may stand beside any. */
  private join(box: number): void {
    const groups = new Map<number, Way[]>();
    for (const way of this.at(this.out, box)) {
      const group = groups.get(way.to);
      if (group) group.push(way);
      else groups.set(way.to, [way]);
    }
    const open = [...this.at(this.out, box)].filter((way) => way.open);
    const closed = [...groups].filter(([, ways]) => ways.some((way) => !way.open));
    const [only] = closed;
    if (open.length > 0 && only && closed.length === 1) {
      groups.clear();
      groups.set(only[0], [...this.at(this.out, box)]);
    }
    for (const [to, ways] of groups) {
      if (ways.length < 2) continue;
      for (const way of ways) this.remove(way);
      this.add(beside(ways, box, to));
    }
  }

  /** A box with one way in and one way out lies in a row. */
  private pass(box: number): void {
    if (box === this.first || box === this.end) return;
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
    this.todo.push(way.to, way.from);
    this.count += 1;
  }

  private remove(way: Way): void {
    this.at(this.out, way.from).delete(way);
    this.at(this.into, way.to).delete(way);
    this.count -= 1;
  }
}

/**
 * The scope as one row from its first box to its end, which is past the last box where none is drawn. Null if it is
 * not made of blocks, or has a box that nothing leads to.
 */
export function blocksOf(local: LocalGraph): Row | null {
  const drawn = local.boxes.findIndex((box) => box.last);
  const end = drawn < 0 ? local.boxes.length : drawn;
  const ways = waysOf(local, end);
  const first = firstBox(local, ways);
  if (first === null || first === end) return null;
  const whole = new Shrinking(ways, first, end).run();
  return whole && { kind: "row", parts: [place(first), ...partsOf(whole.block), place(end)] };
}
