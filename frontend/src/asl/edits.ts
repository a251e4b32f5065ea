import { produce } from "immer";
import { t } from "../i18n";
import {
  allStateNames,
  at,
  innerScopes,
  isObject,
  type Json,
  type JsonObject,
  type Path,
  type StateType,
  text,
} from "./model";

/**
 * The edits of the designer, a closed union, and the one pure function that carries them out. A scope is
 * named by its path (`[]` is the machine itself), a state by its scope and its name.
 */
export type EdgeKind = "start" | "next" | "choice" | "default" | "catch";
export interface StateRef {
  readonly scope: Path;
  readonly name: string;
}
/** The exit of a state, or of a scope's start, that an edge leaves by. `index` is of Choices or Catch. */
export interface Exit {
  readonly scope: Path;
  readonly from: string | null;
  readonly kind: EdgeKind;
  readonly index: number;
}

export type Edit =
  | { type: "insertOnExit"; exit: Exit; state: NewState }
  | { type: "addToScope"; scope: Path; state: NewState }
  | { type: "connect"; from: StateRef; to: string; how: "next" | "choice" | "catch" }
  | { type: "retarget"; exit: Exit; to: string }
  | { type: "branchOff"; exit: Exit; to: string }
  | { type: "removeExit"; exit: Exit }
  | { type: "rename"; state: StateRef; to: string }
  | { type: "delete"; states: readonly StateRef[]; heal: "heal" | "gap" }
  | { type: "duplicate"; state: StateRef }
  | { type: "setState"; state: StateRef; value: JsonObject }
  | { type: "setField"; path: Path; value: Json | undefined }
  | { type: "addBranch"; state: StateRef }
  | { type: "removeBranch"; state: StateRef; index: number };

export interface NewState {
  readonly name: string;
  readonly value: JsonObject;
}
export interface Edited {
  readonly value: Json;
  /** What is to be selected after it, and what a screen reader hears. */
  readonly select: StateRef | null;
  readonly said: string;
}

const TERMINAL = new Set<unknown>(["Succeed", "Fail"]);
const WITHOUT_NEXT = new Set<unknown>(["Succeed", "Fail", "Choice"]);

export function hasNext(type: Json | undefined): boolean {
  return !WITHOUT_NEXT.has(type);
}

/** A name that nothing in the machine has yet: `Wait`, `Wait (2)`, `Wait (3)`. */
export function freeName(root: Json | undefined, wanted: string): string {
  const taken = new Set(allStateNames(root));
  const base = wanted.replace(/ \(\d+\)$/, "");
  let name = taken.has(wanted) ? `${base} (2)` : wanted;
  for (let n = 3; taken.has(name); n++) name = `${base} (${n})`;
  return name;
}

/** A state as the palette gives it: the fields its type must have, and no others. */
export function newState(type: StateType, root: Json | undefined, resource?: string): NewState {
  const bodies: Record<StateType, JsonObject> = {
    Task: { Type: "Task", Resource: resource ?? "" },
    Pass: { Type: "Pass" },
    Choice: { Type: "Choice", Choices: [] },
    Wait: { Type: "Wait", Seconds: 5 },
    Parallel: {
      Type: "Parallel",
      Branches: [emptyBranch(root, "Step A"), emptyBranch(root, "Step B")],
    },
    Map: {
      Type: "Map",
      ItemsPath: "$.items",
      ItemProcessor: { ProcessorConfig: { Mode: "INLINE" }, ...emptyBranch(root, "Process item") },
    },
    Succeed: { Type: "Succeed" },
    Fail: { Type: "Fail", Error: "Failed", Cause: "" },
  };
  const called = resource?.split(":").at(-1);
  return { name: freeName(root, called || type), value: bodies[type] };
}

function emptyBranch(root: Json | undefined, wanted: string): JsonObject {
  const name = freeName(root, wanted);
  return { StartAt: name, States: { [name]: { Type: "Pass", End: true } } };
}

export class EditRefused extends Error {}

export function applyEdit(root: Json, edit: Edit): Edited {
  let outcome: { select: StateRef | null; said: string } = { select: null, said: "" };
  const value = produce(root, (draft) => {
    outcome = run(draft as Json, edit);
  });
  return { value, ...outcome };
}

