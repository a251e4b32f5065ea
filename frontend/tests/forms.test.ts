import { describe, expect, it } from "vitest";
import { withLogic, withOperator } from "../src/asl/choice";
import { applyEdit } from "../src/asl/edits";
import { asType, swapKey } from "../src/asl/fields";
import type { Json, JsonObject, Path } from "../src/asl/model";
import { resolveResource } from "../src/features/designer/resources";

const FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:Pay";
/** As deployment tools leave them in a definition. */
const PLACEHOLDER = ["$", "{PayArn}"].join("");
const options = [{ value: FUNCTION, label: "Pay", description: "", alias: "Pay" }];

describe("forms of a state", () => {
  it("write the ARN for a function's bare name, and refuse a word that names nothing", () => {
    expect(resolveResource(" Pay ", options)).toMatchObject({ ok: true, value: FUNCTION });
    for (const uri of ["arn:aws:states:::sqs:sendMessage", PLACEHOLDER, "function:Pay"])
      expect(resolveResource(uri, options)).toEqual({ ok: true, value: uri });
    expect(resolveResource("Pya", options)).toMatchObject({ ok: false });
  });

  it("put a path in the very place of a value", () => {
    const state: JsonObject = { Type: "Wait", Seconds: 5, Next: "A" };
    const swapped = swapKey(state, "Seconds", "SecondsPath", "$.s");
    expect(Object.entries(swapped)).toEqual([
      ["Type", "Wait"],
      ["SecondsPath", "$.s"],
      ["Next", "A"],
    ]);
  });

  it("change the type and keep what the new type knows", () => {
    const task: JsonObject = {
      Type: "Task",
      Resource: FUNCTION,
      Comment: "Said",
      ResultPath: "$.r",
      Retry: [],
      Next: "B",
    };
    expect(asType(task, "Pass", { Type: "Pass" })).toEqual({
      Type: "Pass",
      Comment: "Said",
      ResultPath: "$.r",
      Next: "B",
    });
    expect(asType(task, "Choice", { Type: "Choice", Choices: [] })).toEqual({
      Type: "Choice",
      Comment: "Said",
      Choices: [],
      Default: "B",
    });
    const timed: JsonObject = { Type: "Wait", Timestamp: "2030-01-01T00:00:00Z", Next: "B" };
    expect(asType(timed, "Wait", { Type: "Wait", Seconds: 5 })).toEqual(timed);
  });

  it("nest tests in And, Or and Not, and take the first out again", () => {
    const rule: JsonObject = { Variable: "$.a", NumericEquals: 1, Next: "X", Comment: "why" };
    const both = withLogic(rule, "And");
    expect(both).toEqual({
      And: [
        { Variable: "$.a", NumericEquals: 1 },
        { Variable: "$.value", IsPresent: true },
      ],
      Next: "X",
      Comment: "why",
    });
    expect(withLogic(both, "Or").Or).toEqual(both.And);
    expect(withLogic(rule, "Not")).toMatchObject({ Not: { Variable: "$.a" }, Next: "X" });
    expect(withOperator(both, "NumericGreaterThan")).toEqual({
      Variable: "$.a",
      NumericGreaterThan: 1,
      Next: "X",
      Comment: "why",
    });
  });

  it("make the objects that a deep field needs, and leave no empty ones behind", () => {
    const root: Json = { StartAt: "M", States: { M: { Type: "Map", End: true } } };
    const state = { scope: [], name: "M" };
    const keys = ["ItemReader", "ReaderConfig", "InputType"];
    const made = applyEdit(root, { type: "setIn", state, keys, value: "CSV" }).value;
    expect(made).toMatchObject({
      States: { M: { ItemReader: { ReaderConfig: { InputType: "CSV" } } } },
    });
    expect(applyEdit(made, { type: "setIn", state, keys, value: undefined }).value).toEqual(root);
  });
});

describe("a field that is new", () => {
  const set = (root: Json, path: Path, value: Json) =>
    applyEdit(root, { type: "setField", path, value }).value as JsonObject;
  const keys = (value: Json | undefined) => Object.keys(value as JsonObject);

  it("stands where people write it, and nothing else moves", () => {
    const state = { Type: "Task", Resource: "", End: true };
    const root: Json = { StartAt: "A", States: { A: state } };
    const path = ["States", "A"];
    const withResult = set(root, [...path, "ResultPath"], "$.r");
    const withRetry = set(withResult, [...path, "Retry"], []);
    const whole = set(withRetry, [...path, "InputPath"], "$.i");
    expect(keys((whole.States as JsonObject).A)).toEqual([
      "Type",
      "Resource",
      "InputPath",
      "ResultPath",
      "Retry",
      "End",
    ]);
    expect(keys(set(whole, ["Comment"], "why"))).toEqual(["Comment", "StartAt", "States"]);
  });

  it("stands last where nothing is known of its place", () => {
    const root: Json = { StartAt: "A", States: { A: { Type: "Pass", End: true } } };
    const found = set(root, ["States", "A", "Own"], 1);
    expect(keys((found.States as JsonObject).A)).toEqual(["Type", "End", "Own"]);
  });
});
