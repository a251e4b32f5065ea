import type { ElkExtendedEdge, ElkNode, ElkPort, LayoutOptions } from "elkjs/lib/elk-api";
import type { GraphEdge, GraphNode, GraphScope } from "../asl/graph";

/**
 * Places for boxes and lines. A transition never crosses the border of a scope, so each scope is laid out
 * alone, from the innermost outwards: a container is a plain box of fixed size in its parent. Results are
 * kept by content, so an edit costs one small layout.
 */
export interface LayoutEngine {
  /** Begin to load, if that takes time. */
  start?(): void;
  layout(graph: ElkNode): Promise<ElkNode>;
}
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
  /** The left side; Start stands at 0, so that an edit which widens the graph leaves it where it is. */
  readonly x: number;
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
const MOST_KEPT = 2000;

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

/** A scope with all that is inside it; coordinates are relative to its own corner. */
type Part = Omit<Layout, "x">;

export class Layouter {
  private readonly done = new Map<string, ScopeResult>();
  private readonly running = new Map<string, Promise<void>>();
  private used = false;
  constructor(
    private readonly engine: LayoutEngine,
    private readonly shelf?: LayoutShelf,
  ) {}

  /** The engine's code is large: begun early, it is read by the time the page has its definition. */
  start(): void {
    this.engine.start?.();
  }

  /**
   * Slow at its first run as well: a rehearsal, with a little of everything that a graph can have, warms it while
   * there is nothing to lay out yet.
   */
  warm(): void {
    if (this.used) return;
    this.used = true;
    void this.engine.layout(elkGraph(REHEARSAL, SCOPE_OPTIONS)).catch(() => undefined);
  }

  async layout(root: GraphScope): Promise<Layout> {
    // Never while a layout is under way: it would begin again and again.
    if (this.done.size > MOST_KEPT) this.done.clear();
    for (;;) {
      const waiting: Promise<void>[] = [];
      const found = this.attempt(root, waiting);
      if (found !== null) return found;
      await Promise.all(waiting);
    }
  }

  /** The layout if every scope has been laid out before; what is missing is begun at once, before this returns. */
  known(root: GraphScope): Layout | null {
    const waiting: Promise<void>[] = [];
    const found = this.attempt(root, waiting);
    // Whoever waits for the layout hears of a failure.
    for (const one of waiting) one.catch(() => undefined);
    return found;
  }

  private attempt(root: GraphScope, waiting: Promise<void>[]): Layout | null {
    const part = this.place(root, 0, waiting);
    return part && anchored(part);
  }

  /** Null while the engine still works at some of it; that is put into `waiting`. */
  private place(scope: GraphScope, depth: number, waiting: Promise<void>[]): Part | null {
    const inner = scope.nodes.map((node) =>
      node.inner.map((part) => this.place(part, depth + 1, waiting)),
    );
    if (scope.nodes.length === 0 && scope.start === null) {
      const empty = { scope, depth, x: 0, y: 0, ...EMPTY_SCOPE };
      return { ...EMPTY_SCOPE, nodes: [], edges: [], scopes: [empty] };
    }
    const parts = inner.map((one) => one.filter((part) => part !== null));
    if (parts.some((one, i) => one.length < (inner[i]?.length ?? 0))) return null;
    const sizes = scope.nodes.map((node, i) => sizeOf(node, parts[i] ?? []));
    const result = this.solve(scope, sizes, waiting);
    return result && assemble(scope, depth, result, parts);
  }

  private solve(
    scope: GraphScope,
    sizes: { width: number; height: number }[],
    waiting: Promise<void>[],
  ): ScopeResult | null {
    const local = localGraph(scope, sizes);
    const key = JSON.stringify(local);
    const known = this.done.get(key);
    if (known) return known;
    const shelved = this.shelf?.read(key) ?? null;
    if (shelved !== null) {
      const found = JSON.parse(shelved) as ScopeResult;
      this.done.set(key, found);
      return found;
    }
    const running = this.running.get(key) ?? this.begin(key, local);
    waiting.push(running);
    return null;
  }

  private begin(key: string, local: LocalGraph): Promise<void> {
    const running = this.run(local)
      .then((result) => {
        this.done.set(key, result);
        this.shelf?.write(key, JSON.stringify(result));
      })
      .finally(() => this.running.delete(key));
    this.running.set(key, running);
    return running;
  }

  private async run(local: LocalGraph): Promise<ScopeResult> {
    this.used = true;
    let solved: ElkNode;
    try {
      solved = await this.engine.layout(elkGraph(local, SCOPE_OPTIONS));
    } catch {
      solved = await this.engine.layout(elkGraph(local, PLAIN_OPTIONS));
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

/** The scope's own boxes and lines, and in its containers what has been laid out before. */
function assemble(
  scope: GraphScope,
  depth: number,
  result: ScopeResult,
  inner: readonly (readonly Part[])[],
): Part {
  const nodes: PlacedNode[] = [];
  const edges: PlacedEdge[] = [];
  const { width, height } = result;
  const scopes: PlacedScope[] = [{ scope, depth, x: 0, y: 0, width, height }];
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
    const parts = inner[i] ?? [];
    const tallest = Math.max(0, ...parts.map((part) => part.height));
    let x = box.x + PADDING;
    for (const part of parts) {
      const by = { x, y: box.y + HEADER };
      nodes.push(...part.nodes.map((n) => moved(n, by)));
      const tall = part.scopes.map((s) => (s.depth === depth + 1 ? { ...s, height: tallest } : s));
      scopes.push(...tall.map((s) => moved(s, by)));
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
  return { width, height, nodes, edges, scopes };
}

function anchored(part: Part): Layout {
  const start = part.nodes.find((node) => node.kind === "start");
  const x = start ? -Math.round(start.x + start.width / 2) : 0;
  const by = { x, y: 0 };
  return {
    ...part,
    x,
    nodes: part.nodes.map((node) => moved(node, by)),
    edges: part.edges.map((edge) => movedEdge(edge, by)),
    scopes: part.scopes.map((scope) => moved(scope, by)),
  };
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

/** Two ways, a loop, a label, an end: what most graphs have. */
const REHEARSAL: LocalGraph = {
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