function run(root: Json, edit: Edit): { select: StateRef | null; said: string } {
  switch (edit.type) {
    case "insertOnExit":
      return insertOnExit(root, edit.exit, edit.state);
    case "addToScope":
      return addToScope(root, edit.scope, edit.state);
    case "connect":
      return connect(root, edit.from, edit.to, edit.how);
    case "retarget": {
      setExit(root, edit.exit, edit.to);
      return { select: null, said: t("Now leads to {to}", { to: edit.to }) };
    }
    case "branchOff":
      return branchOff(root, edit.exit, edit.to);
    case "removeExit":
      removeExit(root, edit.exit);
      return { select: null, said: t("Transition removed") };
    case "rename":
      return rename(root, edit.state, edit.to);
    case "delete":
      for (const ref of edit.states) remove(root, ref, edit.heal);
      return {
        select: null,
        said: t("Deleted {value}", { value: edit.states.map((s) => s.name).join(", ") }),
      };
    case "duplicate":
      return duplicate(root, edit.state);
    case "setState": {
      statesOf(root, edit.state.scope)[edit.state.name] = edit.value;
      return { select: edit.state, said: "" };
    }
    case "setField":
      setField(root, edit.path, edit.value);
      return { select: null, said: "" };
    case "addBranch": {
      const state = stateOf(root, edit.state);
      const branches = Array.isArray(state.Branches) ? state.Branches : [];
      state.Branches = [...branches, emptyBranch(root, "Step")];
      return { select: edit.state, said: t("Branch added") };
    }
    case "removeBranch": {
      const state = stateOf(root, edit.state);
      if (Array.isArray(state.Branches)) state.Branches.splice(edit.index, 1);
      return { select: edit.state, said: t("Branch removed") };
    }
    default:
      return edit satisfies never;
  }
}

function scopeOf(root: Json, path: Path): JsonObject {
  const scope = at(root, path);
  if (!isObject(scope)) throw new EditRefused(t("This part of the definition is not an object"));
  return scope;
}

function statesOf(root: Json, path: Path): JsonObject {
  const scope = scopeOf(root, path);
  if (!isObject(scope.States)) scope.States = {};
  return scope.States as JsonObject;
}

function stateOf(root: Json, ref: StateRef): JsonObject {
  const state = statesOf(root, ref.scope)[ref.name];
  if (!isObject(state)) throw new EditRefused(t("There is no state {name}", { name: ref.name }));
  return state;
}

/** Put a key behind another one, so that a new state stands in the text where it stands in the graph. */
function insertAfter(object: JsonObject, after: string | null, key: string, value: Json): void {
  const entries = Object.entries(object);
  const place = after === null ? -1 : entries.findIndex(([name]) => name === after);
  entries.splice(after !== null && place < 0 ? entries.length : place + 1, 0, [key, value]);
  for (const name of Object.keys(object)) delete object[name];
  for (const [name, entry] of entries) object[name] = entry;
}

function exitTarget(root: Json, exit: Exit): string | undefined {
  const scope = scopeOf(root, exit.scope);
  if (exit.from === null) return text(scope.StartAt);
  const state = stateOf(root, { scope: exit.scope, name: exit.from });
  switch (exit.kind) {
    case "choice":
    case "catch": {
      const rules = exit.kind === "choice" ? state.Choices : state.Catch;
      const rule = Array.isArray(rules) ? rules[exit.index] : undefined;
      return isObject(rule) ? text(rule.Next) : undefined;
    }
    case "default":
      return text(state.Default);
    default:
      return text(state.Next);
  }
}

function setExit(root: Json, exit: Exit, to: string): void {
  const scope = scopeOf(root, exit.scope);
  if (exit.from === null) {
    scope.StartAt = to;
    return;
  }
  const state = stateOf(root, { scope: exit.scope, name: exit.from });
  if (exit.kind === "choice" || exit.kind === "catch") {
    const rules = exit.kind === "choice" ? state.Choices : state.Catch;
    const rule = Array.isArray(rules) ? rules[exit.index] : undefined;
    if (isObject(rule)) rule.Next = to;
  } else if (exit.kind === "default") state.Default = to;
  else setNext(state, to);
}

