import { describe, expect, it } from "vitest";
import { complete, explain, type World } from "../src/asl/complete";
import { type Format, parseText } from "../src/asl/document";
import { applyEdit } from "../src/asl/edits";
import { fixesOf } from "../src/asl/fixes";
import type { Json } from "../src/asl/model";
import { formatText, printText } from "../src/asl/patch";
import { POLLER } from "./samples";

/** `|` is the cursor. */
function at(text: string): [string, number] {
  const offset = text.indexOf("|");
  return [text.slice(0, offset) + text.slice(offset + 1), offset];
}

const world = (root: Json, sample?: Json): World => ({
  root,
  sample,
  resources: [{ value: "arn:aws:lambda:::function:Pay", label: "Pay", description: "" }],
});
const ROOT: Json = {
  StartAt: "A",
  States: {
    A: { Type: "Task", Assign: { total: 1 }, Next: "B" },
    B: { Type: "Choice", Choices: [] },
  },
};

function labels(marked: string, format: Format, root: Json = ROOT, sample?: Json): string[] {
  const [text, offset] = at(marked);
  return complete(text, format, offset, world(root, sample))?.options.map((o) => o.label) ?? [];
}

describe("completion", () => {
  it("offers the fields of the state's type that are not there yet, in JSON and in YAML", () => {
    const json = labels('{"StartAt": "A", "States": {"A": {"Type": "Task", "|"}}}', "json");
    expect(json).toContain("Retry");
    expect(json).toContain("HeartbeatSeconds");
    expect(json).not.toContain("Type");
    expect(json).not.toContain("Branches");
    expect(json).not.toContain("Arguments");
    const yaml = labels("StartAt: A\nStates:\n  A:\n    Type: Task\n    Re|", "yaml");
    expect(yaml).toContain("Retry");
    expect(yaml).not.toContain("Branches");
  });

  it("offers the fields of what is nested", () => {
    const json = '{"States": {"A": {"Retry": [{"ErrorEquals": [], "|"}]}}}';
    expect(labels(json, "json")).toContain("BackoffRate");
    expect(labels('{"|"}', "json", {})).toContain("StartAt");
  });

  it("offers states, resources and words as values, with the quotation marks that are missing", () => {
    expect(labels('{"States": {"A": {"Next": "|"}}}', "json")).toEqual(["A", "B"]);
    expect(labels("States:\n  A:\n    Next: |", "yaml")).toEqual(["A", "B"]);
    expect(labels('{"States": {"A": {"Type": "|"}}}', "json")).toContain("Parallel");
    const [text, offset] = at('{"States": {"A": {"Resource": |}}}');
    expect(complete(text, "json", offset, world(ROOT))?.options[0]?.apply).toBe(
      '"arn:aws:lambda:::function:Pay"',
    );
  });

  it("offers paths of the last run's data, variables and functions of the language that is spoken", () => {
    const path = labels('{"States": {"A": {"Parameters": {"x.$": "|"}}}}', "json", ROOT, {
      order: { id: 7, lines: [{ sum: 1 }] },
    });
    for (const one of ["$.order", "$.order.id", "$.order.lines[0].sum", "$total", "States.UUID"])
      expect(path).toContain(one);
    const jsonata = { ...(ROOT as object), QueryLanguage: "JSONata" } as Json;
    const expression = labels('{"States": {"A": {"Output": "{% |"}}}', "json", jsonata, { a: 1 });
    for (const one of ["$states.input", "$states.input.a", "$total", "$uuid"])
      expect(expression).toContain(one);
    expect(expression).not.toContain("States.UUID");
  });

  it("explains fields and functions", () => {
    const text = '{"States": {"A": {"BackoffRate": 2, "x.$": "States.Hash($)"}}}';
    expect(explain(text, "json", text.indexOf("Backoff") + 2)?.text).toContain("pause");
    expect(explain(text, "json", text.indexOf("Hash") + 1)?.title).toContain("States.Hash(");
    expect(explain(text, "json", 0)).toBeNull();
  });
});

describe("quick fixes", () => {
  const apply = (root: Json, pointer: (string | number)[], code: string, title: string) => {
    const fix = fixesOf(root, pointer, code).find((one) => one.title === title);
    if (!fix) throw new Error(`no ${title}`);
    return applyEdit(root, fix.edit).value;
  };

  it("lead to the state with the likeliest name, or make it", () => {
    const root: Json = {
      StartAt: "Pay",
      States: { Pay: { Type: "Pass", Next: "Shp" }, Ship: { Type: "Succeed" } },
    };
    const path = ["States", "Pay", "Next"];
    expect(apply(root, path, "MISSING_TRANSITION_TARGET", "Change it to Ship")).toMatchObject({
      States: { Pay: { Next: "Ship" } },
    });
    expect(apply(root, path, "MISSING_TRANSITION_TARGET", "Add a state Shp")).toMatchObject({
      States: { Shp: { Type: "Pass", End: true } },
    });
  });

  it("end a state that leads nowhere, take out what does not belong, and what nothing leads to", () => {
    const root: Json = {
      StartAt: "A",
      States: { A: { Type: "Pass", Arguments: 1 }, B: { Type: "Succeed" } },
    };
    expect(apply(root, ["States", "A"], "SCHEMA_VALIDATION_FAILED", "End here")).toMatchObject({
      States: { A: { End: true } },
    });
    const removed = apply(root, ["States", "A", "Arguments"], "X", "Remove Arguments");
    expect(removed).toMatchObject({ States: { A: { Type: "Pass" } } });
    expect(JSON.stringify(removed)).not.toContain("Arguments");
    expect(apply(root, ["States", "B"], "UNREACHABLE_STATE", "Delete B")).toEqual({
      StartAt: "A",
      States: { A: { Type: "Pass", Arguments: 1 } },
    });
  });
});

describe("formatting", () => {
  it("changes white space alone, and keeps comments", () => {
    const text = formatText(JSON.stringify(POLLER), "json");
    expect(text).toBe(printText(POLLER, "json"));
    const yaml = "# why\nStartAt:   A # here\nStates: {A: {Type: Pass, End: true}}\n";
    const tidy = formatText(yaml, "yaml");
    expect(tidy).toContain("# why");
    expect(tidy).toContain("# here");
    const parsed = parseText(tidy, "yaml");
    expect(parsed.ok && parsed.value).toEqual({
      StartAt: "A",
      States: { A: { Type: "Pass", End: true } },
    });
  });
});
