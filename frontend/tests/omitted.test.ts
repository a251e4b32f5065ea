import { expect, test } from "vitest";
import { omittedRevisions } from "../src/features/machines/bundle";

const bundle = (omitted: unknown) =>
  JSON.stringify({ treadle_bundle: 1, omitted_revisions: omitted });

test("a bundle says how many older revisions it goes without", () => {
  expect(omittedRevisions(bundle(12))).toBe(12);
  expect(omittedRevisions("treadle_bundle: 1\nomitted_revisions: 3\nrevisions: []\n")).toBe(3);
});

test("what holds all revisions, is no bundle or cannot be read goes without none", () => {
  for (const content of [
    bundle(0),
    bundle("many"),
    '{"omitted_revisions": 4}',
    "{omitted_revisions",
  ])
    expect(omittedRevisions(content)).toBe(0);
});
