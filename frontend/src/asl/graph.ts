import { t } from "../i18n";
import { ruleLabel } from "./choice";
import type { EdgeKind, Exit } from "./edits";
import {
  at,
  innerScopes,
  isObject,
  isStateType,
  type Json,
  type JsonObject,
  type Path,
  type StateType,
  text,
  toPointer,
} from "./model";
import { subtitle } from "./summary";

/** A definition as boxes and lines. Scopes nest; no line crosses the border of a scope. */
export interface GraphNode {
  readonly id: string;
  readonly name: string;
  readonly path: Path;
  readonly scope: Path;
  readonly type: StateType | "Unknown";
  readonly subtitle: string;
  readonly inner: readonly GraphScope[];
  /** How many states a folded container hides; 0 for everything else. */
  readonly hidden: number;
}
export interface GraphEdge {
  readonly id: string;
  readonly kind: EdgeKind | "end";
  readonly exit: Exit | null;
  readonly source: string;
  readonly target: string;
  readonly label: string;
}
export interface GraphScope {
  readonly id: string;
  readonly path: Path;
  /** In depth-first order from StartAt; what nothing leads to comes last. */
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  /** The nodes `Start` and `End` are drawn for the machine alone. */
  readonly start: string | null;
  readonly end: string | null;
}

export function toGraph(root: Json): GraphScope {
  return scopeGraph(root, []);
}

/** The states of a scope that can be left through `exit`s: used for drawing and for walking by keys. */
export function exitsOf(
  scope: Path,
  name: string,
  state: JsonObject,
): { exit: Exit; to: string; label: string }[] {
  const exits: { exit: Exit; to: string; label: string }[] = [];
  const add = (kind: EdgeKind, index: number, to: Json | undefined, label: string) => {
    if (typeof to === "string") exits.push({ exit: { scope, from: name, kind, index }, to, label });
  };
  (Array.isArray(state.Choices) ? state.Choices : []).forEach((rule, i) => {
    if (isObject(rule)) add("choice", i, rule.Next, ruleLabel(rule));
  });
  add("default", 0, state.Default, "Default");
  add("next", 0, state.Next, "");
  (Array.isArray(state.Catch) ? state.Catch : []).forEach((rule, i) => {
    if (isObject(rule)) add("catch", i, rule.Next, catchLabel(rule));
  });
  return exits;
}

function catchLabel(rule: JsonObject): string {
  const errors = Array.isArray(rule.ErrorEquals) ? rule.ErrorEquals : [];
  return `Catch ${errors.map((e) => String(e).replace(/^States\./, "")).join(", ")}`;
}

function scopeGraph(root: Json, path: Path): GraphScope {
  const scope = at(root, path);
  const id = toPointer(path);
  const states = isObject(scope) && isObject(scope.States) ? scope.States : {};
  const startAt = isObject(scope) ? text(scope.StartAt) : undefined;
  const order = depthFirst(states, startAt, path);
  const outer = path.length === 0;
  const start = outer ? `${id}#start` : null;
  const end = outer ? `${id}#end` : null;
  const idOf = (name: string) => `${id}/States/${name}`;

  const edges: GraphEdge[] = [];
  if (start !== null && startAt !== undefined && Object.hasOwn(states, startAt)) {
    const exit: Exit = { scope: path, from: null, kind: "start", index: 0 };
    edges.push({
      id: `${start}>`,
      kind: "start",
      exit,
      source: start,
      target: idOf(startAt),
      label: "",
    });
  }
  for (const name of order) {
    const state = states[name];
    if (!isObject(state)) continue;
    for (const { exit, to, label } of exitsOf(path, name, state)) {
      if (!Object.hasOwn(states, to)) continue;
      const edgeId = `${idOf(name)}>${exit.kind}${exit.index}`;
      edges.push({
        id: edgeId,
        kind: exit.kind,
        exit,
        source: idOf(name),
        target: idOf(to),
        label,
      });
    }
    const stops = state.End === true || state.Type === "Succeed" || state.Type === "Fail";
    if (stops && end !== null) {
      const exit: Exit | null =
        state.End === true ? { scope: path, from: name, kind: "next", index: 0 } : null;
      edges.push({
        id: `${idOf(name)}>end`,
        kind: "end",
        exit,
        source: idOf(name),
        target: end,
        label: "",
      });
    }
  }
  return {
    id,
    path,
    nodes: order.map((name) => toNode(root, path, name, idOf(name))),
    edges,
    start,
    end,
  };
}

function toNode(root: Json, scope: Path, name: string, id: string): GraphNode {
  const path = [...scope, "States", name];
  const state = at(root, path);
  if (!isObject(state)) {
    return {
      id,
      name,
      path,
      scope,
      type: "Unknown",
      subtitle: t("not an object"),
      inner: [],
      hidden: 0,
    };
  }
  const type = isStateType(state.Type) ? state.Type : "Unknown";
  const inner = innerScopes(state).map((part) => scopeGraph(root, [...path, ...part]));
  return { id, name, path, scope, type, subtitle: subtitle(state), inner, hidden: 0 };
}

/** Iterative, since a long machine would overrun the stack. */
function depthFirst(states: JsonObject, startAt: string | undefined, scope: Path): string[] {
  const seen = new Set<string>();
  const visit = (first: string) => {
    const stack = [first];
    while (stack.length > 0) {
      const name = stack.pop() as string;
      const state = states[name];
      if (seen.has(name) || !Object.hasOwn(states, name)) continue;
      seen.add(name);
      if (!isObject(state)) continue;
      stack.push(
        ...exitsOf(scope, name, state)
          .map((e) => e.to)
          .reverse(),
      );
    }
  };
  if (startAt !== undefined) visit(startAt);
  for (const name of Object.keys(states)) visit(name);
  return [...seen];
}

export function* walkNodes(scope: GraphScope): Generator<GraphNode> {
  for (const node of scope.nodes) {
    yield node;
    for (const inner of node.inner) yield* walkNodes(inner);
  }
}

export function* walkScopes(scope: GraphScope): Generator<GraphScope> {
  yield scope;
  for (const node of scope.nodes) for (const inner of node.inner) yield* walkScopes(inner);
}
