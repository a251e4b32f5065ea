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
/** What it may hide of a canvas, however long and wide a graph is: a little more than the usual one, in square pixels. */
const AREA = 30_000;
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
  const across = Math.min((canvas.width * MOST.width) / layout.width, LARGEST);
  const down = Math.min((canvas.height * MOST.height) / layout.height, LARGEST);
  const smaller = Math.min(1, Math.sqrt(AREA / (layout.width * across * layout.height * down)));
  return { across: across * smaller, down: down * smaller };
}