/** `Next` takes the very place of `End`, so that the text changes in one line. */
function setNext(state: JsonObject, to: string | null): void {
  const [oldKey, newKey] = to === null ? ["Next", "End"] : ["End", "Next"];
  const value: Json = to === null ? true : to;
  const entries = Object.entries(state)
    .filter(([key]) => !(key === oldKey && Object.hasOwn(state, newKey as string)))
    .map(([key, old]): [string, Json] =>
      key === oldKey || key === newKey ? [newKey as string, value] : [key, old],
    );
  if (!entries.some(([key]) => key === newKey)) entries.push([newKey as string, value]);
  for (const key of Object.keys(state)) delete state[key];
  Object.assign(state, Object.fromEntries(entries));
}

function insertOnExit(root: Json, exit: Exit, added: NewState) {
  const target = exitTarget(root, exit);
  const value: JsonObject = structuredClone(added.value);
  if (value.Type === "Choice") {
    value.Choices = target === undefined ? [] : [openRule(target)];
    if (target !== undefined) value.Default = target;
  } else if (!TERMINAL.has(value.Type)) {
    if (target === undefined) value.End = true;
    else value.Next = target;
  }
  insertAfter(statesOf(root, exit.scope), exit.from, added.name, value);
  setExit(root, exit, added.name);
  return {
    select: { scope: exit.scope, name: added.name },
    said: t("{name} inserted", { name: added.name }),
  };
}

function addToScope(root: Json, path: Path, added: NewState) {
  const scope = scopeOf(root, path);
  const states = statesOf(root, path);
  const value: JsonObject = structuredClone(added.value);
  if (hasNext(value.Type)) value.End = true;
  states[added.name] = value;
  if (!text(scope.StartAt) || !Object.hasOwn(states, scope.StartAt as string))
    scope.StartAt = added.name;
  return {
    select: { scope: path, name: added.name },
    said: t("{name} added", { name: added.name }),
  };
}

/** A test to begin with, to be changed at once: it is valid, and fails no run whatever the input is. */
function openRule(to: string): JsonObject {
  return { Variable: "$.value", IsPresent: true, Next: to };
}

function connect(root: Json, from: StateRef, to: string, how: "next" | "choice" | "catch") {
  const state = stateOf(root, from);
  if (how === "catch") {
    const rule: JsonObject = { ErrorEquals: ["States.ALL"], Next: to };
    state.Catch = [...(Array.isArray(state.Catch) ? state.Catch : []), rule];
  } else if (how === "choice") {
    state.Choices = [...(Array.isArray(state.Choices) ? state.Choices : []), openRule(to)];
  } else if (TERMINAL.has(state.Type)) {
    throw new EditRefused(
      t("A {type} state ends the run: nothing can follow it", { type: String(state.Type) }),
    );
  } else setNext(state, to);
  return { select: from, said: t("{name} now leads to {to}", { name: from.name, to }) };
}

/** Put a Choice on an exit that is already taken: the old target by default, the new one by a rule. */
function branchOff(root: Json, exit: Exit, to: string) {
  const name = freeName(root, "Choice");
  const done = insertOnExit(root, exit, { name, value: { Type: "Choice", Choices: [] } });
  const state = stateOf(root, done.select);
  state.Choices = [openRule(to)];
  return done;
}

function removeExit(root: Json, exit: Exit): void {
  if (exit.from === null) return;
  const state = stateOf(root, { scope: exit.scope, name: exit.from });
  const rules = exit.kind === "choice" ? state.Choices : exit.kind === "catch" ? state.Catch : null;
  if (Array.isArray(rules)) {
    rules.splice(exit.index, 1);
    if (exit.kind === "catch" && rules.length === 0) delete state.Catch;
  } else if (exit.kind === "default") delete state.Default;
  else setNext(state, null);
}

/** Every reference of a scope to a state of it, as a visitor that may change it. */
function eachReference(scope: JsonObject, visit: (target: string) => string | undefined): void {
  const swap = (object: JsonObject, key: string) => {
    const target = text(object[key]);
    if (target === undefined) return;
    const next = visit(target);
    if (next === target) return;
    if (next === undefined) delete object[key];
    else object[key] = next;
  };
  swap(scope, "StartAt");
  for (const state of Object.values(isObject(scope.States) ? scope.States : {})) {
    if (!isObject(state)) continue;
    swap(state, "Next");
    swap(state, "Default");
    for (const rules of [state.Choices, state.Catch]) {
      if (!Array.isArray(rules)) continue;
      for (const rule of rules) if (isObject(rule)) swap(rule, "Next");
    }
  }
}

