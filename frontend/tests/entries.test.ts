import { expect, test } from "vitest";
import { followed } from "../src/features/designer/inspector/useEntries";

const [a, b, c] = [{ Next: "A" }, { Next: "B" }, { Next: "C" }];
const held = { values: [a, b, c], ids: [0, 1, 2], nextId: 3 };
/** As it comes back from the text: nothing of it is the same object. */
const parsed = <T>(values: T): T => structuredClone(values);

test("a rule keeps its number wherever an edit of the text or an Undo puts it", () => {
  expect(followed(held, parsed([b, c, a])).ids).toEqual([1, 2, 0]);
  expect(followed(held, parsed([a, c])).ids).toEqual([0, 2]);
  expect(followed(held, parsed([b])).ids).toEqual([1]);
});

test("a rule that is changed where it stands keeps its number, and a new one gets its own", () => {
  expect(followed(held, parsed([a, { Next: "D" }, c])).ids).toEqual([0, 1, 2]);
  const added = followed(held, parsed([{ Next: "New" }, a, b, c]));
  expect(added).toMatchObject({ ids: [3, 0, 1, 2], nextId: 4 });
  expect(followed(added, parsed([a, b, c, { Next: "New" }])).ids).toEqual([0, 1, 2, 3]);
});

test("rules that are alike keep apart", () => {
  const twins = { values: [a, a, b], ids: [5, 6, 7], nextId: 8 };
  expect(followed(twins, parsed([a, b, a])).ids).toEqual([5, 7, 6]);
  expect(new Set(followed(twins, parsed([a, a, a, a])).ids).size).toBe(4);
});
