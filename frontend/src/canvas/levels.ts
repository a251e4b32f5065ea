import {
  type Block,
  type Fork,
  firstLine,
  type Line,
  lastLine,
  type Part,
  type Row,
} from "./blocks";
import type { Columns } from "./columns";
import { LABEL_HEIGHT, type LocalGraph, SPACE } from "./scope";

/** Where a line meets a box, and the lane in which it runs sideways, counted from the box; null if it goes straight. */
export interface Meeting {
  readonly x: number;
  readonly lane: number | null;
}
/** The lines of one side of a box: `lanes` is how many lanes they take. */
interface Fan {
  readonly meetings: ReadonlyMap<Line, Meeting>;
  readonly lanes: number;
}

const PORTS = 20;
const LEAST_PORTS = 4;
const CORNER = 8;
const HEAD = 26;

/** How far down everything stands: between two boxes is room for the lanes of both, and for a label. */
export class Levels {
  /** The upper sides of boxes, by their places. */
  readonly tops = new Map<number, number>();
  readonly height: number;
  /** So many lines meet a box that they could not be told apart. */
  crowded = false;
  private readonly out = new Map<number, Fan>();
  private readonly into = new Map<number, Fan>();
  private readonly heights = new Map<Block, number>();

  constructor(
    private readonly local: LocalGraph,
    private readonly columns: Columns,
    whole: Row,
  ) {
    const lines = [...columns.axes.keys()].filter((line) => line.edge !== null);
    for (const [end, fans] of [["from", this.out] as const, ["to", this.into] as const]) {
      for (const [box, some] of byBox(lines, end)) fans.set(box, this.fan(box, some));
    }
    this.height = this.stand(whole, SPACE.padding) + SPACE.padding;
  }

  meeting(line: Line, end: "from" | "to"): Meeting {
    const fan = (end === "from" ? this.out : this.into).get(line[end]);
    return fan?.meetings.get(line) ?? { x: this.columns.axes.get(line) ?? 0, lane: null };
  }

  /** From a box's lower side to the labels of the lines that leave it: all in one row. */
  labelsBelow(box: number): number {
    return Math.max(SPACE.between, depth(this.out.get(box)) + SPACE.edgeNode);
  }

  /** The outermost line turns first, so that no line crosses another. Too many for the End run as one. */
  private fan(box: number, lines: readonly Line[]): Fan {
    const middle = this.columns.middles.get(box) ?? 0;
    const half = (this.local.boxes[box]?.width ?? 0) / 2;
    const aside = (line: Line) => (this.columns.axes.get(line) ?? 0) - middle;
    const sides = [-1, 1].map((side) => {
      const some = lines.filter((line) => Math.sign(aside(line)) === side);
      return { side, some: some.sort((a, b) => side * (aside(b) - aside(a))) };
    });
    const most = Math.max(...sides.map(({ some }) => some.length));
    const tight = (half - CORNER) / Math.max(1, most) < LEAST_PORTS;
    const asOne = tight && this.local.boxes[box]?.last === true;
    this.crowded ||= tight && !asOne;
    const step = Math.min(PORTS, (half - CORNER) / (asOne ? 1 : Math.max(1, most)));
    const meetings = new Map<Line, Meeting>();
    for (const { side, some } of sides) {
      some.forEach((line, i) => {
        const [away, lane] = asOne ? [1, 0] : [some.length - i, i];
        meetings.set(line, { x: middle + side * step * away, lane });
      });
    }
    return { meetings, lanes: asOne ? 1 : most };
  }

  private heightOf(block: Block): number {
    const known = this.heights.get(block);
    if (known !== undefined) return known;
    const found =
      block.kind === "line"
        ? this.heightOfLine(block)
        : block.kind === "row"
          ? block.parts.reduce((sum, part) => this.after(block, part, sum), 0)
          : this.heightOfFork(block);
    this.heights.set(block, found);
    return found;
  }

  /** Below a way that ends, other ways run to where they meet. */
  private heightOfFork(fork: Fork): number {
    const lanes = depth(this.into.get(lastLine(fork)?.to ?? -1));
    const below = lanes > 0 ? lanes + SPACE.edgeNode : 0;
    const heights = fork.columns.map(
      (column) => this.heightOf(column) + (lastLine(column) ? 0 : below),
    );
    return Math.max(...heights);
  }

  /** How far down a row is after a part. A side ends where the row has got to, and needs that much room above. */
  private after(row: Row, part: Part, so: number): number {
    if (part.kind === "side") return Math.max(so, this.lanesAbove(row) + this.heightOf(part.row));
    if (part.kind === "box") return so + (this.local.boxes[part.box]?.height ?? 0);
    return so + this.heightOf(part);
  }

  /** Where a row is one way of a fork, lines to others pass over it. */
  private lanesAbove(row: Row): number {
    const line = firstLine(row);
    return line ? depth(this.out.get(line.from)) + SPACE.edgeEdge : 0;
  }

  private heightOfLine({ edge, from, to }: Line): number {
    const [above, below] = [depth(this.out.get(from)), depth(this.into.get(to))];
    if (edge === null) return 0;
    if ((this.local.edges[edge]?.label ?? 0) > 0) {
      const rest = Math.max(SPACE.between, below + HEAD);
      return this.labelsBelow(from) + LABEL_HEIGHT + rest;
    }
    const apart = above > 0 && below > 0 ? SPACE.edgeEdge : HEAD;
    return Math.max(SPACE.between, above + below + apart);
  }

  /** Answers the lower side. */
  private stand(row: Row, top: number): number {
    let so = 0;
    for (const part of row.parts) {
      const y = top + so;
      so = this.after(row, part, so);
      if (part.kind === "box") this.tops.set(part.box, y);
      if (part.kind === "side") this.stand(part.row, top + so - this.heightOf(part.row));
      if (part.kind !== "fork") continue;
      for (const column of part.columns) if (column.kind === "row") this.stand(column, y);
    }
    return top + so;
  }
}

export function laneAt(lane: number): number {
  return SPACE.edgeNode + lane * SPACE.edgeEdge;
}

/** From the box to the last of the lanes. */
function depth(fan: Fan | undefined): number {
  return fan && fan.lanes > 0 ? laneAt(fan.lanes - 1) : 0;
}

function byBox(lines: readonly Line[], end: "from" | "to"): Map<number, Line[]> {
  const found = new Map<number, Line[]>();
  for (const line of lines) {
    const some = found.get(line[end]);
    if (some) some.push(line);
    else found.set(line[end], [line]);
  }
  return found;
}
