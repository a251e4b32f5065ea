import { describe, expect, it } from "vitest";
import { type GraphScope, toGraph } from "../src/asl/graph";
import type { Json, JsonObject } from "../src/asl/model";
import type { Box, Point } from "../src/canvas/layout";
import { drawnByRule } from "../src/canvas/rule";
import { type LocalGraph, localGraph, type ScopeResult, STATE_BOX } from "../src/canvas/scope";
import { chain, POLLER, SAGA } from "./samples";

/** mulberry32: the same numbers from the same seed. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A machine of rows and forks, as people write them; some of its ways end, and some lead back up. */
function machine(seed: number, loops: boolean, endsAnywhere = false): JsonObject {
  const random = chance(seed);
  const below = (n: number) => Math.floor(random() * n);
  const states: Record<string, JsonObject> = {};
  const name = () => `S${Object.keys(states).length} ${"word ".repeat(below(4))}`.trim();
  const onward = (next: string | null): JsonObject =>
    next === null ? { End: true } : { Next: next };
  /**
   * Writes a row that leads to `next`, from its end to its beginning; answers its first state. Where it is `held`
   * between a fork and the place where its ways meet, none of its own ways ends: the line to the End would cross others.
   */
  const row = (next: string | null, depth: number, above: readonly string[], held: boolean) => {
    let first = next;
    for (let left = 1 + below(3); left > 0 || first === null; left--) {
      const key = name();
      states[key] = { Type: "Pass" };
      if (depth > 0 && random() < 0.5) fork(key, first, depth - 1, above, held);
      else states[key] = { Type: "Pass", ...onward(first) };
      first = key;
    }
    return first;
  };
  const fork = (
    key: string,
    next: string | null,
    depth: number,
    above: readonly string[],
    held: boolean,
  ) => {
    const inside = [...above, key];
    const way = (): string => {
      const kind = random();
      if (loops && kind < 0.2) return inside[below(inside.length)] as string;
      if (kind < 0.35 && next !== null) return next;
      if (kind < 0.5 && (endsAnywhere || !held)) return row(null, depth, inside, held);
      return row(next, depth, inside, held || next !== null);
    };
    if (random() < 0.4) {
      const Catch = [{ ErrorEquals: ["States.ALL"], Next: way() }];
      states[key] = { Type: "Task", Resource: "function:F", Catch, ...onward(next) };
      return;
    }
    const Choices = Array.from({ length: 1 + below(4) }, (_, i) => ({
      Variable: `$.${"x".repeat(1 + below(20))}`,
      NumericEquals: i,
      Next: way(),
    }));
    states[key] = {
      Type: "Choice",
      Choices,
      Default: row(next, depth, inside, held || next !== null),
    };
  };
  const StartAt = row(null, 3, [], false);
  const names = Object.keys(states);
  for (let loose = below(6) - 3; loose > 0; loose--) {
    const next = below(4) > 0 ? (names[below(names.length)] ?? null) : null;
    if (next !== StartAt) states[`Loose ${loose}`] = { Type: "Pass", ...onward(next) };
  }
  return { StartAt, States: states };
}

function local(definition: Json): LocalGraph {
  return sized(toGraph(definition));
}

/** Some of its boxes as large as containers. */
function sized(scope: GraphScope): LocalGraph {
  const sizes = scope.nodes.map((_, i) =>
    i % 7 === 3 ? { width: 200 + 31 * (i % 11), height: 90 + 23 * (i % 9) } : STATE_BOX,
  );
  return localGraph(scope, sizes);
}

