import { describe, expect, it } from "vitest";
import { catchTarget, errorNames } from "../src/asl/errorRules";

describe("a new catch", () => {
  const loop = {
    Submit: { Type: "Task", Next: "Wait" },
    Wait: { Type: "Wait", Seconds: 1, Next: "Ask" },
    Ask: { Type: "Task", Next: "Ready?" },
    "Ready?": { Type: "Choice", Choices: [{ Next: "Failed" }], Default: "Wait" },
  };
  const Failed = { Type: "Fail" };

  it("leads to a Fail state of the scope", () => {
    const states = { ...loop, Done: { Type: "Succeed" }, Failed };
    expect(catchTarget(states, "Ask")).toBe("Failed");
  });

  it("leads to an end where nothing fails", () => {
    const states = { ...loop, Report: { Type: "Pass", Next: "Done" }, Done: { Type: "Succeed" } };
    expect(catchTarget(states, "Ask")).toBe("Done");
  });

  it("leads nowhere when every state comes back to it", () => {
    expect(catchTarget(loop, "Ask")).toBe("");
    expect(catchTarget({ Only: { Type: "Task", End: true } }, "Only")).toBe("");
  });
});

describe("the errors of a rule", () => {
  it("lose States.ALL when one is named", () => {
    expect(errorNames(["States.ALL"], ["States.ALL", "Payment.Declined"])).toEqual([
      "Payment.Declined",
    ]);
  });

  it("give way to States.ALL", () => {
    expect(errorNames(["Payment.Declined"], ["Payment.Declined", "States.ALL"])).toEqual([
      "States.ALL",
    ]);
  });
});
