import { createStore, type StoreApi } from "zustand";
import { type Format, type Parsed, parseText, type TextProblem } from "../../asl/document";
import { applyEdit, type Edit, EditRefused, type StateRef } from "../../asl/edits";
import { type GraphScope, toGraph, walkNodes } from "../../asl/graph";
import { at, isObject, type Json, type Path, samePath, toPointer } from "../../asl/model";
import { formatText, patchText, printText } from "../../asl/patch";
import { t } from "../../i18n";

/**
 * Code and graph are one document: the text is the truth, the parsed value and the graph follow from it.
 * An edit of the graph is written into the text; a change of the text is parsed. Both share one history.
 */
export interface Selection {
  readonly states: readonly StateRef[];
  readonly edge: string | null;
}
interface Step {
  readonly from: number;
  readonly removed: string;
  readonly added: string;
  readonly formats: readonly [Format, Format];
  readonly before: Selection;
  readonly after: Selection;
  readonly group: string | null;
  readonly at: number;
}
export interface DesignerState {
  readonly text: string;
  readonly format: Format;
  /** The last text that was understood, and its graph; `valid` tells whether that is the present one. */
  readonly parsed: Parsed | null;
  readonly graph: GraphScope | null;
  readonly valid: boolean;
  readonly textProblems: readonly TextProblem[];
  readonly version: number;
  readonly selection: Selection;
  /** Who chose the selection: the code panel scrolls only when it was not itself. */
  readonly selectedBy: "graph" | "code";
  /** Ids of the containers that are drawn as one box. A way of looking, not a part of the document. */
  readonly folded: ReadonlySet<string>;
  readonly said: { readonly text: string; readonly n: number };
  readonly canUndo: boolean;
  readonly canRedo: boolean;
}
export interface Designer extends StoreApi<DesignerState> {
  typed(text: string): void;
  parseNow(): void;
  edit(edit: Edit, group?: string): boolean;
  select(states: readonly StateRef[], by?: "graph" | "code"): void;
  selectEdge(edge: string | null): void;
  setFormat(format: Format): void;
  replace(text: string, format: Format): void;
  undo(): void;
  redo(): void;
  /** Indent the text anew; nothing else of it changes, comments stay. */
  format(): void;
  say(text: string): void;
  fold(id: string): void;
  foldAll(folded: boolean): void;
}

const NOTHING: Selection = { states: [], edge: null };
const GROUP_MS = 900;
const PARSE_MS = 150;

export function refId(ref: StateRef): string {
  return `${toPointer(ref.scope)}/States/${ref.name}`;
}

/** Folded containers without those around the given states: what is chosen is to be seen. */
function opened(folded: ReadonlySet<string>, states: readonly StateRef[]): ReadonlySet<string> {
  const hiding = [...folded].filter((id) => states.some((ref) => refId(ref).startsWith(`${id}/`)));
  return hiding.length === 0 ? folded : new Set([...folded].filter((id) => !hiding.includes(id)));
}

/** The state around a path, if there is one: the innermost. */
export function stateAround(root: Json, path: Path): StateRef | null {
  for (let end = path.length; end >= 2; end--) {
    const scope = path.slice(0, end - 2);
    if (path[end - 2] !== "States") continue;
    const name = String(path[end - 1]);
    const owner = at(root, scope);
    if (
      isObject(owner) &&
      typeof owner.StartAt === "string" &&
      isObject(at(root, path.slice(0, end)))
    ) {
      return { scope, name };
    }
  }
  return null;
}

function graphOf(parsed: Parsed): GraphScope | null {
  return isObject(parsed.value) ? toGraph(parsed.value) : null;
}

function derive(text: string, format: Format): Partial<DesignerState> {
  const parsed = parseText(text, format);
  if (!parsed.ok) return { valid: false, textProblems: parsed.problems };
  const graph = graphOf(parsed);
  if (graph === null) {
    const problem = {
      message: t("A definition is an object with StartAt and States"),
      from: 0,
      to: text.length,
    };
    return { valid: false, textProblems: [problem] };
  }
  return { valid: true, textProblems: [], parsed, graph };
}

function difference(
  before: string,
  after: string,
): { from: number; removed: string; added: string } {
  const short = Math.min(before.length, after.length);
  let from = 0;
  while (from < short && before.charCodeAt(from) === after.charCodeAt(from)) from++;
  let tail = 0;
  while (
    tail < short - from &&
    before.charCodeAt(before.length - 1 - tail) === after.charCodeAt(after.length - 1 - tail)
  ) {
    tail++;
  }
  return {
    from,
    removed: before.slice(from, before.length - tail),
    added: after.slice(from, after.length - tail),
  };
}

