import type { ElkExtendedEdge, ElkNode, ElkPort, LayoutOptions } from "elkjs/lib/elk-api";
import type { GraphEdge, GraphScope } from "../asl/graph";
import type { Box, Point } from "./layout";

/** One scope as the layout engine knows it, and what it answers: plain boxes of known size, and lines between them. */
export const STATE_BOX = { width: 168, height: 46 };
const TERMINAL_BOX = { width: 58, height: 26 };
export const LABEL_HEIGHT = 17;
const LABEL_MAX = 170;

/** Room between things, whoever draws them. */
export const SPACE = {
  between: 44,
  nodeNode: 36,
  edgeNode: 18,
  edgeEdge: 12,
  edgeLabel: 16,
  padding: 4,
} as const;

const SCOPE_OPTIONS: LayoutOptions = {
  "elk.algorithm": "layered",
  "elk.direction": "DOWN",
  "elk.edgeRouting": "ORTHOGONAL",
  "elk.layered.considerModelOrder.strategy": "NODES_AND_EDGES",
  "elk.layered.cycleBreaking.strategy": "DEPTH_FIRST",
  "elk.layered.nodePlacement.strategy": "NETWORK_SIMPLEX",
  "elk.layered.nodePlacement.favorStraightEdges": "true",
  "elk.layered.feedbackEdges": "false",
  "elk.layered.thoroughness": "7",
  "elk.separateConnectedComponents": "false",
  "elk.layered.spacing.nodeNodeBetweenLayers": `${SPACE.between}`,
  "elk.spacing.nodeNode": `${SPACE.nodeNode}`,
  "elk.spacing.edgeNode": `${SPACE.edgeNode}`,
  "elk.spacing.edgeEdge": "14",
  "elk.layered.spacing.edgeNodeBetweenLayers": `${SPACE.edgeNode}`,
  "elk.layered.spacing.edgeEdgeBetweenLayers": `${SPACE.edgeEdge}`,
  "elk.spacing.portPort": "20",
  "elk.padding": `[top=${SPACE.padding},left=${SPACE.padding},bottom=${SPACE.padding},right=${SPACE.padding}]`,
};
/** For the rare graph that the options above cannot take: any picture is better than none. */
const PLAIN_OPTIONS: LayoutOptions = { "elk.algorithm": "layered", "elk.direction": "DOWN" };

interface LocalBox extends Box {
  readonly key: string;
}
export interface ScopeResult {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly LocalBox[];
  readonly lines: readonly { points: Point[]; label: Box | null }[];
}

/** The content of a scope without its place in the machine: the key of the cache. */
export interface LocalGraph {
  readonly boxes: { key: string; width: number; height: number; last: boolean }[];
  readonly edges: { from: string; to: string; kind: string; label: number; back: boolean }[];
}

/** Two ways, a loop, a label, an end: what most graphs have. */
export const REHEARSAL: LocalGraph = {
  boxes: [
    { key: "start", ...TERMINAL_BOX, last: false },
    ...["a", "b", "c", "d", "e", "f"].map((key) => ({ key, ...STATE_BOX, last: false })),
    { key: "end", ...TERMINAL_BOX, last: true },
  ],
  edges: [
    { from: "start", to: "a", kind: "start", label: 0, back: false },
    { from: "a", to: "b", kind: "next", label: 0, back: false },
    { from: "b", to: "c", kind: "next", label: 0, back: false },
    { from: "c", to: "d", kind: "choice", label: 90, back: false },
    { from: "c", to: "e", kind: "choice", label: 90, back: false },
    { from: "c", to: "b", kind: "default", label: 53, back: true },
    { from: "a", to: "d", kind: "catch", label: 60, back: false },
    { from: "e", to: "f", kind: "next", label: 0, back: false },
    { from: "d", to: "end", kind: "end", label: 0, back: false },
    { from: "f", to: "end", kind: "end", label: 0, back: false },
  ],
};

export function localGraph(
  scope: GraphScope,
  sizes: { width: number; height: number }[],
): LocalGraph {
  const keys = new Map(scope.nodes.map((node) => [node.id, node.name]));
  for (const id of [scope.start, scope.end]) if (id !== null) keys.set(id, id);
  const boxes = scope.nodes.map((node, i) => ({
    key: node.name,
    width: sizes[i]?.width ?? STATE_BOX.width,
    height: sizes[i]?.height ?? STATE_BOX.height,
    last: false,
  }));
  if (scope.start !== null) boxes.unshift({ key: scope.start, ...TERMINAL_BOX, last: false });
  if (scope.end !== null) boxes.push({ key: scope.end, ...TERMINAL_BOX, last: true });
  const back = backEdges(scope);
  const edges = scope.edges.map((edge) => ({
    from: keys.get(edge.source) ?? "",
    to: keys.get(edge.target) ?? "",
    kind: edge.kind,
    label: labelWidth(edge.label),
    back: back.has(edge),
  }));
  return { boxes, edges };
}

