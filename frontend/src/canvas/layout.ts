import type { ElkExtendedEdge, ElkNode, ElkPort, LayoutOptions } from "elkjs/lib/elk-api";
import type { GraphEdge, GraphNode, GraphScope } from "../asl/graph";

/**
 * Places for boxes and lines. A transition never crosses the border of a scope, so each scope is laid out
 * alone, from the innermost outwards: a container is a plain box of fixed size in its parent. Results are
 * kept by content, so an edit costs one small layout.
 */
export type LayoutEngine = (graph: ElkNode) => Promise<ElkNode>;
export interface Point {
  readonly x: number;
  readonly y: number;
}
export interface Box extends Point {
  readonly width: number;
  readonly height: number;
}
export interface PlacedNode extends Box {
  readonly id: string;
  readonly kind: "state" | "container" | "start" | "end";
  readonly node: GraphNode | null;
  readonly scope: GraphScope;
  readonly depth: number;
}
export interface PlacedScope extends Box {
  readonly scope: GraphScope;
  readonly depth: number;
}
export interface PlacedEdge {
  readonly id: string;
  readonly edge: GraphEdge;
  readonly points: readonly Point[];
  readonly label: (Box & { readonly text: string }) | null;
  readonly depth: number;
}
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
  readonly scopes: readonly PlacedScope[];
}

export const STATE_BOX = { width: 168, height: 46 };
const TERMINAL_BOX = { width: 58, height: 26 };
const HEADER = 40;
const GAP = 28;
const PADDING = 20;
const EMPTY_SCOPE = { width: 150, height: 60 };
const LABEL_HEIGHT = 17;
const LABEL_MAX = 170;

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
  "elk.layered.spacing.nodeNodeBetweenLayers": "44",
  "elk.spacing.nodeNode": "36",
  "elk.spacing.edgeNode": "18",
  "elk.spacing.edgeEdge": "14",
  "elk.layered.spacing.edgeNodeBetweenLayers": "18",
  "elk.layered.spacing.edgeEdgeBetweenLayers": "12",
  "elk.spacing.portPort": "20",
  "elk.padding": "[top=4,left=4,bottom=4,right=4]",
};
/** For the rare graph that the options above cannot take: any picture is better than none. */
const PLAIN_OPTIONS: LayoutOptions = { "elk.algorithm": "layered", "elk.direction": "DOWN" };

interface LocalBox extends Box {
  readonly key: string;
}
interface ScopeResult {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly LocalBox[];
  readonly lines: readonly { points: Point[]; label: Box | null }[];
}

/** Where results outlive the page, such as a tab's storage. It may forget whatever it likes. */
export interface LayoutShelf {
  read(key: string): string | null;
  write(key: string, result: string): void;
}

export class Layouter {
  private readonly cache = new Map<string, Promise<ScopeResult>>();
  constructor(
    private readonly engine: LayoutEngine,
    private readonly shelf?: LayoutShelf,
  ) {}

  /** The engine's code is large: begun early, it is read while the page still waits for its definition. */
  warm(): void {
    void this.engine({ id: "nothing", layoutOptions: SCOPE_OPTIONS }).catch(() => undefined);
  }

  async layout(root: GraphScope): Promise<Layout> {
    const nodes: PlacedNode[] = [];
    const edges: PlacedEdge[] = [];
    const scopes: PlacedScope[] = [];
    const size = await this.place(root, 0, nodes, edges, scopes);
    return { ...size, nodes, edges, scopes };
  }

  /** Lays out a scope with all inside it; coordinates are relative to the scope's own corner. */
  private async place(
    scope: GraphScope,
    depth: number,
    nodes: PlacedNode[],
    edges: PlacedEdge[],
    scopes: PlacedScope[],
  ): Promise<{ width: number; height: number }> {
    const inner = await Promise.all(
      scope.nodes.map((node) => Promise.all(node.inner.map((s) => this.inner(s, depth + 1)))),
    );
    const sizes = scope.nodes.map((node, i) => sizeOf(node, inner[i] ?? []));
    if (scope.nodes.length === 0 && scope.start === null) {
      scopes.push({ scope, depth, x: 0, y: 0, ...EMPTY_SCOPE });
      return EMPTY_SCOPE;
    }
    const result = await this.solve(scope, sizes);
    scopes.push({ scope, depth, x: 0, y: 0, width: result.width, height: result.height });
    const places = new Map(result.boxes.map((box) => [box.key, box]));
    for (const [kind, id] of [
      ["start", scope.start],
      ["end", scope.end],
    ] as const) {
      const box = id === null ? undefined : places.get(id);
      if (box && id !== null) nodes.push({ ...boxOf(box), id, kind, node: null, scope, depth });
    }
    scope.nodes.forEach((node, i) => {
      const box = places.get(node.name);
      if (!box) return;
      const kind = node.inner.length > 0 ? "container" : "state";
      nodes.push({ ...boxOf(box), id: node.id, kind, node, scope, depth });
      let x = box.x + PADDING;
      const height = Math.max(0, ...(inner[i] ?? []).map((part) => part.height));
      for (const part of inner[i] ?? []) {
        const by = { x, y: box.y + HEADER };
        nodes.push(...part.nodes.map((n) => moved(n, by)));
        scopes.push(
          ...part.scopes
            .map((s) => moved(s, by))
            .map((s) => (s.depth === depth + 1 ? { ...s, height } : s)),
        );
        edges.push(...part.edges.map((e) => movedEdge(e, by)));
        x += part.width + GAP;
      }
    });
    scope.edges.forEach((edge, i) => {
      const line = result.lines[i];
      if (!line) return;
      const label = line.label && { ...line.label, text: edge.label };
      edges.push({ id: edge.id, edge, points: line.points, label, depth });
    });
    return { width: result.width, height: result.height };
  }

