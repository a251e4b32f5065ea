import { describe, expect, it } from "vitest";
import { applyEdit, EditRefused } from "../src/asl/edits";
import { fragmentOf, fragmentText, readFragment } from "../src/asl/fragments";
import type { Json, JsonObject } from "../src/asl/model";
import { printText } from "../src/asl/patch";
import { NESTED, POLLER } from "./samples";

const at = (name: string) => ({ scope: [], name });
const states = (root: Json) => (root as { States: Record<string, JsonObject> }).States;
const next = (from: string | null) => ({ scope: [], from, kind: "next" as const, index: 0 });

describe("copy and paste", () => {
  it("copies plain ASL, in the order of the text, beginning where it is entered", () => {
    const fragment = fragmentOf(POLLER, [at("Job Complete?"), at("Wait X Seconds")]);
    expect(Object.keys(fragment.states)).toEqual(["Wait X Seconds", "Job Complete?"]);
    expect(JSON.parse(fragmentText(fragment)).States["Wait X Seconds"].Type).toBe("Wait");
    expect(readFragment(fragmentText(fragment))).toEqual(fragment);
  });

  it("takes a machine, its YAML, the states alone and a piece cut out of an editor", () => {
    const whole = readFragment(printText(POLLER, "yaml"));
    expect(whole?.start).toBe("Submit Job");
    expect(readFragment('"A": {"Type": "Pass", "Next": "B"},')).toEqual({
      start: "A",
      states: { A: { Type: "Pass", Next: "B" } },
    });
    expect(
      readFragment('{"B": {"Type": "Pass", "End": true}, "A": {"Type": "Pass", "Next": "B"}}')
        ?.start,
    ).toBe("A");
    for (const other of ["", "hello", "[1]", '{"a": 1}', '{"States": {"A": 1}}'])
      expect(readFragment(other)).toBeNull();
  });

  it("joins what is pasted into the line, under free names, with references following", () => {
    const fragment = fragmentOf(POLLER, [at("Wait X Seconds"), at("Get Job Status")]);
    const done = applyEdit(POLLER, {
      type: "paste",
      fragment,
      scope: [],
      exit: next("Submit Job"),
    });
    const all = states(done.value);
    expect(all["Submit Job"]?.Next).toBe("Wait X Seconds (2)");
    expect(all["Wait X Seconds (2)"]?.Next).toBe("Get Job Status (2)");
    expect(all["Get Job Status (2)"]?.Next).toBe("Wait X Seconds");
    expect(Object.keys(all).slice(0, 3)).toEqual([
      "Submit Job",
      "Wait X Seconds (2)",
      "Get Job Status (2)",
    ]);
    expect(done.select?.name).toBe("Wait X Seconds (2)");
  });

  it("leaves no reference to a state that stayed in the other machine", () => {
    const fragment = fragmentOf(POLLER, [at("Job Complete?")]);
    const other: Json = { StartAt: "A", States: { A: { Type: "Pass", End: true } } };
    const done = applyEdit(other, { type: "paste", fragment, scope: [], exit: next("A") });
    expect(states(done.value)["Job Complete?"]).toEqual({ Type: "Choice", Choices: [] });
    const between: Json = {
      StartAt: "A",
      States: { A: { Type: "Pass", Next: "B" }, B: { Type: "Pass", End: true } },
    };
    const joined = applyEdit(between, { type: "paste", fragment, scope: [], exit: next("A") });
    expect(states(joined.value)["Job Complete?"]).toMatchObject({
      Choices: [{ Next: "B" }, { Next: "B" }],
      Default: "B",
    });
  });

  it("renames nested states too", () => {
    const fragment = fragmentOf(NESTED, [at("Process Items")]);
    const done = applyEdit(NESTED, {
      type: "paste",
      fragment,
      scope: [],
      exit: next("Process Items"),
    });
    const text = JSON.stringify(states(done.value)["Process Items (2)"]);
    for (const name of ["Prepare (2)", "Fulfil (2)", "Ready? (2)", "Label (2)"])
      expect(text).toContain(name);
    expect(text).not.toContain('"Next":"Fulfil"');
  });

  it("refuses states of two parts", () => {
    const refs = [
      at("Validate"),
      { scope: ["States", "Process Items", "ItemProcessor"], name: "Prepare" },
    ];
    expect(() => fragmentOf(NESTED, refs)).toThrow(EditRefused);
  });
});

describe("wrapping", () => {
  const CHAIN: Json = {
    StartAt: "A",
    States: {
      A: { Type: "Pass", Next: "B" },
      B: { Type: "Pass", Next: "C" },
      C: {
        Type: "Choice",
        Choices: [{ Variable: "$.x", IsPresent: true, Next: "D" }],
        Default: "D",
      },
      D: { Type: "Succeed" },
    },
  };

  it("puts a chain into one branch of a Parallel that takes its place", () => {
    const done = applyEdit(CHAIN, { type: "wrap", states: [at("A"), at("B")], how: "parallel" });
    expect(done.value).toEqual({
      StartAt: "Parallel",
      States: {
        Parallel: {
          Type: "Parallel",
          Branches: [
            {
              StartAt: "A",
              States: { A: { Type: "Pass", Next: "B" }, B: { Type: "Pass", End: true } },
            },
          ],
          Next: "C",
        },
        C: states(CHAIN).C,
        D: { Type: "Succeed" },
      },
    });
    expect(done.select?.name).toBe("Parallel");
  });

  it("gives each state a branch of its own, or makes them the body of a Map", () => {
    const apart = applyEdit(CHAIN, { type: "wrap", states: [at("A"), at("B")], how: "branches" });
    expect(states(apart.value).Parallel?.Branches).toEqual([
      { StartAt: "A", States: { A: { Type: "Pass", End: true } } },
      { StartAt: "B", States: { B: { Type: "Pass", End: true } } },
    ]);
    const body = applyEdit(CHAIN, { type: "wrap", states: [at("B")], how: "map" });
    expect(states(body.value).Map).toMatchObject({
      ItemsPath: "$.items",
      ItemProcessor: { StartAt: "B", States: { B: { Type: "Pass", End: true } } },
      Next: "C",
    });
    expect(states(body.value).A?.Next).toBe("Map");
  });

  it("lets rules that led outside end inside", () => {
    const done = applyEdit(CHAIN, { type: "wrap", states: [at("B"), at("C")], how: "parallel" });
    expect(states(done.value).Parallel).toMatchObject({
      Branches: [
        {
          States: {
            C: { Choices: [{ Next: "Done" }], Default: "Done" },
            Done: { Type: "Succeed" },
          },
        },
      ],
      Next: "D",
    });
  });

  it("refuses what has two ways in or two ways on, and says which", () => {
    const two = () =>
      applyEdit(POLLER, {
        type: "wrap",
        states: [at("Submit Job"), at("Wait X Seconds")],
        how: "map",
      });
    expect(two).toThrow("Submit Job and Wait X Seconds");
    const on = () => applyEdit(POLLER, { type: "wrap", states: [at("Job Complete?")], how: "map" });
    expect(on).toThrow("Job Failed");
  });
});
