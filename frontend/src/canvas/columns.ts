import {
  type Block,
  type Fork,
  firstLine,
  type Line,
  lastLine,
  type Part,
  type Place,
  type Row,
} from "./blocks";
import { type Loop, leadsBackAtOnce, loopsOf } from "./loops";
import { type LocalGraph, SPACE } from "./scope";

/** How far something reaches to either side of its axis. */
interface Reach {
  readonly left: number;
  readonly right: number;
}
interface Lane extends Loop {
  /** From the axis of its row. */
  readonly x: number;
  readonly right: number;
}

const LINE_REACH = 6;
const NARROW_GAP = 20;

/**
 * What stands above what: a row has one axis, on which the middles of its boxes lie; a fork's main way has the
 * fork's axis, and its other ways stand beside it in order. Loops have a lane right of all that they pass; what nothing
 * leads to stands right of the row that it leads into.
 */
export class Columns {
  /** The middles of boxes, by their places. */
  readonly middles = new Map<number, number>();
  readonly axes = new Map<Line, number>();
  /** By the places of edges. */
  readonly lanes = new Map<number, number>();
  readonly width: number;
  private readonly loops: ReadonlyMap<Row, readonly Loop[]>;
  private readonly looping: ReadonlySet<string>;
  private readonly reaches = new Map<Block, Reach>();
  private readonly lanesOf = new Map<Row, readonly Lane[]>();
  private readonly offsets = new Map<Block, number>();
  private readonly boxes = new Map<Block, number>();

  constructor(
    private readonly local: LocalGraph,
    whole: Row,
  ) {
    this.loops = loopsOf(local, whole);
    this.looping = new Set(local.edges.filter((edge) => edge.back).map((edge) => edge.from));
    const { left, right } = this.reach(whole);
    this.stand(whole, left + SPACE.padding);
    this.width = left + right + 2 * SPACE.padding;
  }

  private reach(part: Block | Place): Reach {
    if (part.kind === "box") return both((this.local.boxes[part.box]?.width ?? 0) / 2);
    const known = this.reaches.get(part);
    if (known) return known;
    const found =
      part.kind === "line"
        ? both(Math.max(LINE_REACH, this.label(part.edge) / 2))
        : part.kind === "row"
          ? this.reachOfRow(part)
          : this.reachOfFork(part);
    this.reaches.set(part, found);
    return found;
  }

  private label(edge: number | null): number {
    return edge === null ? 0 : (this.local.edges[edge]?.label ?? 0);
  }

  private reachOfRow(row: Row): Reach {
    const reaches = row.parts.map((part) => (part.kind === "side" ? both(0) : this.reach(part)));
    const lanes: Lane[] = [];
    for (const loop of this.loops.get(row) ?? []) {
      const passed = reaches.slice(loop.high, loop.low + 1);
      const beside = lanes.filter((lane) => lane.high <= loop.low && loop.high <= lane.low);
      const from = Math.max(...[...passed, ...beside].map((one) => one.right));
      const label = this.label(loop.edge);
      if (leadsBackAtOnce(this.local, loop.edge)) {
        const x = from + 2 * SPACE.edgeNode;
        lanes.push({ ...loop, x, right: x + label });
        continue;
      }
      const x = from + Math.max(SPACE.edgeNode, label / 2 + SPACE.edgeLabel);
      lanes.push({ ...loop, x, right: x + label / 2 });
    }
    this.lanesOf.set(row, lanes);
    let right = Math.max(...[...reaches, ...lanes].map((one) => one.right));
    for (const part of row.parts) {
      if (part.kind !== "side") continue;
      const reach = this.reach(part.row);
      this.offsets.set(part.row, right + SPACE.nodeNode + reach.left);
      right += SPACE.nodeNode + reach.left + reach.right;
    }
    return { left: Math.max(...reaches.map((one) => one.left)), right };
  }

  private reachOfFork(fork: Fork): Reach {
    const columns = this.inOrder(fork);
    const main = columns.indexOf(this.mainWay(columns));
    const sides = { left: columns.slice(0, main + 1).reverse(), right: columns.slice(main) };
    const far = { left: 0, right: 0 };
    for (const side of ["left", "right"] as const) {
      const [away, near] = side === "left" ? ([-1, "right"] as const) : ([1, "left"] as const);
      sides[side].forEach((column, i) => {
        const reach = this.reach(column);
        const before = sides[side][i - 1];
        const at = before ? far[side] + this.gap(before, column) + reach[near] : 0;
        this.offsets.set(column, away * at);
        far[side] = at + reach[side];
      });
    }
    return far;
  }

  /** As the transitions that lead into them; what only loops stands on the right, where loops go up. */
  private inOrder(fork: Fork): Block[] {
    return fork.columns
      .map((block) => ({
        block,
        only: Number(lastLine(block) === null && this.loopsInside(block)),
        edge: firstEdge(block),
      }))
      .sort((a, b) => a.only - b.only || a.edge - b.edge)
      .map(({ block }) => block);
  }

  private loopsInside(block: Part | Row): boolean {
    if (block.kind === "box") return this.looping.has(this.local.boxes[block.box]?.key ?? "");
    if (block.kind === "fork") return block.columns.some((column) => this.loopsInside(column));
    return block.kind === "row" && block.parts.some((part) => this.loopsInside(part));
  }

  /**
   * Next rather than a rule, a rule rather than a catcher; what leads on; what is longest. Of three and more that are
   * alike the middle one, of two the default.
   */
  private mainWay(columns: readonly Block[]): Block {
    const kind = (block: Block) => this.local.edges[firstEdge(block)]?.kind;
    let best = [...columns];
    for (const rank of [
      (block: Block) => Number(kind(block) === "next") - Number(kind(block) === "catch"),
      (block: Block) => Number(lastLine(block) !== null),
      (block: Block) => this.size(block),
      (block: Block) => Number(best.length < 3 && kind(block) === "default"),
    ]) {
      const most = Math.max(...best.map(rank));
      best = best.filter((block) => rank(block) === most);
    }
    return best[Math.floor((best.length - 1) / 2)] as Block;
  }

  /** How many boxes it holds. */
  private size(block: Part | Row): number {
    if (block.kind === "box") return 1;
    if (block.kind === "line" || block.kind === "side") return 0;
    const known = this.boxes.get(block);
    if (known !== undefined) return known;
    const parts = block.kind === "row" ? block.parts : block.columns;
    const found = parts.reduce((sum: number, part) => sum + this.size(part), 0);
    this.boxes.set(block, found);
    return found;
  }

  private gap(a: Block, b: Block): number {
    return a.kind === "line" || b.kind === "line" ? NARROW_GAP : SPACE.nodeNode;
  }

  private stand(part: Part | Row, x: number): void {
    if (part.kind === "side") this.stand(part.row, x + (this.offsets.get(part.row) ?? 0));
    if (part.kind === "box") this.middles.set(part.box, x);
    if (part.kind === "line") this.axes.set(part, x);
    if (part.kind === "row") {
      for (const one of part.parts) this.stand(one, x);
      for (const lane of this.lanesOf.get(part) ?? []) this.lanes.set(lane.edge, x + lane.x);
    }
    if (part.kind !== "fork") return;
    for (const column of part.columns) this.stand(column, x + (this.offsets.get(column) ?? 0));
  }
}

function both(half: number): Reach {
  return { left: half, right: half };
}

/** The first of the transitions that lead into it. */
function firstEdge(block: Block): number {
  if (block.kind === "fork") return Math.min(...block.columns.map(firstEdge));
  return firstLine(block)?.edge ?? Number.POSITIVE_INFINITY;
}
