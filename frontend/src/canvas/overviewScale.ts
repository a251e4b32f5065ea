import type { Layout } from "./layout";
import type { Size } from "./view";

/** How a graph is drawn small: pixels for each of its units, along and down. */
export interface Scale {
  readonly across: number;
  readonly down: number;
}

const USUAL: Size = { width: 190, height: 140 };
/** Parts of the canvas that an overview of a very long or a very wide graph may take. */
const MOST: Size = { width: 0.5, height: 0.6 };
/** A box of 52 units is six pixels high at most, and at least one of those that are told apart. */
const LARGEST = 0.12;
const SMALLEST = 0.045;

/**
 * True to shape as long as boxes can be told apart. A chain of 300 states would then be a hair: such a graph gets a
 * scale of its own along each axis and a side of the canvas, and shows the place in it as a scroll bar does.
 */
export function overviewScale(layout: Layout, canvas: Size): Scale {
  const even = Math.min(USUAL.width / layout.width, USUAL.height / layout.height, LARGEST);
  if (even >= SMALLEST) return { across: even, down: even };
  return {
    across: Math.min((canvas.width * MOST.width) / layout.width, LARGEST),
    down: Math.min((canvas.height * MOST.height) / layout.height, LARGEST),
  };
}
