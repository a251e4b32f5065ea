import { describe, expect, it } from "vitest";
import { toGraph } from "../src/asl/graph";
import { toMermaid } from "../src/asl/mermaid";
import { NESTED, POLLER } from "./samples";

describe("Mermaid", () => {
  it("draws states, labels and both ends", () => {
    const text = toMermaid(toGraph(POLLER));
    expect(text.startsWith("stateDiagram-v2\n")).toBe(true);
    expect(text).toContain('state "Submit Job" as s1');
    expect(text).toContain("[*] --> s1");
    expect(text).toMatch(/s\d+ --> s\d+: \$\.status == "FAILED"/);
    expect(text).toMatch(/s\d+ --> \[\*\]/);
  });

  it("nests containers, and parts branches by a line", () => {
    const text = toMermaid(toGraph(NESTED));
    expect(text).toMatch(/state s\d+ \{\n/);
    expect(text).toContain("--\n");
    expect(text.split("{").length).toBe(text.split("}").length);
  });

  it("cannot be broken out of by a name or a rule", () => {
    const root = {
      StartAt: 'A"\n}',
      States: {
        'A"\n}': {
          Type: "Choice",
          Choices: [{ Variable: "$.a", StringEquals: "x;\n#", Next: "B" }],
        },
        B: { Type: "Succeed" },
      },
    };
    const text = toMermaid(toGraph(root));
    expect(text.split("\n").filter((line) => line.trim() === "}")).toEqual([]);
    expect(text).toContain('"x#59;');
  });
});
