import { describe, expect, it } from "vitest";
import { parseText } from "../src/asl/document";
import { applyEdit, type Edit } from "../src/asl/edits";
import type { Json } from "../src/asl/model";
import { patchText, printText } from "../src/asl/patch";
import { newDesigner } from "../src/features/designer/store";
import { NESTED, POLLER } from "./samples";

function edited(source: string, format: "json" | "yaml", edit: Edit): string {
  const parsed = parseText(source, format);
  if (!parsed.ok) throw new Error(parsed.problems[0]?.message);
  const after = applyEdit(parsed.value, edit).value;
  const text = patchText(source, format, parsed.value, after);
  const again = parseText(text, format);
  expect(again.ok && again.value).toEqual(after);
  return text;
}

function changedLines(before: string, after: string): { gone: string[]; come: string[] } {
  const [a, b] = [before.split("\n"), after.split("\n")];
  return {
    gone: a.filter((line) => !b.includes(line)),
    come: b.filter((line) => !a.includes(line)),
  };
}

const JSON_TEXT = printText(POLLER, "json");
const ODD = `{ "StartAt": "A",
    "States": {
        "A": {"Type":"Pass","Next":"B"},

        "B": { "Type": "Wait", "Seconds": 1.0, "End": true }
    }
}`;
const YAML_TEXT = `# A machine with remarks
StartAt: A # where it begins
States:
  # first
  A:
    Type: Pass
    Next: B

  B: # last
    Type: Wait
    Seconds: 5
    End: true
`;

describe("edits of the graph as edits of the text", () => {
  it("a rename changes only the lines that name the state", () => {
    const after = edited(JSON_TEXT, "json", {
      type: "rename",
      state: { scope: [], name: "Wait X Seconds" },
      to: "Pause",
    });
    const { gone, come } = changedLines(JSON_TEXT, after);
    expect(gone).toHaveLength(3);
    expect(come).toHaveLength(3);
    expect(come.every((line) => line.includes("Pause"))).toBe(true);
  });

  it("an insert adds the state behind the one it follows and keeps odd formatting", () => {
    const after = edited(ODD, "json", {
      type: "insertOnExit",
      exit: { scope: [], from: "A", kind: "next", index: 0 },
      state: { name: "New", value: { Type: "Pass" } },
    });
    expect(after).toContain(`"A": {"Type":"Pass","Next":"New"},`);
    expect(after).toContain(`"B": { "Type": "Wait", "Seconds": 1.0, "End": true }`);
    expect(after.indexOf('"New"')).toBeLessThan(after.indexOf('"B": {'));
  });

  it("YAML keeps its comments and blank lines", () => {
    const after = edited(YAML_TEXT, "yaml", {
      type: "rename",
      state: { scope: [], name: "B" },
      to: "Last",
    });
    for (const remark of ["# A machine with remarks", "# where it begins", "# first", "# last"]) {
      expect(after).toContain(remark);
    }
    expect(changedLines(YAML_TEXT, after).gone).toEqual(["    Next: B", "  B: # last"]);
  });

  it("YAML lines that somebody writes in ways of his own stay when another state is edited", () => {
    const source = `StartAt:   A
States:
  A: # the first one
      Type: 'Pass'
      Parameters: {"x":   1,
                   y: [1,2]}
      Comment: >-
        a long
        story
      Next: B


  B: # and the last
    Type: Wait      # as long as it takes
    Seconds: 5
    End: true
`;
    const after = edited(source, "yaml", {
      type: "setField",
      path: ["States", "B", "Seconds"],
      value: 7,
    });
    expect(changedLines(source, after)).toEqual({
      gone: ["    Seconds: 5"],
      come: ["    Seconds: 7"],
    });
  });

  it("deleting heals the way through", () => {
    const after = edited(JSON_TEXT, "json", {
      type: "delete",
      states: [{ scope: [], name: "Submit Job" }],
      heal: "heal",
    });
    expect(JSON.parse(after).StartAt).toBe("Wait X Seconds");
    expect(after.split("\n").length).toBe(JSON_TEXT.split("\n").length - 6);
  });

  it("an edit inside an empty object or list prints with the text's own indentation", () => {
    const source = '{\n\t"StartAt": "A",\n\t"States": {}\n}\n';
    const after = edited(source, "json", {
      type: "addToScope",
      scope: [],
      state: { name: "A", value: { Type: "Pass" } },
    });
    expect(after).toContain('\n\t\t"A": {\n\t\t\t"Type": "Pass"');
  });

  it("duplicating a container renames what is inside", () => {
    const done = applyEdit(NESTED, {
      type: "duplicate",
      state: { scope: [], name: "Process Items" },
    });
    const names = JSON.stringify(done.value).match(/"Prepare( \(2\))?":/g);
    expect(new Set(names)).toEqual(new Set(['"Prepare":', '"Prepare (2)":']));
    expect(done.select?.name).toBe("Process Items (2)");
  });

  it("a Choice is put where Next was taken", () => {
    const done = applyEdit(POLLER, {
      type: "branchOff",
      exit: { scope: [], from: "Submit Job", kind: "next", index: 0 },
      to: "Job Failed",
    });
    const states = (done.value as { States: Record<string, { [key: string]: Json }> }).States;
    expect(states["Submit Job"]?.Next).toBe("Choice");
    expect(states.Choice).toMatchObject({
      Default: "Wait X Seconds",
      Choices: [{ Next: "Job Failed" }],
    });
  });
});

describe("the document", () => {
  it("undoes and redoes edits and typing as one history, byte for byte", () => {
    const designer = newDesigner(JSON_TEXT, "json");
    const seen = [designer.getState().text];
    const ref = { scope: [], name: "Submit Job" };
    designer.edit({ type: "rename", state: ref, to: "Send" });
    seen.push(designer.getState().text);
    designer.edit({ type: "duplicate", state: { scope: [], name: "Send" } });
    seen.push(designer.getState().text);
    designer.typed(`${designer.getState().text}\n`);
    designer.parseNow();
    seen.push(designer.getState().text);
    for (const text of seen.slice(0, -1).reverse()) {
      designer.undo();
      expect(designer.getState().text).toBe(text);
    }
    expect(designer.getState().canUndo).toBe(false);
    for (const text of seen.slice(1)) {
      designer.redo();
      expect(designer.getState().text).toBe(text);
    }
  });

  it("keeps the last valid graph while the text is broken, and refuses edits of it", () => {
    const designer = newDesigner(JSON_TEXT, "json");
    const graph = designer.getState().graph;
    designer.typed(JSON_TEXT.replace("{", "{{"));
    designer.parseNow();
    expect(designer.getState()).toMatchObject({ valid: false, graph });
    expect(designer.edit({ type: "duplicate", state: { scope: [], name: "Submit Job" } })).toBe(
      false,
    );
    designer.undo();
    expect(designer.getState().valid).toBe(true);
  });

  it("finds the range of a path and the path of an offset in both formats", () => {
    for (const [text, format] of [
      [JSON_TEXT, "json"],
      [YAML_TEXT, "yaml"],
    ] as const) {
      const parsed = parseText(text, format);
      if (!parsed.ok) throw new Error("not parsed");
      const name = format === "json" ? "Wait X Seconds" : "B";
      const range = parsed.rangeOf(["States", name]);
      expect(text.slice(range?.from, range?.to)).toContain(name);
      expect(parsed.pathAt((range?.from ?? 0) + 8).slice(0, 2)).toEqual(["States", name]);
    }
  });

  it("refuses a key that is written twice", () => {
    expect(parseText('{"a": 1, "a": 2}', "json").ok).toBe(false);
  });
});
