import { expect, test } from "vitest";
import type { Layout } from "../src/canvas/layout";
import { overviewScale } from "../src/canvas/overviewScale";
import { firstView, LEAST_ZOOM } from "../src/canvas/view";

const CANVAS = { width: 800, height: 700 };
const layout = (width: number, height: number): Layout => ({
  x: -width / 2,
  width,
  height,
  nodes: [],
  edges: [],
  scopes: [],
});

test("an overview is true to shape as long as its boxes can be told apart", () => {
  const { across, down } = overviewScale(layout(1500, 2500), CANVAS);
  expect(across).toBe(down);
  expect(2500 * down).toBeLessThanOrEqual(140);
});

test("the overview of a chain of 300 is a strip beside the canvas, and of 150 branches a strip below it", () => {
  const chain = overviewScale(layout(180, 27_000), CANVAS);
  expect(180 * chain.across).toBeGreaterThan(15);
  expect(27_000 * chain.down).toBeCloseTo(420);
  const branches = overviewScale(layout(29_000, 320), CANVAS);
  expect(29_000 * branches.across).toBeCloseTo(400);
  expect(320 * branches.down).toBeGreaterThan(15);
});

test("the overview of what is both long and wide hides no more than another", () => {
  const { across, down } = overviewScale(layout(1800, 3800), CANVAS);
  expect(1800 * across * 3800 * down).toBeLessThanOrEqual(30_001);
  expect(52 * down).toBeGreaterThan(2);
});

test("the first view cuts no machine whose names are drawn when it is whole", () => {
  const width = 2000;
  const { zoom, x } = firstView(layout(width, 400), CANVAS);
  expect(width * zoom).toBeLessThanOrEqual(CANVAS.width);
  // Its left side, half of it left of Start.
  expect(x - (width / 2) * zoom).toBeGreaterThanOrEqual(0);
});

test("a machine that is too wide for that begins at Start, to be read, and can be seen whole", () => {
  const width = 29_000;
  const { zoom, x } = firstView(layout(width, 400), CANVAS);
  expect(zoom).toBeGreaterThanOrEqual(0.6);
  expect(x).toBe(CANVAS.width / 2);
  expect(width * LEAST_ZOOM).toBeLessThan(CANVAS.width);
});
