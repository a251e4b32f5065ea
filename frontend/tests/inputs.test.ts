import { describe, expect, it } from "vitest";
import { type Parsed, parseText } from "../src/asl/document";
import {
  hintsOf,
  inputLabel,
  type Shape,
  sampleOf,
  skeletonOf,
} from "../src/features/executions/inputs";

const SHAPE: Shape = {
  type: "object",
  properties: {
    id: { type: ["null", "number"] },
    lines: {
      type: "array",
      items: { type: "object", properties: { sku: { type: "string" } }, required: ["sku"] },
    },
    note: { type: "string" },
  },
  required: ["id", "lines"],
};

function hints(input: string): string[] {
  const parsed = parseText(input, "json") as Parsed;
  return hintsOf(parsed, SHAPE).map(
    (one) => `${parsed.text.slice(one.from, one.to)}: ${one.message}`,
  );
}

describe("hints about an input", () => {
  it("has none for one that is like those before it", () => {
    expect(hints('{"id": 1, "lines": [{"sku": "a"}]}')).toEqual([]);
    expect(hints('{"id": null, "lines": []}')).toEqual([]);
  });

  it("tells another type where it stands, a missing field, and a new one", () => {
    expect(hints('{"id": "x", "lines": [{"sku": 3}], "more": 1}')).toEqual([
      '"id": "x": id was of type null, number in earlier runs',
      '"sku": 3: sku was of type string in earlier runs',
      '"more": 1: more was in no earlier run',
    ]);
    expect(hints('{"id": 1}')).toEqual(['{"id": 1}: lines was there in all earlier runs']);
    expect(hints("[]")).toEqual(["[]: The input was of type object in earlier runs"]);
  });

  it("has none where nothing is known", () => {
    expect(hintsOf(parseText("[1]", "json") as Parsed, null)).toEqual([]);
  });
});

describe("the skeleton of an input", () => {
  it("has every field of earlier ones with nothing in it, and so no hint", () => {
    const skeleton = skeletonOf(SHAPE);
    expect(skeleton).toEqual({ id: 0, lines: [{ sku: "" }], note: "" });
    expect(hints(JSON.stringify(skeleton))).toEqual([]);
  });
});

describe("the label of an input", () => {
  it("is one line that is not too long", () => {
    expect(inputLabel({ a: [1, 2] })).toBe('{"a":[1,2]}');
    expect(inputLabel({ a: "x".repeat(99) })).toHaveLength(70);
  });
});

describe("the sample of a machine", () => {
  const sample = (name: string, definition: string) => ({
    ...{ name, definition, title: `The ${name}`, description: "", teaches: "" },
    input: { of: name },
  });
  const samples = [sample("JobPoller", "{1}"), sample("Other", "{2}")];

  it("is known by its definition when its name was taken", () => {
    expect(sampleOf(samples, { name: "JobPoller-2", definition: "{1}" })?.name).toBe("JobPoller");
  });

  it("is known by its name when its definition was changed", () => {
    expect(sampleOf(samples, { name: "Other", definition: "{3}" })?.name).toBe("Other");
    expect(sampleOf(samples, { name: "Mine", definition: "{3}" })).toBeUndefined();
  });
});