function crosses(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

function stretches(points: readonly Point[]): Box[] {
  return points.slice(1).map((b, i) => {
    const a = points[i] as Point;
    const size = { width: Math.abs(a.x - b.x), height: Math.abs(a.y - b.y) };
    return { x: Math.min(a.x, b.x), y: Math.min(a.y, b.y), ...size };
  });
}

/** Two stretches that lie on each other, or so near that they look it. */
function together(a: Box, b: Box): boolean {
  const level = a.height === 0;
  if (level !== (b.height === 0)) return false;
  const wide = level
    ? { x: a.x + 1, y: a.y - 2, width: a.width - 2, height: 4 }
    : { x: a.x - 2, y: a.y + 1, width: 4, height: a.height - 2 };
  return (
    wide.width > 0 && wide.height > 0 && crosses(wide, { ...b, [level ? "height" : "width"]: 0.5 })
  );
}

/** All that would make a picture wrong, in words. */
function faults(graph: LocalGraph, { boxes, lines, width, height }: ScopeResult): string[] {
  const found: string[] = [];
  const note = (wrong: boolean, what: string) => wrong && found.push(what);
  const labels = lines.flatMap(({ label }, i) => (label ? [{ ...label, line: i }] : []));
  boxes.forEach((box, i) => {
    note(box.x < 0 || box.y < 0, `${box.key} is outside`);
    note(box.x + box.width > width || box.y + box.height > height, `${box.key} is outside`);
    for (const other of boxes.slice(i + 1)) note(crosses(box, other), `${box.key} on ${other.key}`);
    for (const label of labels) note(crosses(box, label), `label ${label.line} on ${box.key}`);
  });
  labels.forEach((label, i) => {
    for (const other of labels.slice(i + 1))
      note(crosses(label, other), `labels of ${label.line} and ${other.line}`);
  });
  const parts = lines.map(({ points }) => stretches(points));
  // Where there are too many, those to the End run as one.
  const ends = (line: number) => ending > 5 && graph.edges[line]?.kind === "end";
  const ending = graph.edges.filter(({ kind }) => kind === "end").length;
  lines.forEach(({ points }, i) => {
    const edge = graph.edges[i];
    const [a, z] = [points[0], points.at(-1)];
    note(!a || !touches(boxes, edge?.from, a), `line ${i} does not leave ${edge?.from}`);
    note(!z || !touches(boxes, edge?.to, z), `line ${i} does not reach ${edge?.to}`);
    for (const part of parts[i] ?? []) {
      note(part.width > 0 && part.height > 0, `line ${i} is askew`);
      for (const box of boxes) note(crosses(part, box), `line ${i} through ${box.key}`);
      for (const label of labels)
        note(label.line !== i && crosses(part, label), `line ${i} through label ${label.line}`);
      for (let j = i + 1; j < parts.length; j++)
        for (const other of parts[j] ?? [])
          note(!(ends(i) && ends(j)) && together(part, other), `lines ${i} and ${j} on each other`);
    }
  });
  return found;
}

/** The most lines that one box has on one side; those to the End do not count. */
function most({ boxes, edges }: LocalGraph): number {
  const ends = edges.flatMap(({ from, to, kind }) =>
    kind === "end" ? [] : [`from ${from}`, `to ${to}`],
  );
  const count = (key: string) => ends.filter((end) => end === key).length;
  return Math.max(...boxes.flatMap(({ key }) => [count(`from ${key}`), count(`to ${key}`)]));
}

function touches(boxes: ScopeResult["boxes"], key: string | undefined, point: Point): boolean {
  const box = boxes.find((one) => one.key === key);
  if (!box) return false;
  const inside = point.x >= box.x && point.x <= box.x + box.width;
  return (
    (inside && (point.y === box.y || point.y === box.y + box.height)) ||
    (point.x === box.x + box.width && point.y > box.y && point.y < box.y + box.height)
  );
}

describe("a scope drawn by rule", () => {
  it("is clean, whatever its forks", () => {
    let drawn = 0;
    for (let seed = 1; seed <= 400; seed++) {
      const graph = local(machine(seed, false));
      const result = drawnByRule(graph);
      if (result) drawn += 1;
      if (result) expect(faults(graph, result), `seed ${seed}`).toEqual([]);
      else expect(most(graph), `seed ${seed}`).toBeGreaterThan(20);
    }
    expect(drawn).toBeGreaterThan(200);
  });

  it("is clean inside of a container, where ways may end anywhere", () => {
    for (let seed = 1; seed <= 200; seed++) {
      const Branches = [machine(seed, false, true)];
      const root = toGraph({
        StartAt: "P",
        States: { P: { Type: "Parallel", Branches, End: true } },
      });
      const inner = root.nodes[0]?.inner[0];
      const graph = inner && sized(inner);
      const result = graph && drawnByRule(graph);
      if (graph && result) expect(faults(graph, result), `seed ${seed}`).toEqual([]);
      else expect(graph && most(graph), `seed ${seed}`).toBeGreaterThan(20);
    }
  });

  it("is clean with loops, or left to the engine", () => {
    let drawn = 0;
    for (let seed = 1; seed <= 400; seed++) {
      const graph = local(machine(seed, true));
      const result = drawnByRule(graph);
      if (result) expect(faults(graph, result), `seed ${seed}`).toEqual([]);
      if (result && graph.edges.some((edge) => edge.back)) drawn += 1;
    }
    expect(drawn).toBeGreaterThan(50);
  });

  it("has the Job Poller's trunk in one line, its loop on the right", () => {
    const graph = local(POLLER);
    const drawn = drawnByRule(graph);
    const box = (key: string) => drawn?.boxes.find((one) => one.key === key);
    const middle = (key: string) => (box(key)?.x ?? 0) + (box(key)?.width ?? 0) / 2;
    const trunk = ["Submit Job", "Wait X Seconds", "Get Job Status", "Job Complete?", "Job Failed"];
    expect(new Set(trunk.map(middle)).size).toBe(1);
    const loop = drawn?.lines[graph.edges.findIndex((edge) => edge.back)];
    expect(Math.min(...(loop?.points ?? []).map(({ x }) => x))).toBe(
      (box("Wait X Seconds")?.x ?? 0) + 168,
    );
  });

  it("has what nothing leads to beside the row that it leads into", () => {
    const { States, ...rest } = POLLER as { States: JsonObject };
    const copy = { Type: "Pass", Next: "Get Job Status" };
    const graph = local({ ...rest, States: { ...States, Copy: copy } });
    const drawn = drawnByRule(graph);
    expect(drawn && faults(graph, drawn)).toEqual([]);
    const box = (key: string) => drawn?.boxes.find((one) => one.key === key);
    expect(box("Copy")?.x).toBeGreaterThan((box("Get Job Status")?.x ?? 0) + 168);
    expect(box("Copy")?.y).toBe(box("Wait X Seconds")?.y);
  });

  it("is refused where ways cross", () => {
    expect(drawnByRule(local(SAGA))).toBeNull();
    const { States, ...rest } = POLLER as { States: JsonObject };
    const onto = { Type: "Pass", Next: "Submit Job" };
    expect(
      drawnByRule(local({ ...rest, StartAt: "Nowhere", States: { onto, ...States } })),
    ).not.toBeNull();
  });

  it("may be long, and deep", () => {
    const long = local(chain(3000));
    expect(drawnByRule(long)?.boxes).toHaveLength(long.boxes.length);
    const States: JsonObject = {};
    for (let i = 0; i < 120; i++) {
      const Choices = [{ Variable: "$.x", NumericEquals: i, Next: `Do ${i}` }];
      States[`Ask ${i}`] = { Type: "Choice", Choices, Default: `Ask ${i + 1}` };
      States[`Do ${i}`] = { Type: "Pass", Next: `Then ${i}` };
      States[`Then ${i}`] = {
        Type: "Pass",
        ...(i > 0 ? { Next: `Then ${i - 1}` } : { End: true }),
      };
    }
    States["Ask 120"] = { Type: "Pass", Next: "Then 119" };
    const deep = local({ StartAt: "Ask 0", States });
    const drawn = drawnByRule(deep);
    expect(drawn && faults(deep, drawn)).toEqual([]);
  });

  it("is left to the engine where forks stand too deep in each other, however many", () => {
    const States: JsonObject = { Done: { Type: "Succeed" } };
    for (let i = 0; i < 2000; i++) {
      const Catch = [{ ErrorEquals: ["States.ALL"], Next: `Failed ${i}` }];
      const Next = i < 1999 ? `Do ${i + 1}` : "Done";
      States[`Do ${i}`] = { Type: "Task", Resource: "function:F", Catch, Next };
      States[`Failed ${i}`] = { Type: "Fail" };
    }
    expect(drawnByRule(local({ StartAt: "Do 0", States }))).toBeNull();
  });

  it("is left to the engine where a box has thousands of ways", () => {
    const States: JsonObject = {};
    const Choices = Array.from({ length: 3000 }, (_, i) => {
      States[`Do ${i}`] = { Type: "Pass", End: true };
      return { Variable: "$.x", NumericEquals: i, Next: `Do ${i}` };
    });
    States.Ask = { Type: "Choice", Choices, Default: "Do 0" };
    expect(drawnByRule(local({ StartAt: "Ask", States }))).toBeNull();
  });

  it("may have a thousand loops", () => {
    const States: JsonObject = { "Wait 1000": { Type: "Succeed" } };
    for (let i = 0; i < 1000; i++) {
      const Choices = [{ Variable: "$.x", NumericEquals: i, Next: `Wait ${i}` }];
      States[`Wait ${i}`] = { Type: "Wait", Seconds: 1, Next: `Ready ${i}` };
      States[`Ready ${i}`] = { Type: "Choice", Choices, Default: `Wait ${i + 1}` };
    }
    const graph = local({ StartAt: "Wait 0", States });
    expect(drawnByRule(graph)?.boxes).toHaveLength(graph.boxes.length);
  });

  it("has a loop's label beside what crosses its lane", () => {
    const rules = (...to: string[]) =>
      to.map((Next, i) => ({ Variable: "$.x", NumericEquals: i, Next }));
    const graph = local({
      StartAt: "W",
      States: {
        W: { Type: "Wait", Seconds: 1, Next: "C" },
        C: { Type: "Choice", Choices: rules("C", "W", "W"), Default: "T" },
        T: {
          Type: "Task",
          Resource: "function:F",
          Catch: [
            { ErrorEquals: ["States.Timeout"], Next: "T" },
            { ErrorEquals: ["States.ALL"], Next: "W" },
          ],
          End: true,
        },
      },
    });
    const drawn = drawnByRule(graph);
    expect(drawn && faults(graph, drawn)).toEqual([]);
  });

  it("moves no copy for another one", () => {
    const { States, ...rest } = POLLER as { States: JsonObject };
    const copied = (...copies: string[]) => {
      const all: JsonObject = {};
      for (const [key, state] of Object.entries(States)) {
        all[key] = state as Json;
        if (key !== "Wait X Seconds") continue;
        for (const copy of copies) all[copy] = state as Json;
      }
      return drawnByRule(local({ ...rest, States: all }))?.boxes ?? [];
    };
    const before = copied("Two", "One");
    const after = copied("Three", "Two", "One");
    const x = (boxes: typeof before, key: string) => boxes.find((box) => box.key === key)?.x ?? 0;
    for (const key of ["One", "Two"]) expect(x(after, key)).toBe(x(before, key));
    expect(x(after, "Three")).toBeGreaterThan(x(after, "Two"));
  });

  it("has a self-loop's label beside its lane, where it covers no line", () => {
    const Choices = [{ Variable: "$.x", NumericEquals: 1, Next: "C" }];
    const graph = local({
      StartAt: "C",
      States: { C: { Type: "Choice", Choices, Default: "D" }, D: { Type: "Succeed" } },
    });
    const loop = drawnByRule(graph)?.lines[graph.edges.findIndex((edge) => edge.back)];
    const parts = stretches(loop?.points ?? []);
    expect(parts).toHaveLength(3);
    for (const part of parts) expect(loop?.label && crosses(part, loop.label)).toBe(false);
  });
});
