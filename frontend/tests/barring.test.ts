import { expect, test } from "vitest";
import { barring, Problem } from "../src/api/http";

const problem = (status: number) => new Problem(status, "Code", "Said", [], {});

test("a page that is shown stays while the server cannot be reached or fails", () => {
  for (const status of [0, 500, 503])
    expect(barring({ data: { name: "Shown" }, error: problem(status) })).toBeNull();
});

test("a page goes when its thing is gone, and does not come without it", () => {
  expect(barring({ data: { name: "Shown" }, error: problem(404) })).toMatchObject({ status: 404 });
  expect(barring({ data: undefined, error: problem(0) })).toMatchObject({ status: 0 });
  expect(barring({ data: undefined, error: null })).toBeNull();
});
