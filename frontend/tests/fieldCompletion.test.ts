import { describe, expect, it } from "vitest";
import { complete, type World } from "../src/asl/complete";
import type { Json, Path } from "../src/asl/model";
import { visitsOf } from "../src/features/designer/lastRun";

const ROOT: Json = {
  StartAt: "Old",
  States: {
    Old: { Type: "Task", Resource: "", Assign: { total: 1 }, Next: "New" },
    New: { Type: "Task", QueryLanguage: "JSONata", Resource: "", End: true },
    Fresh: { Type: "Pass", End: true },
  },
};
const WORLD: World = {
  root: ROOT,
  resources: [],
  sample: { run: 1 },
  visits: {
    Old: { input: { order: { id: 1 } }, result: { code: 200 } },
    New: { input: { order: { id: 1 } }, result: { paid: true } },
  },
};

/** What is offered where `|` stands in the text of a field. */
function paths(marked: string, ...path: Path): string[] {
  const offset = marked.indexOf("|");
  const text = marked.slice(0, offset) + marked.slice(offset + 1);
  const found = complete(text, "json", offset, WORLD, ["States", ...path])?.options ?? [];
  return found.filter((one) => one.kind === "path").map((one) => one.label);
}

describe("completion in a field of the inspector", () => {
  it("offers paths of what the state was given in the last run", () => {
    const sent = paths('{"id.$": "$.|"}', "Old", "Parameters");
    expect(sent.slice(0, 3)).toEqual(["$", "$.order", "$.order.id"]);
    expect(sent).toContain("$$.Execution.Name");
  });

  it("offers the result where that is what $ stands for", () => {
    expect(paths('{"code.$": "$|"}', "Old", "ResultSelector")).toContain("$.code");
    expect(paths('{"code.$": "$|"}', "Old", "ResultSelector")).not.toContain("$.order");
    expect(paths('{"v.$": "$|"}', "Old", "Assign")).toContain("$.code");
    expect(paths('"$|"', "Old", "OutputPath")).toContain("$.order");
  });

  it("offers both in JSONata", () => {
    const found = paths('"{% $states.| %}"', "New", "Output");
    expect(found).toContain("$states.input.order.id");
    expect(found).toContain("$states.result.paid");
  });

  it("falls back on the input of the run for a state that it has not visited", () => {
    expect(paths('{"id.$": "$.|"}', "Fresh", "Parameters")).toContain("$.run");
  });
});

describe("what the last run knows of a state", () => {
  it("is its latest visit, with the result of that visit alone", () => {
    const event = (type: string, details: Record<string, string>) => ({
      id: 1,
      previous_event_id: 0,
      type,
      timestamp: "",
      scope: "",
      state: "Old",
      note: null,
      details,
    });
    const events = [
      event("TaskStateEntered", { input: '{"n": 1}' }),
      event("LambdaFunctionSucceeded", { output: "1" }),
      event("TaskStateExited", { output: "9" }),
      event("TaskStateEntered", { input: '{"n": 2}' }),
    ] as unknown as Parameters<typeof visitsOf>[0];
    expect(visitsOf(events.slice(0, 3))).toEqual({ Old: { input: { n: 1 }, result: 1 } });
    expect(visitsOf(events)).toEqual({ Old: { input: { n: 2 } } });
  });
});
