import { describe, expect, it } from "vitest";
import { applyEdit } from "../src/asl/edits";
import type { Json, Path } from "../src/asl/model";
import { readersAfter } from "../src/asl/readers";
import { POLLER } from "./samples";

const at = (name: string, scope: Path = []) => ({ scope, name });
const machine = (states: Record<string, Json>, more: Record<string, Json> = {}): Json => ({
  ...more,
  StartAt: Object.keys(states)[0] ?? "",
  States: states,
});

describe("who reads what wrapped states hand on", () => {
  it("are found along a loop, up to where the data is replaced", () => {
    const found = readersAfter(POLLER, [at("Wait X Seconds"), at("Get Job Status")]);
    expect(found).toContain("Job Complete?");
    expect(found).not.toContain("Submit Job");
  });

  it("are none behind a state that makes something new, and none for whole inputs and variables", () => {
    const states = {
      A: { Type: "Pass", Next: "B" },
      B: { Type: "Task", Resource: "r", Parameters: { "all.$": "$", "v.$": "$mine.x" }, Next: "C" },
      C: { Type: "Pass", InputPath: "$.x", End: true },
    };
    expect(readersAfter(machine(states), [at("A")])).toEqual([]);
  });

  it("are those who write into it as well, and those who read it in an intrinsic function", () => {
    const states = {
      A: { Type: "Pass", Next: "Put" },
      Put: { Type: "Task", Resource: "r", ResultPath: "$.job", Next: "Say" },
      Say: { Type: "Pass", Parameters: { "text.$": "States.Format('{}', $.name)" }, End: true },
    };
    expect(readersAfter(machine(states), [at("A")])).toEqual(["Put", "Say"]);
  });

  it("do not read by a path of what their own work results in", () => {
    const states = {
      A: { Type: "Pass", Next: "T" },
      T: {
        Type: "Task",
        Resource: "r",
        ResultSelector: { "a.$": "$.a" },
        OutputPath: "$.a",
        End: true,
      },
    };
    expect(readersAfter(machine(states), [at("A")])).toEqual([]);
  });

  it("are found inside the branches of a Parallel and behind the container around", () => {
    const branch = (name: string, state: Json): Json => ({
      StartAt: name,
      States: { [name]: state },
    });
    const states = {
      A: { Type: "Pass", Next: "P" },
      P: {
        Type: "Parallel",
        Branches: [branch("In", { Type: "Pass", InputPath: "$.x", End: true })],
        Next: "Z",
      },
      Z: { Type: "Pass", InputPath: "$[0].x", End: true },
    };
    expect(readersAfter(machine(states), [at("A")])).toEqual(["In"]);
    expect(readersAfter(machine(states), [at("In", ["States", "P", "Branches", 0])])).toEqual([
      "Z",
    ]);
  });

  it("are known by $states.input in JSONata", () => {
    const states = {
      A: { Type: "Pass", Next: "B" },
      B: {
        Type: "Choice",
        Choices: [{ Condition: "{% $states.input.ok %}", Next: "C" }],
        Default: "C",
      },
      C: { Type: "Pass", Output: "{% $states.input %}", Next: "D" },
      D: { Type: "Pass", Output: "{% $states.input.late %}", End: true },
    };
    expect(readersAfter(machine(states, { QueryLanguage: "JSONata" }), [at("A")])).toEqual(["B"]);
  });
});

describe("a Parallel around states that others read", () => {
  const wrapped = (root: Json) => {
    const edit = { type: "wrap", states: [at("A")], how: "parallel", result: "first" } as const;
    return (applyEdit(root, edit).value as { States: Record<string, unknown> }).States.Parallel;
  };
  const states = {
    A: { Type: "Pass", Next: "B" },
    B: { Type: "Pass", InputPath: "$.x", End: true },
  };

  it("can hand on what its first branch results in", () => {
    expect(wrapped(machine(states))).toMatchObject({ OutputPath: "$[0]", Next: "B" });
  });

  it("does so in JSONata too", () => {
    expect(wrapped(machine(states, { QueryLanguage: "JSONata" }))).toMatchObject({
      Output: "{% $states.result[0] %}",
    });
  });
});
