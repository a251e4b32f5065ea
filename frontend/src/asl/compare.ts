import { targetsOf } from "./fragments";
import { at, innerScopes, isObject, type Json, type JsonObject, type Path } from "./model";
import { equal } from "./patch";

/** How a state differs between two definitions. */
export type Mark = "added" | "removed" | "changed" | "moved" | "renamed";
export interface Change {
  readonly mark: Mark;
  /** Its name before and after; null where there is none. */
  readonly before: string | null;
  readonly after: string | null;
  /** The fields that differ. */
  readonly fields: readonly string[];
}
interface Found {
  readonly name: string;
  readonly scope: string;
  readonly body: JsonObject;
  readonly leads: readonly string[];
}

const TRANSITIONS = new Set(["Next", "End", "Default"]);
const INNER = new Set(["Branches", "ItemProcessor", "Iterator"]);

/** What happened to states between two definitions. A state is known by its name, which is unique in a machine. */
export function compareMachines(before: Json, after: Json): Change[] {
  const olds = new Map(statesOf(before, []).map((one) => [one.name, one]));
  const news = new Map(statesOf(after, []).map((one) => [one.name, one]));
  const gone = [...olds.values()].filter((one) => !news.has(one.name));
  const fresh = [...news.values()].filter((one) => !olds.has(one.name));
  const renamed = new Map<string, string>();
  for (const one of fresh) {
    const same = gone.find(
      (old) => equal(old.body, one.body) && ![...renamed.values()].includes(old.name),
    );
    if (same) renamed.set(one.name, same.name);
  }
  const names = new Map([...renamed].map(([now, was]) => [was, now]));
  const changes: Change[] = [];
  for (const one of news.values()) {
    const was = olds.get(one.name) ?? olds.get(renamed.get(one.name) ?? "");
    if (!was) {
      changes.push({ mark: "added", before: null, after: one.name, fields: [] });
      continue;
    }
    const fields = differing(was.body, one.body);
    const leads = was.leads.map((name) => names.get(name) ?? name);
    const elsewhere = was.scope !== one.scope || !equal(leads, [...one.leads]);
    const mark: Mark | null = renamed.has(one.name)
      ? "renamed"
      : fields.length > 0
        ? "changed"
        : elsewhere
          ? "moved"
          : null;
    if (mark) changes.push({ mark, before: was.name, after: one.name, fields });
  }
  for (const one of gone) {
    if (![...renamed.values()].includes(one.name))
      changes.push({ mark: "removed", before: one.name, after: null, fields: [] });
  }
  return changes;
}

/** Marks by the names that a picture of one side shows. */
export function marksOf(changes: readonly Change[], side: "before" | "after"): Map<string, Mark> {
  const marks = new Map<string, Mark>();
  for (const change of changes) {
    const name = change[side];
    if (name !== null) marks.set(name, change.mark);
  }
  return marks;
}

function statesOf(root: Json, scope: Path): Found[] {
  const states = at(root, [...scope, "States"]);
  if (!isObject(states)) return [];
  return Object.entries(states).flatMap(([name, state]): Found[] => {
    const body = isObject(state) ? own(state) : {};
    const inner = isObject(state)
      ? innerScopes(state).flatMap((part) => statesOf(root, [...scope, "States", name, ...part]))
      : [];
    return [{ name, scope: owner(scope), body, leads: targetsOf(state) }, ...inner];
  });
}

/** The container that a scope belongs to, by name: a branch that moves up is the same branch. */
function owner(scope: Path): string {
  return String(scope.findLast((_, i) => scope[i - 1] === "States") ?? "");
}

/** A state without its transitions and without the states inside it: those are compared by themselves. */
function own(state: JsonObject): JsonObject {
  const body: JsonObject = {};
  for (const [key, value] of Object.entries(state)) {
    if (TRANSITIONS.has(key)) continue;
    if (INNER.has(key)) body[key] = shell(value);
    else if ((key === "Choices" || key === "Catch") && Array.isArray(value))
      body[key] = value.map((rule) => (isObject(rule) ? without(rule, "Next") : rule));
    else body[key] = value;
  }
  return body;
}

function shell(value: Json): Json {
  if (Array.isArray(value)) return value.length;
  return isObject(value) ? without(without(value, "States"), "StartAt") : value;
}

function without(object: JsonObject, key: string): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => name !== key));
}

function differing(a: JsonObject, b: JsonObject): string[] {
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return keys.filter((key) => !equal(a[key], b[key]));
}
