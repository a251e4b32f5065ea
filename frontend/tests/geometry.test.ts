import { describe, expect, it } from "vitest";
import { middle } from "../src/canvas/geometry";

const label = (x: number, y: number) => ({ x: x - 20, y, width: 40, height: 17 });

describe("the place on a line where a state can be put in", () => {
  it("is the middle of what is left behind the label, before the arrow's head", () => {
    const line = [
      { x: 0, y: 0 },
      { x: 0, y: 117 },
    ];
    expect(middle(line, label(0, 30))).toEqual({ x: 0, y: 79 });
  });

  it("keeps off the arrow's head where the line still turns to its box", () => {
    const line = [
      { x: 100, y: 0 },
      { x: 0, y: 0 },
      { x: 0, y: 200 },
      { x: 90, y: 200 },
      { x: 90, y: 214 },
    ];
    expect(middle(line, label(0, 20))).toEqual({ x: 0, y: 118.5 });
  });

  it("is behind the label of a line that goes up, too", () => {
    const line = [
      { x: 0, y: 300 },
      { x: 50, y: 300 },
      { x: 50, y: 0 },
      { x: 0, y: 0 },
    ];
    expect(middle(line, label(50, 140))).toEqual({ x: 50, y: 70 });
  });
});
