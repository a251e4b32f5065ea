import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ELK from "elkjs/lib/elk.bundled.js";
import { describe, expect, it } from "vitest";
import { type Format, parseText } from "../src/asl/document";
import { applyEdit, type Edit } from "../src/asl/edits";
import { toGraph, walkNodes, walkScopes } from "../src/asl/graph";
import type { Json } from "../src/asl/model";
import { patchText, printText } from "../src/asl/patch";
import { Layouter } from "../src/canvas/layout";
import { chain, NESTED, POLLER } from "./samples";

// Any folder of definitions can be tried as well: TREADLE_WORKFLOWS=folder npm test
const folder = process.env.TREADLE_WORKFLOWS;
const files = folder ? readdirSync(folder).filter((file) => file.endsWith(".json")) : [];
const texts: [string, string][] = [
  ["Job Poller", printText(POLLER, "json")],
  ["nested", printText(NESTED, "json")],
  ["forty in a row", printText(chain(40), "json")],
  ...files.map((file): [string, string] => [file, readFileSync(join(folder ?? "", file), "utf8")]),
];
const layouter = new Layouter((graph) => new ELK().layout(graph));

function value(text: string, format: Format): Json {
  const parsed = parseText(text, format);
  if (!parsed.ok) throw new Error(`${parsed.problems[0]?.message} at ${parsed.problems[0]?.from}`);
  return parsed.value;
}

function editsOf(root: Json): Edit[] {
  const nodes = [...walkNodes(toGraph(root))];
  const edges = [...walkScopes(toGraph(root))].flatMap((scope) => scope.edges);
  const exit = edges.find((edge) => edge.exit)?.exit;
  const last = nodes.at(-1);
  return [
    ...(last
      ? ([
          { type: "rename", state: last, to: "A new name ⏳" },
          { type: "duplicate", state: last },
          { type: "delete", states: [last], heal: "heal" },
          { type: "setField", path: [...last.path, "Comment"], value: "Said" },
        ] satisfies Edit[])
      : []),
    ...(exit
      ? [
          {
            type: "insertOnExit",
            exit,
            state: { name: "Inserted", value: { Type: "Pass" } },
          } satisfies Edit,
        ]
      : []),
  ];
}

describe.each(texts)("%s", (_name, text) => {
  it("is written back as it was by an edit that changes nothing", () => {
    const root = value(text, "json");
    expect(patchText(text, "json", root, structuredClone(root))).toBe(text);
  });

  it("means what the edit says, in JSON and in YAML, and undoes to the same value", () => {
    const root = value(text, "json");
    const yaml = printText(root, "yaml");
    expect(value(yaml, "yaml")).toEqual(root);
    for (const edit of editsOf(root)) {
      const after = applyEdit(root, edit).value;
      for (const [source, format] of [
        [text, "json"],
        [yaml, "yaml"],
      ] as const) {
        const patched = patchText(source, format, root, after);
        expect(value(patched, format)).toEqual(after);
        expect(value(patchText(patched, format, after, root), format)).toEqual(root);
      }
    }
  });

  it("is drawn without one box over another", async () => {
    const layout = await layouter.layout(toGraph(value(text, "json")));
    const boxes = layout.nodes.filter((node) => node.kind !== "container");
    boxes.forEach((a, i) => {
      for (const b of boxes.slice(i + 1)) {
        const apart =
          a.x + a.width <= b.x ||
          b.x + b.width <= a.x ||
          a.y + a.height <= b.y ||
          b.y + b.height <= a.y;
        expect(apart, `${a.id} over ${b.id}`).toBe(true);
      }
    });
  });
});

describe.skipIf(folder)("a folder of definitions", () => {
  it.skip("WAS NOT TRIED: set TREADLE_WORKFLOWS to one", () => undefined);
});
