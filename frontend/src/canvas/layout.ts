import type { ElkNode } from "elkjs/lib/elk-api";
import { type GraphEdge, type GraphNode, type GraphScope, walkScopes } from "../asl/graph";
import { drawnByRule } from "./rule";
import {
  excerpt,
  type LocalGraph,
  localGraph,
  REHEARSAL,
  type ScopeResult,
  STATE_BOX,
  solved,
} from "./scope";

/**
 * Places for boxes and lines. A transition never crosses the border of a scope, so each scope is laid out
 * alone, from the innermost outwards: a container is a plain box of fixed size in its parent. Results are
 * kept by content, so an edit costs one small layout.
 */
export interface LayoutEngine {
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

const HEADER = 40;
const GAP = 28;
const PADDING = 20;
const EMPTY_SCOPE = { width: 150, height: 60 };
const MOST_KEPT = 2000;
const PRACTICE_BOXES = 12;
const PRACTICE_RUNS = 60;
const PRACTISED_MS = 5;

/** Where results outlive the page, such as the browser's storage. It may forget whatever it likes. */
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

  /**
   * The engine is slow to load and at its first run: a rehearsal, with a little of everything that a graph can have,
   * warms it before a scope wants it.
   */
  warm(): void {
    if (!this.used) void this.work(REHEARSAL).catch(() => undefined);
  }

  /**
   * Fast only after many runs: part of the scope that takes longest is worked out again and again while nobody waits,
   * so that the first edit of it is as quick as the tenth. Part of it, since a layout that is wanted meanwhile waits
   * for the run that is under way. Where all is drawn by rule, an edit may change that: one run is enough.
   */
  async practise(root: GraphScope): Promise<void> {
    const whole = largest(root);
    if (whole === null) return this.warm();
    const local = excerpt(whole, PRACTICE_BOXES);
    for (let run = 0; run < PRACTICE_RUNS; run++) {
      await Promise.all(this.running.values());
      const began = performance.now();
      await this.work(local);
      if (performance.now() - began < PRACTISED_MS) return;
    }
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
    const known = this.done.get(key) ?? drawnByRule(local);
    if (known) {
      this.done.set(key, known);
      return known;
    }
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

  private work(local: LocalGraph): Promise<ScopeResult> {
    this.used = true;
    return solved(local, (graph) => this.engine.layout(graph));
  }

  private begin(key: string, local: LocalGraph): Promise<void> {
    const running = this.work(local)
      .then((result) => {
        this.done.set(key, result);
        this.shelf?.write(key, JSON.stringify(result));
      })
      .finally(() => this.running.delete(key));
    this.running.set(key, running);
    return running;
  }
}

/** Of the scopes that want the engine, the one with the most boxes. */
function largest(root: GraphScope): LocalGraph | null {
  let found: LocalGraph | null = null;
  for (const scope of walkScopes(root)) {
    const local = localGraph(scope, []);
    if (local.boxes.length <= (found?.boxes.length ?? 0) || drawnByRule(local)) continue;
    found = local;
  }
  return found;
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