/** The first boxes, and the lines between them. */
export function excerpt({ boxes, edges }: LocalGraph, most: number): LocalGraph {
  const kept = boxes.slice(0, most);
  const keys = new Set(kept.map((box) => box.key));
  return { boxes: kept, edges: edges.filter(({ from, to }) => keys.has(from) && keys.has(to)) };
}

function labelWidth(label: string): number {
  if (label === "") return 0;
  // Wide scripts (CJK, emoji) take about twice the room; measuring text would need the DOM.
  let width = 12;
  for (const char of label) width += (char.codePointAt(0) ?? 0) > 0x2e80 ? 11 : 5.9;
  return Math.min(LABEL_MAX, Math.ceil(width));
}

/** What the engine answers for the scope; `work` is the engine. */
export async function solved(
  local: LocalGraph,
  work: (graph: ElkNode) => Promise<ElkNode>,
): Promise<ScopeResult> {
  let found: ElkNode;
  try {
    found = await work(elkGraph(local, SCOPE_OPTIONS));
  } catch {
    found = await work(elkGraph(local, PLAIN_OPTIONS));
  }
  const lines = new Map((found.edges ?? []).map((edge) => [edge.id, edge]));
  return {
    width: found.width ?? 0,
    height: found.height ?? 0,
    boxes: (found.children ?? []).map((child) => ({
      key: child.id,
      x: child.x ?? 0,
      y: child.y ?? 0,
      width: child.width ?? 0,
      height: child.height ?? 0,
    })),
    lines: local.edges.map((_, i) => lineOf(lines.get(`e${i}`))),
  };
}

/** Edges to a state that is on the way from the start: the loops. Iterative, for long machines. */
function backEdges(scope: GraphScope): Set<GraphEdge> {
  const out = new Map<string, GraphEdge[]>();
  for (const edge of scope.edges) {
    const list = out.get(edge.source);
    if (list) list.push(edge);
    else out.set(edge.source, [edge]);
  }
  const back = new Set<GraphEdge>();
  const seen = new Set<string>();
  const roots = [...(scope.start === null ? [] : [scope.start]), ...scope.nodes.map((n) => n.id)];
  for (const root of roots) {
    if (seen.has(root)) continue;
    const onWay = new Set([root]);
    const stack = [{ id: root, next: 0 }];
    seen.add(root);
    while (stack.length > 0) {
      const top = stack[stack.length - 1] as { id: string; next: number };
      const edge = out.get(top.id)?.[top.next++];
      if (!edge) {
        onWay.delete(top.id);
        stack.pop();
      } else if (onWay.has(edge.target)) back.add(edge);
      else if (!seen.has(edge.target)) {
        seen.add(edge.target);
        onWay.add(edge.target);
        stack.push({ id: edge.target, next: 0 });
      }
    }
  }
  return back;
}

function elkGraph(local: LocalGraph, options: LayoutOptions): ElkNode {
  const ports = new Map<string, ElkPort[]>(local.boxes.map((box) => [box.key, []]));
  const port = (box: string, id: string, side: string) => {
    ports.get(box)?.push({ id, width: 0, height: 0, layoutOptions: { "elk.port.side": side } });
    return id;
  };
  const edges: ElkExtendedEdge[] = local.edges.map((edge, i) => ({
    id: `e${i}`,
    sources: [port(edge.from, `e${i}s`, edge.back ? "EAST" : "SOUTH")],
    targets: [port(edge.to, `e${i}t`, edge.back ? "EAST" : "NORTH")],
    layoutOptions: {
      "elk.layered.priority.straightness":
        edge.kind === "next" || edge.kind === "start" ? "10" : edge.kind === "default" ? "5" : "1",
      "elk.layered.priority.direction": edge.kind === "catch" ? "0" : "1",
    },
    labels:
      edge.label === 0
        ? []
        : [
            {
              text: "x",
              width: edge.label,
              height: LABEL_HEIGHT,
              layoutOptions: {
                "elk.edgeLabels.inline": "true",
                "elk.edgeLabels.placement": "CENTER",
              },
            },
          ],
  }));
  return {
    id: "scope",
    layoutOptions: options,
    children: local.boxes.map((box) => ({
      id: box.key,
      width: box.width,
      height: box.height,
      ports: ports.get(box.key) ?? [],
      layoutOptions: {
        "elk.portConstraints": "FIXED_SIDE",
        "elk.portAlignment.default": "CENTER",
        ...(box.last ? { "elk.layered.layering.layerConstraint": "LAST" } : {}),
      },
    })),
    edges,
  };
}

function lineOf(edge: ElkExtendedEdge | undefined): { points: Point[]; label: Box | null } {
  const section = edge?.sections?.[0];
  const label = edge?.labels?.[0];
  const points = section
    ? [section.startPoint, ...(section.bendPoints ?? []), section.endPoint].map(({ x, y }) => ({
        x,
        y,
      }))
    : [];
  return {
    points,
    label: label
      ? { x: label.x ?? 0, y: label.y ?? 0, width: label.width ?? 0, height: label.height ?? 0 }
      : null,
  };
}
