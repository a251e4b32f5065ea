import { expect, test } from "vitest";
import { beginning, noteLost, noteReached, reach } from "../src/api/reach";

test("an answer that was asked for before the server was lost does not bring it back", () => {
  const before = beginning();
  noteLost();
  noteReached(before);
  expect(reach.getState().reached).toBe(false);
  noteReached(beginning());
  expect(reach.getState().reached).toBe(true);
});