export function newDesigner(text: string, format: Format): Designer {
  let past: Step[] = [];
  let future: Step[] = [];
  let parsing: ReturnType<typeof setTimeout> | undefined;
  const store = createStore<DesignerState>(() => ({
    text,
    format,
    parsed: null,
    graph: null,
    valid: false,
    textProblems: [],
    version: 1,
    selection: NOTHING,
    selectedBy: "graph",
    folded: new Set<string>(),
    said: { text: "", n: 0 },
    canUndo: false,
    canRedo: false,
    ...derive(text, format),
  }));
  const { getState, setState } = store;

  const say = (text: string) => {
    if (text !== "") setState((s) => ({ said: { text, n: s.said.n + 1 } }));
  };

  /** Selected states that a change has taken away are let go. */
  const living = (selection: Selection, value: Json): Selection => ({
    states: selection.states.filter(
      (ref) => at(value, [...ref.scope, "States", ref.name]) !== undefined,
    ),
    edge: selection.edge,
  });

  const commit = (
    next: { text: string; format?: Format; selection?: Selection; group?: string | undefined },
    derived: Partial<DesignerState>,
  ) => {
    const old = getState();
    const change = difference(old.text, next.text);
    const after = next.selection ?? old.selection;
    const format = next.format ?? old.format;
    const now = Date.now();
    const last = past.at(-1);
    const joins =
      next.group !== undefined &&
      last?.group === next.group &&
      now - last.at < GROUP_MS &&
      future.length === 0;
    if (joins && last) {
      const start = undoText(old.text, last);
      past[past.length - 1] = { ...last, ...difference(start, next.text), after, at: now };
    } else {
      past.push({
        ...change,
        formats: [old.format, format],
        before: old.selection,
        after,
        group: next.group ?? null,
        at: now,
      });
      if (past.length > 500) past = past.slice(-400);
    }
    future = [];
    setState({
      text: next.text,
      format,
      selection: after,
      version: old.version + 1,
      canUndo: true,
      canRedo: false,
      ...derived,
    });
  };

  const parseNow = () => {
    clearTimeout(parsing);
    const { text, format, parsed, valid, selection } = getState();
    if (valid && parsed?.text === text && parsed.format === format) return;
    const derived = derive(text, format);
    const value = derived.parsed?.value;
    setState({
      ...derived,
      ...(value === undefined ? {} : { selection: living(selection, value) }),
    });
  };

  const travel = (from: Step[], to: Step[], back: boolean) => {
    parseNow();
    const step = from.pop();
    if (!step) return;
    to.push(step);
    const text = back ? undoText(getState().text, step) : redoText(getState().text, step);
    const format = step.formats[back ? 0 : 1];
    setState((s) => ({
      text,
      format,
      version: s.version + 1,
      selection: back ? step.before : step.after,
      selectedBy: "graph",
      canUndo: past.length > 0,
      canRedo: future.length > 0,
      ...derive(text, format),
    }));
    say(back ? t("Undone") : t("Redone"));
  };

  return {
    ...store,
    say,
    parseNow,
    typed(text) {
      if (text === getState().text) return;
      commit({ text, group: "typing" }, {});
      clearTimeout(parsing);
      parsing = setTimeout(parseNow, PARSE_MS);
    },
    edit(edit, group) {
      parseNow();
      const { parsed, valid, text, format, selection } = getState();
      if (!parsed || !valid) {
        say(t("The text has a mistake: mend it, or undo, before the graph can be changed"));
        return false;
      }
      try {
        const done = applyEdit(parsed.value, edit);
        const next = patchText(text, format, parsed.value, done.value);
        if (next === text) return true;
        const derived = derive(next, format);
        const value = derived.parsed?.value ?? done.value;
        const chosen = done.select
          ? { states: [done.select], edge: null }
          : living(selection, value);
        const folded = done.select ? opened(getState().folded, [done.select]) : getState().folded;
        commit(
          { text: next, selection: chosen, group },
          { ...derived, selectedBy: "graph", folded },
        );
        say(done.said);
        return true;
      } catch (error) {
        if (!(error instanceof EditRefused)) throw error;
        say(error.message);
        return false;
      }
    },
    select(states, by = "graph") {
      const old = getState().selection;
      const same =
        old.edge === null &&
        old.states.length === states.length &&
        old.states.every(
          (ref, i) => ref.name === states[i]?.name && samePath(ref.scope, states[i].scope),
        );
      const folded = opened(getState().folded, states);
      if (!same) setState({ selection: { states, edge: null }, selectedBy: by, folded });
    },
    selectEdge(edge) {
      setState({ selection: { states: [], edge }, selectedBy: "graph" });
    },
    setFormat(format) {
      parseNow();
      const { parsed, valid, format: old } = getState();
      if (format === old) return;
      if (!parsed || !valid) {
        say(t("The text has a mistake: mend it before it can be turned into the other format"));
        return;
      }
      const text = printText(parsed.value, format);
      commit({ text, format }, derive(text, format));
      say(t("The text is {format} now", { format: format.toUpperCase() }));
    },
    replace(text, format) {
      commit({ text, format }, derive(text, format));
    },
    format() {
      parseNow();
      const { parsed, valid, text, format } = getState();
      if (!parsed || !valid)
        return say(t("The text has a mistake: mend it before it is formatted"));
      const next = formatText(text, format);
      if (next !== text) commit({ text: next }, derive(next, format));
      say(t("Formatted"));
    },
    fold(id) {
      const folded = new Set(getState().folded);
      if (!folded.delete(id)) folded.add(id);
      setState({ folded });
      const name = id.slice(id.lastIndexOf("/States/") + 8);
      say(folded.has(id) ? t("{name} folded", { name }) : t("{name} unfolded", { name }));
    },
    foldAll(all) {
      const graph = getState().graph;
      const containers = graph ? [...walkNodes(graph)].filter((node) => node.inner.length > 0) : [];
      setState({ folded: new Set(all ? containers.map((node) => node.id) : []) });
    },
    undo: () => travel(past, future, true),
    redo: () => travel(future, past, false),
  };
}

function undoText(text: string, step: { from: number; removed: string; added: string }): string {
  return text.slice(0, step.from) + step.removed + text.slice(step.from + step.added.length);
}

function redoText(text: string, step: { from: number; removed: string; added: string }): string {
  return text.slice(0, step.from) + step.added + text.slice(step.from + step.removed.length);
}
