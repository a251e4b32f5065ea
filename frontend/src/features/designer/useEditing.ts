import { useCallback, useMemo, useRef, useState } from "react";
import { type Edit, EditRefused, type Exit, type StateRef } from "../../asl/edits";
import { fragmentOf, fragmentText, readFragment } from "../../asl/fragments";
import { type GraphEdge, type GraphNode, type GraphScope, walkNodes } from "../../asl/graph";
import { isObject, type Path, samePath } from "../../asl/model";
import { speaksJsonata } from "../../asl/surgery";
import type { Wrapping } from "../../asl/wrapping";
import type { EditHandlers } from "../../canvas/GraphCanvas";
import { count, t } from "../../i18n";
import { findEdge } from "./inspector/EdgePanel";
import type { Choice, MoreChoices } from "./Picker";
import { completed, type PaletteItem, sdkItem, stateOf } from "./palette";
import { useSdkSearch } from "./resources";
import { type Designer, refId } from "./store";
import { wrapStates } from "./wrapping";

/** A question that an edit raises at a place of the page: which type, which state, replace or branch. */
export interface Question {
  readonly title: string;
  readonly at: { x: number; y: number };
  /** A function where more of them may come while the list is open. */
  readonly choices: readonly Choice[] | (() => readonly Choice[]);
  readonly useMore?: (search: string) => MoreChoices;
  readonly answer: (id: string) => void;
}

export interface Editing {
  readonly handlers: EditHandlers;
  readonly question: Question | null;
  readonly ask: (question: Question | null) => void;
  readonly nodes: ReadonlyMap<string, GraphNode>;
  readonly pick: (item: PaletteItem) => void;
  readonly addBeside: (
    reference: StateRef,
    where: "after" | "before",
    at: { x: number; y: number },
  ) => void;
  readonly connectByList: (reference: StateRef, at: { x: number; y: number }) => void;
  readonly insertInto: (exit: Exit, item: PaletteItem) => void;
  /** The chosen states as text for the clipboard; null when they cannot be copied together. */
  readonly copy: (states: readonly StateRef[]) => string | null;
  readonly paste: (text: string) => boolean;
  readonly duplicate: (states: readonly StateRef[]) => void;
  readonly reconnectByList: (reference: StateRef, at: { x: number; y: number }) => void;
  readonly wrap: (states: readonly StateRef[], how: Wrapping, at: { x: number; y: number }) => void;
}

export function toRef(node: GraphNode): StateRef {
  return { scope: node.scope, name: node.name };
}

/** The way on that a new state behind this one takes: a Choice's Default, else Next. */
function wayOn(node: GraphNode): Exit | null {
  if (node.type === "Succeed" || node.type === "Fail") return null;
  const kind = node.type === "Choice" ? "default" : "next";
  return { scope: node.scope, from: node.name, kind, index: 0 };
}

/** Whether what is picked is asked of the server before it is put into the graph. */
export function comesLate(id: string): boolean {
  return id.startsWith("sdk:");
}

function useSdkChoices(search: string): MoreChoices {
  const { actions, looking } = useSdkSearch(search);
  return { choices: actions.map(sdkItem).map(choiceOf), looking };
}

function sdkItemOf(id: string): PaletteItem | undefined {
  const [, service, action] = /^sdk:([^:]+):([^:]+)$/.exec(id) ?? [];
  if (service === undefined || action === undefined) return undefined;
  return sdkItem({ resource: `arn:aws:states:::aws-sdk:${service}:${action}`, service, action });
}

const choiceOf = (item: PaletteItem): Choice => ({
  id: item.id,
  title: item.title,
  description: item.description,
  className: `type-${item.type}`,
});

