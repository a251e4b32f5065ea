import { describe, expect, it } from "vitest";
import { compareMachines, marksOf } from "../src/asl/compare";
import { applyEdit } from "../src/asl/edits";
import type { Json } from "../src/asl/model";
import { NESTED, POLLER } from "./samples";

const at = (name: string) => ({ scope: [], name });
const told = (before: Json, after: Json) =>
  compareMachines(before, after).map((c) => [c.mark, c.before, c.after, c.fields.join()]);

describe("two definitions", () => {
  it("do not differ from themselves, whatever the order of their keys", () => {
    expect(compareMachines(NESTED, NESTED)).toEqual([]);
    const other = structuredClone(POLLER) as { States: Record<string, Json> };
    other.States = Object.fromEntries(Object.entries(other.States).reverse());
    expect(compareMachines(POLLER, other as unknown as Json)).toEqual([]);
  });

  it("tell what is new, gone, changed, moved and renamed", () => {
    const exit = { scope: [], from: "Submit Job", kind: "next" as const, index: 0 };
    const state = { name: "Check", value: { Type: "Pass" } };
    const added = applyEdit(POLLER, { type: "insertOnExit", exit, state }).value;
    expect(told(POLLER, added)).toEqual([
      ["moved", "Submit Job", "Submit Job", ""],
      ["added", null, "Check", ""],
    ]);
    expect(told(added, POLLER)).toContainEqual(["removed", "Check", null, ""]);
    const renamed = applyEdit(POLLER, {
      type: "rename",
      state: at("Submit Job"),
      to: "Send",
    }).value;
    expect(told(POLLER, renamed)).toEqual([["renamed", "Submit Job", "Send", ""]]);
    const path = ["States", "Wait X Seconds", "SecondsPath"];
    const changed = applyEdit(POLLER, { type: "setField", path, value: "$.w" }).value;
    expect(told(POLLER, changed)).toEqual([
      ["changed", "Wait X Seconds", "Wait X Seconds", "SecondsPath"],
    ]);
  });

  it("mark a change inside a container at the state, not at the container", () => {
    const path = ["States", "Process Items", "ItemProcessor", "States", "Prepare", "Comment"];
    const after = applyEdit(NESTED, { type: "setField", path, value: "x" }).value;
    const changes = compareMachines(NESTED, after);
    expect([...marksOf(changes, "after")]).toEqual([["Prepare", "changed"]]);
  });

  it("mark what was wrapped as moved", () => {
    const states = [at("Get Final Job Status")];
    const after = applyEdit(POLLER, { type: "wrap", states, how: "parallel" }).value;
    const marks = marksOf(compareMachines(POLLER, after), "after");
    expect(marks.get("Parallel")).toBe("added");
    expect(marks.get("Get Final Job Status")).toBe("moved");
  });
});