function rename(root: Json, ref: StateRef, to: string) {
  if (to.trim() === "") throw new EditRefused(t("A state needs a name"));
  if (to === ref.name) return { select: ref, said: "" };
  if (allStateNames(root).includes(to))
    throw new EditRefused(t("There is already a state named {to}", { to }));
  const states = statesOf(root, ref.scope);
  const entries = Object.entries(states);
  for (const key of Object.keys(states)) delete states[key];
  for (const [key, value] of entries) states[key === ref.name ? to : key] = value;
  eachReference(scopeOf(root, ref.scope), (target) => (target === ref.name ? to : target));
  return {
    select: { scope: ref.scope, name: to },
    said: t("{name} is now {to}", { name: ref.name, to }),
  };
}

/**
 * Delete a state. Healing joins what came in to where it led: its Next, or a Choice's Default, or the
 * first state that is left for StartAt. Without a way on, what pointed here ends.
 */
function remove(root: Json, ref: StateRef, heal: "heal" | "gap"): void {
  const states = statesOf(root, ref.scope);
  const state = states[ref.name];
  delete states[ref.name];
  const onward = isObject(state) ? (text(state.Next) ?? text(state.Default)) : undefined;
  const target =
    onward !== undefined && onward !== ref.name && Object.hasOwn(states, onward)
      ? onward
      : undefined;
  if (heal === "gap") return;
  const scope = scopeOf(root, ref.scope);
  if (scope.StartAt === ref.name) {
    const first = target ?? Object.keys(states)[0];
    if (first === undefined) delete scope.StartAt;
    else scope.StartAt = first;
  }
  for (const other of Object.values(states)) {
    if (!isObject(other)) continue;
    if (other.Next === ref.name) setNext(other, target ?? null);
    if (other.Default === ref.name) {
      if (target === undefined) delete other.Default;
      else other.Default = target;
    }
    for (const key of ["Choices", "Catch"]) {
      const rules = other[key];
      if (!Array.isArray(rules)) continue;
      for (const rule of rules) {
        if (isObject(rule) && rule.Next === ref.name && target !== undefined) rule.Next = target;
      }
      const left = rules.filter((rule) => !(isObject(rule) && rule.Next === ref.name));
      if (left.length === rules.length) continue;
      if (left.length === 0 && key === "Catch") delete other.Catch;
      else other[key] = left;
    }
  }
}

/** A copy beside the original, nested states renamed with it: names are unique in the whole machine. */
function duplicate(root: Json, ref: StateRef) {
  const copy = JSON.parse(JSON.stringify(stateOf(root, ref))) as JsonObject;
  const name = freeName(root, ref.name);
  const states = statesOf(root, ref.scope);
  insertAfter(states, ref.name, name, copy);
  renameInside(root, copy);
  return {
    select: { scope: ref.scope, name },
    said: t("{name} added as a copy of {original}", { name, original: ref.name }),
  };
}

function renameInside(root: Json, state: JsonObject): void {
  for (const path of innerScopes(state)) {
    const scope = at(state, path);
    if (!isObject(scope) || !isObject(scope.States)) continue;
    const names = new Map<string, string>();
    const renamed: JsonObject = {};
    for (const [old, value] of Object.entries(scope.States)) {
      const fresh = freeName(root, `${old} (2)`);
      names.set(old, fresh);
      renamed[fresh] = value;
      scope.States = { ...scope.States, ...renamed };
    }
    scope.States = renamed;
    eachReference(scope, (target) => names.get(target) ?? target);
    for (const inner of Object.values(renamed)) if (isObject(inner)) renameInside(root, inner);
  }
}

function setField(root: Json, path: Path, value: Json | undefined): void {
  const parent = at(root, path.slice(0, -1));
  const key = path.at(-1);
  if (key === undefined) return;
  if (Array.isArray(parent) && typeof key === "number") {
    if (value === undefined) parent.splice(key, 1);
    else parent[key] = value;
  } else if (isObject(parent)) {
    if (value === undefined) delete parent[String(key)];
    else parent[String(key)] = value;
  }
}