  private async inner(scope: GraphScope, depth: number): Promise<Layout> {
    const nodes: PlacedNode[] = [];
    const edges: PlacedEdge[] = [];
    const scopes: PlacedScope[] = [];
    const size = await this.place(scope, depth, nodes, edges, scopes);
    return { ...size, nodes, edges, scopes };
  }

  private solve(
    scope: GraphScope,
    sizes: { width: number; height: number }[],
  ): Promise<ScopeResult> {
    const local = localGraph(scope, sizes);
    const key = JSON.stringify(local);
    const known = this.cache.get(key);
    if (known) return known;
    if (this.cache.size > 2000) this.cache.clear();
    const shelved = this.shelf?.read(key) ?? null;
    const found =
      shelved === null
        ? this.run(local).then(
            (result) => {
              this.shelf?.write(key, JSON.stringify(result));
              return result;
            },
            (error: unknown) => {
              this.cache.delete(key);
              throw error;
            },
          )
        : Promise.resolve(JSON.parse(shelved) as ScopeResult);
    this.cache.set(key, found);
    return found;
  }

  private async run(local: LocalGraph): Promise<ScopeResult> {
    let solved: ElkNode;
    try {
      solved = await this.engine(elkGraph(local, SCOPE_OPTIONS));
    } catch {
      solved = await this.engine(elkGraph(local, PLAIN_OPTIONS));
    }
    const lines = new Map((solved.edges ?? []).map((edge) => [edge.id, edge]));
    return {
      width: solved.width ?? 0,
      height: solved.height ?? 0,
      boxes: (solved.children ?? []).map((child) => ({
        key: child.id,
        x: child.x ?? 0,
        y: child.y ?? 0,
        width: child.width ?? 0,
        height: child.height ?? 0,
      })),
      lines: local.edges.map((_, i) => lineOf(lines.get(`e${i}`))),
    };
  }
}

function boxOf({ x, y, width, height }: Box): Box {
  return { x, y, width, height };
}

function moved<T extends Point>(thing: T, by: Point): T {
  return { ...thing, x: thing.x + by.x, y: thing.y + by.y };
}

function movedEdge(edge: PlacedEdge, by: Point): PlacedEdge {
  return {
    ...edge,
    points: edge.points.map((p) => moved(p, by)),
    label: edge.label && moved(edge.label, by),
  };
}

function sizeOf(node: GraphNode, inner: readonly { width: number; height: number }[]) {
  if (node.inner.length === 0) return STATE_BOX;
  const widths = inner.reduce((sum, part) => sum + part.width, 0);
  return {
    width: Math.max(STATE_BOX.width, widths + GAP * (inner.length - 1) + 2 * PADDING),
    height: HEADER + Math.max(0, ...inner.map((part) => part.height)) + PADDING,
  };
}

/** The content of a scope without its place in the machine: the key of the cache. */
interface LocalGraph {
  readonly boxes: { key: string; width: number; height: number; last: boolean }[];
  readonly edges: { from: string; to: string; kind: string; label: number; back: boolean }[];
}

function localGraph(scope: GraphScope, sizes: { width: number; height: number }[]): LocalGraph {
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

export function labelWidth(label: string): number {
  if (label === "") return 0;
  // Wide scripts (CJK, emoji) take about twice the room; measuring text would need the DOM.
  let width = 12;
  for (const char of label) width += (char.codePointAt(0) ?? 0) > 0x2e80 ? 11 : 5.9;
  return Math.min(LABEL_MAX, Math.ceil(width));
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
