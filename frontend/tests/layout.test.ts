import ELK from "elkjs/lib/elk.bundled.js";
import { describe, expect, it } from "vitest";
import { toGraph } from "../src/asl/graph";
import { type Layout, Layouter } from "../src/canvas/layout";
import { chain, NESTED, POLLER, SAGA } from "./samples";

const elk = new ELK();
let runs = 0;
const layouter = new Layouter({
  layout: (graph) => {
    runs += 1;
    return elk.layout(graph);
  },
});

function overlaps(layout: Layout): string[] {
  const found: string[] = [];
  const boxes = layout.nodes.filter((node) => node.kind !== "container");
  boxes.forEach((a, i) => {
    for (const b of boxes.slice(i + 1)) {
      const apart =
        a.x + a.width <= b.x ||
        b.x + b.width <= a.x ||
        a.y + a.height <= b.y ||
        b.y + b.height <= a.y;
      if (!apart) found.push(`${a.id} and ${b.id}`);
    }
  });
  return found;
}

describe("layout", () => {
  it("draws the Job Poller with a straight trunk and its loop on the right", async () => {
    const layout = await layouter.layout(toGraph(POLLER));
    expect(overlaps(layout)).toEqual([]);
    const centre = (name: string) => {
      const node = layout.nodes.find((n) => n.node?.name === name);
      return node ? Math.round(node.x + node.width / 2) : null;
    };
    expect(centre("Submit Job")).toBe(centre("Wait X Seconds"));
    expect(centre("Wait X Seconds")).toBe(centre("Get Job Status"));
    const loop = layout.edges.find((e) => e.edge.kind === "default");
    const target = layout.nodes.find((n) => n.node?.name === "Wait X Seconds");
    expect(loop?.points.at(-1)?.x).toBe((target?.x ?? 0) + (target?.width ?? 0));
  });

  it("keeps what is inside a container inside it", async () => {
    const layout = await layouter.layout(toGraph(NESTED));
    expect(overlaps(layout)).toEqual([]);
    for (const outer of layout.nodes.filter((n) => n.kind === "container")) {
      for (const inner of layout.nodes.filter((n) => n.id.startsWith(`${outer.id}/`))) {
        expect(inner.x).toBeGreaterThan(outer.x);
        expect(inner.y).toBeGreaterThan(outer.y);
        expect(inner.x + inner.width).toBeLessThan(outer.x + outer.width);
        expect(inner.y + inner.height).toBeLessThan(outer.y + outer.height);
      }
    }
  });

  it("asks the engine where no rule will do, and again only when the scope changed", async () => {
    const before = runs;
    expect(overlaps(await layouter.layout(toGraph(SAGA)))).toEqual([]);
    expect(runs).toBe(before + 1);
    await layouter.layout(toGraph(SAGA));
    expect(runs).toBe(before + 1);
  });

  it("is there at once where all is made of blocks", () => {
    const before = runs;
    expect(layouter.known(toGraph(POLLER))).not.toBeNull();
    expect(layouter.known(toGraph(chain(300)))).not.toBeNull();
    expect(runs).toBe(before);
  });

  it("draws 300 states in one go", async () => {
    const layout = await layouter.layout(toGraph(chain(300)));
    expect(layout.nodes).toHaveLength(302);
    expect(overlaps(layout)).toEqual([]);
  }, 20_000);
});
