import { produce } from "immer";
import { t } from "../i18n";
import { addField, asType } from "./fields";
import { adopted, type Fragment, join } from "./fragments";
import {
  allStateNames,
  at,
  isObject,
  type Json,
  type JsonObject,
  type Path,
  type StateType,
  text,
} from "./model";
import {
  copyOf,
  EditRefused,
  type Exit,
  eachReference,
  exitTarget,
  freeName,
  hasNext,
  insertAfter,
  openRule,
  type StateRef,
  scopeOf,
  setExit,
  setNext,
  speaksJsonata,
  stateOf,
  statesOf,
  TERMINAL,
} from "./surgery";
import { type Wrapping, type WrapResult, wrap } from "./wrapping";

export { type EdgeKind, EditRefused, type Exit, freeName, hasNext, type StateRef } from "./surgery";

/**
 * The edits of the designer, a closed union, and the one pure function that carries them out. A scope is
 * named by its path (`[]` is the machine itself), a state by its scope and its name.
 */

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
  /** Several states written anew in one step, those around others first. */
  | { type: "setStates"; states: readonly { state: StateRef; value: JsonObject }[]; said: string }
  | { type: "setField"; path: Path; value: Json | undefined }
  /** A field deep in a state: objects on the way are made, and those that it leaves empty go. */
  | { type: "setIn"; state: StateRef; keys: readonly string[]; value: Json | undefined }
  | { type: "setType"; state: StateRef; to: StateType }
  | { type: "addBranch"; state: StateRef }
  | { type: "removeBranch"; state: StateRef; index: number }
  | { type: "wrap"; states: readonly StateRef[]; how: Wrapping; result?: WrapResult }
  /** On an exit it is joined in there; without one it stands in the scope by itself. */
  | { type: "paste"; fragment: Fragment; scope: Path; exit: Exit | null };

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
      ...(speaksJsonata(root) ? { Items: "{% $states.input.items %}" } : { ItemsPath: "$.items" }),
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
    case "setStates": {
      for (const { state, value } of edit.states) {
        stateOf(root, state);
        statesOf(root, state.scope)[state.name] = copyOf(value);
      }
      const only = edit.states.length === 1 ? edit.states[0]?.state : undefined;
      return { select: only ?? null, said: edit.said };
    }
    case "setField":
      setField(root, edit.path, edit.value);
      return { select: null, said: "" };
    case "setIn":
      setIn(stateOf(root, edit.state), edit.keys, edit.value);
      return { select: null, said: "" };
    case "setType": {
      const fresh = newState(edit.to, root).value;
      const value = asType(copyOf(stateOf(root, edit.state)), edit.to, fresh);
      statesOf(root, edit.state.scope)[edit.state.name] = value;
      return {
        select: edit.state,
        said: t("{name} is now a {type}", { name: edit.state.name, type: edit.to }),
      };
    }
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
    case "wrap":
      return wrap(root, edit.states, edit.how, edit.result);
    case "paste":
      return paste(root, edit.fragment, edit.scope, edit.exit);
    default:
      return edit satisfies never;
  }
}

function insertOnExit(root: Json, exit: Exit, added: NewState) {
  const target = exitTarget(root, exit);
  const value: JsonObject = structuredClone(added.value);
  if (value.Type === "Choice") {
    value.Choices = target === undefined ? [] : [openRule(target, speaksJsonata(root, value))];
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

function paste(root: Json, given: Fragment, path: Path, exit: Exit | null) {
  const fragment = adopted(root, given);
  const scope = scopeOf(root, path);
  const states = statesOf(root, path);
  const count = Object.keys(fragment.states).length;
  const onward = exit === null ? undefined : exitTarget(root, exit);
  const added = copyOf(fragment.states);
  join(added, states, onward, setNext);
  let after = exit?.from ?? (exit === null ? (Object.keys(states).at(-1) ?? null) : null);
  for (const [name, value] of Object.entries(added)) {
    insertAfter(states, after, name, value);
    after = name;
  }
  if (exit !== null) setExit(root, exit, fragment.start);
  else if (!text(scope.StartAt) || !Object.hasOwn(states, scope.StartAt as string))
    scope.StartAt = fragment.start;
  return {
    select: { scope: path, name: fragment.start },
    said:
      count === 1
        ? t("{name} added", { name: fragment.start })
        : t("{n} states added, the first is {name}", { n: count, name: fragment.start }),
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

function connect(root: Json, from: StateRef, to: string, how: "next" | "choice" | "catch") {
  const state = stateOf(root, from);
  if (how === "catch") {
    const rule: JsonObject = { ErrorEquals: ["States.ALL"], Next: to };
    state.Catch = [...(Array.isArray(state.Catch) ? state.Catch : []), rule];
  } else if (how === "choice") {
    state.Choices = [
      ...(Array.isArray(state.Choices) ? state.Choices : []),
      openRule(to, speaksJsonata(root, state)),
    ];
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
  state.Choices = [openRule(to, speaksJsonata(root, state))];
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
    // Empty, it keeps its place in the text for the first state that comes.
    scope.StartAt = first ?? "";
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
  const copy = adopted(root, { start: ref.name, states: { [ref.name]: stateOf(root, ref) } });
  const value = copy.states[copy.start] ?? null;
  // What led back to the original from inside still does: it is a copy of the state, not of its loop.
  eachReference({ States: { "": value } }, (target) => (target === copy.start ? ref.name : target));
  insertAfter(statesOf(root, ref.scope), ref.name, copy.start, value);
  return {
    select: { scope: ref.scope, name: copy.start },
    said: t("{name} added as a copy of {original}", { name: copy.start, original: ref.name }),
  };
}

function setField(root: Json, path: Path, value: Json | undefined): void {
  const parent = at(root, path.slice(0, -1));
  const key = path.at(-1);
  if (key === undefined) return;
  if (Array.isArray(parent) && typeof key === "number") {
    if (value === undefined) parent.splice(key, 1);
    else parent[key] = value;
  } else if (isObject(parent)) {
    put(parent, String(key), value);
  }
}

function put(object: JsonObject, key: string, value: Json | undefined): void {
  if (value === undefined) delete object[key];
  else if (Object.hasOwn(object, key)) object[key] = value;
  else addField(object, key, value);
}

function setIn(object: JsonObject, keys: readonly string[], value: Json | undefined): void {
  const [key, ...rest] = keys;
  if (key === undefined) return;
  if (rest.length === 0) {
    put(object, key, value);
    return;
  }
  const inner = isObject(object[key]) ? object[key] : {};
  if (!isObject(object[key]) && value !== undefined) put(object, key, inner);
  setIn(isObject(object[key]) ? object[key] : inner, rest, value);
  const left = object[key];
  if (isObject(left) && Object.keys(left).length === 0) delete object[key];
}
