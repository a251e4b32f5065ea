import { t } from "../i18n";
import { parseText } from "./document";
import {
  allStateNames,
  at,
  innerScopes,
  isObject,
  isStateType,
  type Json,
  type JsonObject,
  text,
} from "./model";
import { copyOf, EditRefused, eachReference, freeName, type StateRef } from "./surgery";

/** Some states of one scope with the first of them: what the clipboard holds, and what a pattern is. */
export interface Fragment {
  readonly start: string;
  readonly states: JsonObject;
}

/** The chosen states of one scope as a fragment, in the order of the text. */
export function fragmentOf(root: Json, refs: readonly StateRef[]): Fragment {
  const first = refs[0];
  if (!first) throw new EditRefused(t("Nothing is chosen"));
  const same = refs.filter((ref) => ref.scope.join("/") === first.scope.join("/"));
  if (same.length < refs.length)
    throw new EditRefused(t("The chosen states are in different parts: choose those of one part"));
  const scope = at(root, first.scope);
  const all = isObject(scope) && isObject(scope.States) ? scope.States : {};
  const names = new Set(refs.map((ref) => ref.name));
  const states = Object.fromEntries(Object.entries(all).filter(([name]) => names.has(name)));
  return { start: entryOf(states, isObject(scope) ? text(scope.StartAt) : undefined), states };
}

/** The state that nothing inside leads to, StartAt before all others. */
export function entryOf(states: JsonObject, startAt: string | undefined): string {
  if (startAt !== undefined && Object.hasOwn(states, startAt)) return startAt;
  const inner = new Set<string>();
  for (const state of Object.values(states)) for (const to of targetsOf(state)) inner.add(to);
  const names = Object.keys(states);
  return names.find((name) => !inner.has(name)) ?? names[0] ?? "";
}

export function targetsOf(state: Json | undefined): string[] {
  const found: string[] = [];
  eachReference({ States: { "": copyOf(state ?? null) } }, (target) => {
    found.push(target);
    return target;
  });
  return found;
}

/** Plain ASL, so that it can be pasted into any editor as well. */
export function fragmentText(fragment: Fragment): string {
  return `${JSON.stringify({ StartAt: fragment.start, States: fragment.states }, null, 2)}\n`;
}

/**
 * What somebody may paste: a machine or a `States` fragment in JSON or YAML, the states alone, or a piece out
 * of the middle of them (`"Name": {...},`). null for anything else.
 */
export function readFragment(source: string): Fragment | null {
  const piece = source.trim().replace(/,$/, "");
  const candidates = piece.startsWith('"') ? [`{${piece}}`] : [piece];
  for (const candidate of candidates) {
    for (const format of ["json", "yaml"] as const) {
      const parsed = parseText(candidate, format);
      const found = parsed.ok ? asFragment(parsed.value) : null;
      if (found) return found;
    }
  }
  return null;
}

function asFragment(value: Json): Fragment | null {
  if (!isObject(value)) return null;
  if (isObject(value.States)) {
    const inner = asFragment(value.States);
    return inner && { ...inner, start: entryOf(inner.states, text(value.StartAt)) };
  }
  const states = Object.entries(value);
  const all = states.every(([, state]) => isObject(state) && isStateType(state.Type));
  return states.length > 0 && all ? { start: entryOf(value, undefined), states: value } : null;
}

/**
 * The fragment under names that are free in the machine, nested names too: `Pay (2)`. References inside it
 * follow; references to states outside stay as they are.
 */
export function adopted(root: Json | undefined, fragment: Fragment): Fragment {
  const taken = new Set(allStateNames(root));
  const copy = copyOf(fragment.states);
  const scope: JsonObject = { StartAt: fragment.start, States: copy };
  renameScope(scope, taken);
  return { start: text(scope.StartAt) ?? "", states: scope.States as JsonObject };
}

function renameScope(scope: JsonObject, taken: Set<string>): void {
  if (!isObject(scope.States)) return;
  const names = new Map<string, string>();
  for (const name of Object.keys(scope.States)) {
    const fresh = freeName(taken, name);
    taken.add(fresh);
    names.set(name, fresh);
  }
  scope.States = Object.fromEntries(
    Object.entries(scope.States).map(([name, state]) => [names.get(name) ?? name, state]),
  );
  eachReference(scope, (target) => names.get(target) ?? target);
  for (const state of Object.values(scope.States)) {
    if (!isObject(state)) continue;
    for (const path of innerScopes(state)) {
      const inner = at(state, path);
      if (isObject(inner)) renameScope(inner, taken);
    }
  }
}

/**
 * Fit a fragment between a state and what followed it: ends of the fragment, and what led to states that are
 * not here, lead on to `onward`, or end when there is nothing to lead on to. Changes the fragment's states.
 */
export function join(
  states: JsonObject,
  scopeStates: JsonObject,
  onward: string | undefined,
  setNext: (state: JsonObject, to: string | null) => void,
): void {
  const known = (name: string) => Object.hasOwn(states, name) || Object.hasOwn(scopeStates, name);
  for (const state of Object.values(states)) {
    if (!isObject(state)) continue;
    const next = text(state.Next);
    const leaves = state.End === true || (next !== undefined && !Object.hasOwn(states, next));
    if (leaves) setNext(state, onward ?? null);
    if (text(state.Default) !== undefined && !known(state.Default as string)) {
      if (onward === undefined) delete state.Default;
      else state.Default = onward;
    }
    for (const key of ["Choices", "Catch"]) {
      const rules = state[key];
      if (!Array.isArray(rules)) continue;
      const kept = rules.flatMap((rule): Json[] => {
        if (!isObject(rule) || text(rule.Next) === undefined || known(rule.Next as string))
          return [rule];
        return onward === undefined ? [] : [{ ...rule, Next: onward }];
      });
      if (kept.length === 0 && key === "Catch") delete state.Catch;
      else state[key] = kept;
    }
  }
}
