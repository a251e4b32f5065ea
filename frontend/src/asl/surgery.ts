import { t } from "../i18n";
import { allStateNames, at, isObject, type Json, type JsonObject, type Path, text } from "./model";

/** The small cuts that edits are made of. All but `freeName` and `hasNext` change what they are given. */
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
export class EditRefused extends Error {}

/** A copy to change. What is cut up here may be a draft of immer, which `structuredClone` cannot take. */
export function copyOf<T extends Json>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

export const TERMINAL = new Set<unknown>(["Succeed", "Fail"]);
const WITHOUT_NEXT = new Set<unknown>(["Succeed", "Fail", "Choice"]);

export function hasNext(type: Json | undefined): boolean {
  return !WITHOUT_NEXT.has(type);
}

/** A name that nothing in the machine has yet: `Wait`, `Wait (2)`, `Wait (3)`. */
export function freeName(among: Json | undefined | ReadonlySet<string>, wanted: string): string {
  const taken = among instanceof Set ? among : new Set(allStateNames(among as Json | undefined));
  const base = wanted.replace(/ \(\d+\)$/, "");
  let name = taken.has(wanted) ? `${base} (2)` : wanted;
  for (let n = 3; taken.has(name); n++) name = `${base} (${n})`;
  return name;
}

export function scopeOf(root: Json, path: Path): JsonObject {
  const scope = at(root, path);
  if (!isObject(scope)) throw new EditRefused(t("This part of the definition is not an object"));
  return scope;
}

export function statesOf(root: Json, path: Path): JsonObject {
  const scope = scopeOf(root, path);
  if (!isObject(scope.States)) scope.States = {};
  return scope.States as JsonObject;
}

export function stateOf(root: Json, ref: StateRef): JsonObject {
  const state = statesOf(root, ref.scope)[ref.name];
  if (!isObject(state)) throw new EditRefused(t("There is no state {name}", { name: ref.name }));
  return state;
}

/** Put a key behind another one, so that a new state stands in the text where it stands in the graph. */
export function insertAfter(
  object: JsonObject,
  after: string | null,
  key: string,
  value: Json,
): void {
  const entries = Object.entries(object);
  const place = after === null ? -1 : entries.findIndex(([name]) => name === after);
  entries.splice(after !== null && place < 0 ? entries.length : place + 1, 0, [key, value]);
  for (const name of Object.keys(object)) delete object[name];
  for (const [name, entry] of entries) object[name] = entry;
}

export function exitTarget(root: Json, exit: Exit): string | undefined {
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

export function setExit(root: Json, exit: Exit, to: string): void {
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
export function setNext(state: JsonObject, to: string | null): void {
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

/** Every reference of a scope to a state of it, as a visitor that may change it. */
export function eachReference(
  scope: JsonObject,
  visit: (target: string) => string | undefined,
): void {
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

/** Whether the machine, or the state, writes its expressions in JSONata. */
export function speaksJsonata(root: Json | undefined, state?: Json): boolean {
  if (isObject(state) && typeof state.QueryLanguage === "string")
    return state.QueryLanguage === "JSONata";
  return isObject(root) && root.QueryLanguage === "JSONata";
}

/** A test to begin with, to be changed at once: it is valid, and fails no run whatever the input is. */
export function openRule(to: string, jsonata = false): JsonObject {
  return jsonata
    ? { Condition: "{% $exists($states.input.value) %}", Next: to }
    : { Variable: "$.value", IsPresent: true, Next: to };
}
