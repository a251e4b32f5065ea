import type { GraphScope } from "../asl/graph";
import type { Layout, PlacedNode } from "./layout";

export type Step = "up" | "down" | "left" | "right" | "in" | "out";

/**
 * Walking the graph by keys: up and down follow the edges, left and right go to the nearest box at the same
 * height, in and out cross the border of a container.
 */
export function walk(
  graph: GraphScope,
  layout: Layout,
  from: string | null,
  step: Step,
): string | null {
  const boxes = new Map(layout.nodes.map((box) => [box.id, box]));
  const here = from === null ? undefined : boxes.get(from);
  if (!here?.node) return graph.nodes[0]?.id ?? null;
  switch (step) {
    case "in":
      return here.node.inner[0]?.nodes[0]?.id ?? null;
    case "out":
      return layout.nodes.find((box) => box.node?.inner.includes(here.scope))?.id ?? null;
    case "down":
    case "up":
      return along(here, step, boxes) ?? vertical(layout, here, step);
    case "left":
    case "right":
      return sideways(layout, here, step);
    default:
      return step satisfies never;
  }
}

function along(
  here: PlacedNode,
  step: "up" | "down",
  boxes: Map<string, PlacedNode>,
): string | null {
  const next = here.scope.edges
    .filter((edge) => (step === "down" ? edge.source : edge.target) === here.id)
    .map((edge) => boxes.get(step === "down" ? edge.target : edge.source))
    .filter((box): box is PlacedNode => box?.node != null)
    .filter((box) => (step === "down" ? box.y > here.y : box.y < here.y));
  return next[0]?.id ?? null;
}

function vertical(layout: Layout, here: PlacedNode, step: "up" | "down"): string | null {
  const sign = step === "down" ? 1 : -1;
  return nearest(layout, here, (box) => sign * (box.y - here.y) > 10);
}

function sideways(layout: Layout, here: PlacedNode, step: "left" | "right"): string | null {
  const sign = step === "right" ? 1 : -1;
  const same = (box: PlacedNode) => box.y < here.y + here.height && box.y + box.height > here.y;
  return (
    nearest(
      layout,
      here,
      (box) => same(box) && sign * (box.x - here.x) > 0 && !inside(box, here),
    ) ?? nearest(layout, here, (box) => sign * (box.x - here.x) > 10 && box.scope === here.scope)
  );
}

function inside(a: PlacedNode, b: PlacedNode): boolean {
  return a.id.startsWith(`${b.id}/`) || b.id.startsWith(`${a.id}/`);
}

function nearest(
  layout: Layout,
  here: PlacedNode,
  wanted: (box: PlacedNode) => boolean,
): string | null {
  let best: { id: string; far: number } | null = null;
  for (const box of layout.nodes) {
    if (!box.node || box.id === here.id || box.depth !== here.depth || !wanted(box)) continue;
    const far = Math.hypot(box.x - here.x, (box.y - here.y) * 1.5);
    if (best === null || far < best.far) best = { id: box.id, far };
  }
  return best?.id ?? null;
}