export function useEditing(
  designer: Designer,
  graph: GraphScope | null,
  items: readonly PaletteItem[],
  rename: (reference: StateRef) => void,
  menu: (id: string | null, at: { x: number; y: number }) => void,
): Editing {
  const [question, ask] = useState<Question | null>(null);
  const nodes = useMemo(
    () => new Map<string, GraphNode>(graph ? [...walkNodes(graph)].map((n) => [n.id, n]) : []),
    [graph],
  );
  // Handlers are made once; what they look at is whatever is latest when they are called.
  const now = useRef({ graph, items, nodes, rename, menu });
  now.current = { graph, items, nodes, rename, menu };

  const root = useCallback(() => designer.getState().parsed?.value, [designer]);
  const typeChoices = useCallback(
    (): Choice[] =>
      [...now.current.items]
        .sort((a, b) => (a.group === b.group ? 0 : a.group === "Tasks" ? -1 : 1))
        .map(choiceOf),
    [],
  );
  const askType = useCallback(
    (title: string, at: { x: number; y: number }, take: (item: PaletteItem) => void) =>
      ask({
        title,
        at,
        choices: typeChoices,
        useMore: useSdkChoices,
        answer: (id) => {
          const item = now.current.items.find((i) => i.id === id) ?? sdkItemOf(id);
          if (item) take(item);
        },
      }),
    [typeChoices],
  );
  const put = useCallback(
    (item: PaletteItem, edit: (item: PaletteItem) => Edit) => {
      if (!comesLate(item.id)) return void designer.edit(edit(item));
      // What it is called with comes from the server; meanwhile the draft may have changed.
      void completed(item, speaksJsonata(root())).then((whole) => designer.edit(edit(whole)));
    },
    [designer, root],
  );
  const insertInto = useCallback(
    (exit: Exit, item: PaletteItem) =>
      put(item, (whole) =>
        whole.fragment
          ? { type: "paste", fragment: whole.fragment, scope: exit.scope, exit }
          : { type: "insertOnExit", exit, state: stateOf(whole, root()) },
      ),
    [put, root],
  );
  const addTo = useCallback(
    (scope: Path, item: PaletteItem) =>
      put(item, (whole) =>
        whole.fragment
          ? { type: "paste", fragment: whole.fragment, scope, exit: null }
          : { type: "addToScope", scope, state: stateOf(whole, root()) },
      ),
    [put, root],
  );

  const connect = useCallback(
    (source: string, target: string, at: { x: number; y: number }) => {
      const { graph: g, nodes: all } = now.current;
      const to = all.get(target);
      if (!g) return;
      if (source === g.start) {
        if (to && to.scope.length === 0) {
          designer.edit({
            type: "retarget",
            exit: { scope: [], from: null, kind: "start", index: 0 },
            to: to.name,
          });
        }
        return;
      }
      const from = all.get(source);
      if (!from) return;
      const ref = toRef(from);
      if (target === g.end) {
        designer.edit({
          type: "removeExit",
          exit: { ...ref, scope: from.scope, from: from.name, kind: "next", index: 0 },
        });
        return;
      }
      if (!to) return;
      if (!samePath(from.scope, to.scope)) {
        designer.say(
          t(
            "{name} and {other} are in different parts: a transition stays inside its own branch or loop body",
            { name: from.name, other: to.name },
          ),
        );
        return;
      }
      const done = (edit: Edit) => void designer.edit(edit);
      if (from.type === "Choice")
        return done({ type: "connect", from: ref, to: to.name, how: "choice" });
      const exit: Exit = { scope: from.scope, from: from.name, kind: "next", index: 0 };
      const states = designer.getState().parsed?.value;
      const taken = isObject(states) && g && hasNextEdge(g, exit);
      if (!taken) return done({ type: "connect", from: ref, to: to.name, how: "next" });
      const choices: Choice[] = [
        {
          id: "replace",
          title: t("Replace"),
          description: t("{name} leads to {to} only", { name: from.name, to: to.name }),
        },
        { id: "choice", title: t("Put a Choice here"), description: t("Go one way or the other") },
      ];
      if (["Task", "Map", "Parallel"].includes(from.type)) {
        choices.push({
          id: "catch",
          title: t("Catch errors"),
          description: t("On an error, go on with {name}", { name: to.name }),
        });
      }
      ask({
        title: t("{name} already leads somewhere", { name: from.name }),
        at,
        choices,
        answer: (id) => {
          if (id === "replace") done({ type: "connect", from: ref, to: to.name, how: "next" });
          else if (id === "catch") done({ type: "connect", from: ref, to: to.name, how: "catch" });
          else done({ type: "branchOff", exit, to: to.name });
        },
      });
    },
    [designer],
  );

  const handlers = useMemo<EditHandlers>(
    () => ({
      selectEdge: designer.selectEdge,
      insertAt: (exit, at) => askType(t("Add a state here"), at, (item) => insertInto(exit, item)),
      addTo: (scope, at) => askType(t("Add the first state"), at, (item) => addTo(scope, item)),
      connect,
      connectToSpace: (source, at) => {
        const node = now.current.nodes.get(source);
        const start: Exit = { scope: [], from: null, kind: "start", index: 0 };
        const exit = node ? wayOn(node) : source === now.current.graph?.start ? start : null;
        if (exit)
          askType(node ? t("After {name}", { name: node.name }) : t("At the start"), at, (item) =>
            insertInto(exit, item),
          );
      },
      retarget: (edgeId, target) => {
        const found = findEdge(now.current.graph, edgeId);
        const to = now.current.nodes.get(target);
        const exit = found?.edge.exit;
        if (!exit || !to) return;
        if (!samePath(exit.scope, to.scope)) {
          designer.say(
            t("{name} is in another part: a transition stays inside its own branch or loop body", {
              name: to.name,
            }),
          );
        } else designer.edit({ type: "retarget", exit, to: to.name });
      },
      drop: (item, place) => {
        const block = item as PaletteItem;
        if (place.kind === "scope") addTo(place.scope.path, block);
        else if (place.edge.edge.exit) insertInto(place.edge.edge.exit, block);
      },
      rename: (id) => {
        const node = now.current.nodes.get(id);
        if (node) now.current.rename(toRef(node));
      },
      fold: designer.fold,
      menu: (id, at) => now.current.menu(id, at),
    }),
    [designer, connect, askType, insertInto, addTo],
  );

  const addBeside = useCallback(
    (reference: StateRef, where: "after" | "before", at: { x: number; y: number }) => {
      const node = now.current.nodes.get(refId(reference));
      if (!node) return;
      if (where === "after") {
        const exit = wayOn(node);
        if (exit)
          askType(t("After {name}", { name: node.name }), at, (item) => insertInto(exit, item));
        else designer.say(t("Nothing can follow a {type} state", { type: node.type }));
        return;
      }
      const scope = scopeOf(now.current.graph, node);
      const edge = scope?.edges.find((e) => e.target === node.id && e.exit);
      const exit =
        edge?.exit ??
        (isStart(designer, reference)
          ? { scope: node.scope, from: null, kind: "start" as const, index: 0 }
          : null);
      if (exit)
        askType(t("Before {name}", { name: node.name }), at, (item) => insertInto(exit, item));
      else designer.say(t("Nothing leads to {name} yet", { name: node.name }));
    },
    [designer, askType, insertInto],
  );

  const connectByList = useCallback(
    (reference: StateRef, at: { x: number; y: number }) => {
      const node = now.current.nodes.get(refId(reference));
      const scope = node && scopeOf(now.current.graph, node);
      if (!node || !scope) return;
      ask({
        title: t("{name} leads to", { name: node.name }),
        at,
        choices: scope.nodes
          .filter((n) => n.id !== node.id)
          .map((n) => ({
            id: n.id,
            title: n.name,
            description: n.subtitle,
            className: `type-${n.type}`,
          })),
        answer: (id) => connect(node.id, id, at),
      });
    },
    [connect],
  );

  const pick = useCallback(
    (item: PaletteItem) => {
      const { graph: g, nodes: all } = now.current;
      if (!g) return;
      const chosen = designer.getState().selection.states[0];
      const node = chosen && all.get(refId(chosen));
      if (g.nodes.length === 0) return addTo([], item);
      if (node?.inner.some((scope) => scope.nodes.length === 0)) {
        const empty = node.inner.find((scope) => scope.nodes.length === 0);
        if (empty) return addTo(empty.path, item);
      }
      const exit = node ? wayOn(node) : lastExit(g);
      if (exit) insertInto(exit, item);
      else designer.say(t("Choose the state that the new one is to follow"));
    },
    [designer, addTo, insertInto],
  );

  const copy = useCallback(
    (states: readonly StateRef[]) => {
      const value = root();
      if (value === undefined) return null;
      try {
        const text = fragmentText(fragmentOf(value, states));
        designer.say(count(states.length, "{n} state copied", "{n} states copied"));
        return text;
      } catch (error) {
        if (!(error instanceof EditRefused)) throw error;
        designer.say(error.message);
        return null;
      }
    },
    [designer, root],
  );
  const paste = useCallback(
    (text: string) => {
      const { graph: g, nodes: all } = now.current;
      const fragment = readFragment(text);
      if (fragment === null || !g) {
        designer.say(t("The clipboard holds no states: copy some here, or a States fragment"));
        return false;
      }
      const { states, edge } = designer.getState().selection;
      const chosen = states.at(-1);
      const node = chosen && all.get(refId(chosen));
      const found = edge === null ? null : (findEdge(g, edge)?.edge.exit ?? null);
      const empty = node?.inner.find((scope) => scope.nodes.length === 0);
      const exit = found ?? (empty ? null : node ? wayOn(node) : lastExit(g));
      const scope = exit?.scope ?? empty?.path ?? node?.scope ?? [];
      return designer.edit({ type: "paste", fragment, scope, exit });
    },
    [designer],
  );
  const duplicate = useCallback(
    (states: readonly StateRef[]) => {
      const [first, ...others] = states;
      const value = root();
      if (!first || value === undefined) return;
      if (others.length === 0) return void designer.edit({ type: "duplicate", state: first });
      try {
        const fragment = fragmentOf(value, states);
        designer.edit({ type: "paste", fragment, scope: first.scope, exit: null });
      } catch (error) {
        if (!(error instanceof EditRefused)) throw error;
        designer.say(error.message);
      }
    },
    [designer, root],
  );

  const wrap = useCallback<Editing["wrap"]>(
    (states, how, at) => wrapStates(designer, ask, { states, how, at }),
    [designer],
  );

  const reconnectByList = useCallback(
    (reference: StateRef, at: { x: number; y: number }) => {
      const node = now.current.nodes.get(refId(reference));
      const scope = node && scopeOf(now.current.graph, node);
      if (!node || !scope) return;
      const exits = scope.edges.filter((edge) => edge.source === node.id && edge.exit);
      const name = (id: string) => scope.nodes.find((n) => n.id === id)?.name ?? t("End");
      const lead = (edge: GraphEdge) =>
        ask({
          title: t("Lead it to"),
          at,
          choices: scope.nodes.map((n) => ({
            id: n.name,
            title: n.name,
            description: n.subtitle,
            className: `type-${n.type}`,
          })),
          answer: (to) => {
            if (edge.exit) designer.edit({ type: "retarget", exit: edge.exit, to });
          },
        });
      const [first, second] = exits;
      if (!first)
        return designer.say(
          t("{name} leads nowhere yet: press C to connect it", { name: node.name }),
        );
      if (!second) return lead(first);
      ask({
        title: t("Which transition of {name}?", { name: node.name }),
        at,
        choices: exits.map((edge) => ({
          id: edge.id,
          title: edge.label || t("Next"),
          description: t("to {name}", { name: name(edge.target) }),
        })),
        answer: (id) => {
          const edge = exits.find((e) => e.id === id);
          if (edge) lead(edge);
        },
      });
    },
    [designer],
  );

  return {
    handlers,
    question,
    ask,
    nodes,
    pick,
    addBeside,
    connectByList,
    insertInto,
    copy,
    paste,
    duplicate,
    reconnectByList,
    wrap,
  };
}

function hasNextEdge(graph: GraphScope, exit: Exit): boolean {
  const scope = scopeAt(graph, exit.scope);
  return scope?.edges.some((e) => e.kind === "next" && e.exit?.from === exit.from) ?? false;
}

function scopeAt(graph: GraphScope, path: Path): GraphScope | null {
  if (samePath(graph.path, path)) return graph;
  for (const node of graph.nodes) {
    for (const inner of node.inner) {
      const found = scopeAt(inner, path);
      if (found) return found;
    }
  }
  return null;
}

function scopeOf(graph: GraphScope | null, node: GraphNode): GraphScope | null {
  return graph && scopeAt(graph, node.scope);
}

function isStart(designer: Designer, reference: StateRef): boolean {
  const graph = designer.getState().graph;
  const scope = graph && scopeAt(graph, reference.scope);
  return scope?.nodes[0]?.name === reference.name;
}

/** With nothing chosen, a clicked block goes to the end of the trunk. */
function lastExit(graph: GraphScope): Exit | null {
  const end = graph.edges.find((edge) => edge.kind === "end" && edge.exit);
  return end?.exit ?? graph.edges.find((edge) => edge.exit)?.exit ?? null;
}
