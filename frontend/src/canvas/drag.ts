import { createStore } from "zustand";
import type { GraphScope } from "../asl/graph";
import { contains, distanceToLine } from "./geometry";
import type { Layout, PlacedEdge, Point } from "./layout";

/** What is being dragged out of the palette, by mouse or by finger; one drag at a time in a page. */
export interface DragState extends Point {
  readonly item: unknown;
  readonly dropped: boolean;
}
export const dragStore = createStore<DragState>(() => ({ item: null, x: 0, y: 0, dropped: false }));

export type DropPlace = { kind: "edge"; edge: PlacedEdge } | { kind: "scope"; scope: GraphScope };

const REACH = 70;

/** The edge that is nearest to the pointer, or the empty scope under it. */
export function dropPlace(
  layout: Layout,
  at: Point,
  canvas: HTMLElement | null,
  screen: Point,
): DropPlace | null {
  const frame = canvas?.getBoundingClientRect();
  if (
    !frame ||
    !contains({ x: frame.x, y: frame.y, width: frame.width, height: frame.height }, screen)
  ) {
    return null;
  }
  const empty = layout.scopes.filter((placed) => placed.scope.nodes.length === 0);
  const under = empty.find((placed) => placed.depth === 0 || contains(placed, at));
  if (under) return { kind: "scope", scope: under.scope };
  let best: { edge: PlacedEdge; far: number } | null = null;
  for (const edge of layout.edges) {
    if (edge.edge.exit === null) continue;
    const far = distanceToLine(at, edge.points);
    if (far < REACH && (best === null || far < best.far)) best = { edge, far };
  }
  return best && { kind: "edge", edge: best.edge };
}
