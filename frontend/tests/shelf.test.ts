import ELK from "elkjs/lib/elk.bundled.js";
import { describe, expect, it } from "vitest";
import { toGraph } from "../src/asl/graph";
import type { JsonObject } from "../src/asl/model";
import { Layouter } from "../src/canvas/layout";
import { browserShelf, clearLayouts } from "../src/canvas/shelf";
import { SAGA } from "./samples";
import { storage } from "./storage";

function page(shelf: Storage, build = "b1", room?: number) {
  const elk = new ELK();
  const runs = { count: 0 };
  const layouter = new Layouter(
    {
      layout: (graph) => {
        runs.count += 1;
        return elk.layout(graph);
      },
    },
    browserShelf(shelf, build, room),
  );
  return { layouter, runs };
}

describe("the layouts of a browser", () => {
  it("are there again in another tab, the same ones, without the engine", async () => {
    const shelf = storage();
    const first = page(shelf);
    const drawn = await first.layouter.layout(toGraph(SAGA));
    expect(first.runs.count).toBeGreaterThan(0);
    const again = page(shelf);
    expect(await again.layouter.layout(toGraph(SAGA))).toEqual(drawn);
    expect(again.runs.count).toBe(0);
  });

  it("are worked out anew by another build", async () => {
    const shelf = storage();
    await page(shelf, "b1").layouter.layout(toGraph(SAGA));
    const other = page(shelf, "b2");
    await other.layouter.layout(toGraph(SAGA));
    expect(other.runs.count).toBeGreaterThan(0);
  });

  it("give way when the storage is full, and the graph is drawn all the same", async () => {
    const shelf = storage(40);
    shelf.setItem("mine", "stays");
    const { layouter } = page(shelf);
    expect((await layouter.layout(toGraph(SAGA))).nodes.length).toBeGreaterThan(3);
    expect(shelf.getItem("mine")).toBe("stays");
  });

  it("are dropped where they would take more than their own room, and where another build left them", async () => {
    const shelf = storage();
    const layouts = () => Object.keys(shelf).filter((key) => key.startsWith("treadle:layout:"));
    await page(shelf, "b1", 100).layouter.layout(toGraph(SAGA));
    expect(layouts()).toEqual([]);
    const { layouter } = page(shelf, "b1");
    await layouter.layout(toGraph(SAGA));
    await layouter.layout(toGraph({ ...(SAGA as JsonObject), StartAt: "Pay" }));
    expect(layouts()).toHaveLength(2);
    page(shelf, "b2");
    expect(layouts()).toEqual([]);
  });

  it("make room for what cannot be worked out again", async () => {
    const shelf = storage();
    shelf.setItem("mine", "stays");
    await page(shelf).layouter.layout(toGraph(SAGA));
    clearLayouts(shelf);
    expect(Object.keys(shelf)).toEqual(["mine"]);
  });
});
