import { count, t } from "../i18n";
import { targetsOf } from "./fragments";
import { isObject, type Json, type JsonObject, text } from "./model";
import {
  copyOf,
  EditRefused,
  eachReference,
  freeName,
  type StateRef,
  scopeOf,
  setNext,
  speaksJsonata,
  statesOf,
} from "./surgery";

/** What chosen states are wrapped in; `branches` gives each of them a branch of its own. */
export type Wrapping = "parallel" | "branches" | "map";
/** What the container hands on: the list of results that it is, or of a Parallel what its first branch results in. */
export type WrapResult = "list" | "first";

/**
 * Put states of one scope into a new container that takes their place. There must be one way into them and
 * one way on; what led out of them ends inside, and the container leads on. Changes `root`.
 */
export function wrap(
  root: Json,
  refs: readonly StateRef[],
  how: Wrapping,
  result: WrapResult = "list",
) {
  const path = refs[0]?.scope ?? [];
  if (refs.length === 0) throw new EditRefused(t("Nothing is chosen"));
  if (refs.some((ref) => ref.scope.join("/") !== path.join("/")))
    throw new EditRefused(t("The chosen states are in different parts: choose those of one part"));
  const scope = scopeOf(root, path);
  const states = statesOf(root, path);
  const chosen = new Set(refs.map((ref) => ref.name));
  const entry = onlyEntry(scope, states, chosen);
  const onward = onlyOnward(states, chosen);
  const container = freeName(root, how === "map" ? "Map" : "Parallel");
  const taken: JsonObject = {};
  const rest: [string, Json][] = [];
  for (const [name, state] of Object.entries(states)) {
    if (name === entry) rest.push([container, null]);
    if (chosen.has(name)) taken[name] = copyOf(state);
    else rest.push([name, state]);
  }
  const value = body(root, how, entry, taken, chosen);
  if (result === "first") {
    if (speaksJsonata(root)) value.Output = "{% $states.result[0] %}";
    else value.OutputPath = "$[0]";
  }
  setNext(value, onward ?? null);
  for (const name of Object.keys(states)) delete states[name];
  for (const [name, state] of rest) states[name] = name === container ? value : state;
  eachReference(scope, (target) => (target === entry ? container : target));
  return {
    select: { scope: path, name: container },
    said: count(chosen.size, "{n} state is now in {name}", "{n} states are now in {name}", {
      name: container,
    }),
  };
}

function onlyEntry(scope: JsonObject, states: JsonObject, chosen: ReadonlySet<string>): string {
  const entries = new Set<string>();
  if (chosen.has(String(scope.StartAt))) entries.add(String(scope.StartAt));
  for (const [name, state] of Object.entries(states)) {
    if (chosen.has(name)) continue;
    for (const to of targetsOf(state)) if (chosen.has(to)) entries.add(to);
  }
  const [first, second] = entries;
  if (second !== undefined)
    throw new EditRefused(
      t("{a} and {b} are both led to from outside: what is wrapped has one way in", {
        a: first ?? "",
        b: second,
      }),
    );
  const order = Object.keys(states).filter((name) => chosen.has(name));
  return first ?? order[0] ?? "";
}

function onlyOnward(states: JsonObject, chosen: ReadonlySet<string>): string | undefined {
  const exits = new Set<string>();
  for (const name of chosen) {
    for (const to of targetsOf(states[name])) if (!chosen.has(to)) exits.add(to);
  }
  const [first, second] = exits;
  if (second !== undefined)
    throw new EditRefused(
      t("They lead to {a} and to {b}: what is wrapped has one way on", {
        a: first ?? "",
        b: second,
      }),
    );
  return first;
}

function body(
  root: Json,
  how: Wrapping,
  entry: string,
  taken: JsonObject,
  chosen: ReadonlySet<string>,
): JsonObject {
  if (how === "branches") {
    const Branches = Object.entries(taken).map(([name, state]): Json => {
      const inside: JsonObject = { [name]: state };
      endInside(root, inside, new Set([name]));
      return { StartAt: name, States: inside };
    });
    return { Type: "Parallel", Branches };
  }
  endInside(root, taken, chosen);
  const inner: JsonObject = { StartAt: entry, States: taken };
  if (how === "parallel") return { Type: "Parallel", Branches: [inner] };
  const items: JsonObject = speaksJsonata(root)
    ? { Items: "{% $states.input.items %}" }
    : { ItemsPath: "$.items" };
  return {
    Type: "Map",
    ...items,
    ItemProcessor: { ProcessorConfig: { Mode: "INLINE" }, ...inner },
  };
}

/** A rule cannot end a branch by itself, so what led outside by a rule leads to a state that does. */
function endInside(root: Json, states: JsonObject, chosen: ReadonlySet<string>): void {
  let stand: string | null = null;
  const end = () => {
    stand ??= freeName(root, "Done");
    return stand;
  };
  for (const state of Object.values(states)) {
    if (!isObject(state)) continue;
    const next = text(state.Next);
    if (next !== undefined && !chosen.has(next)) setNext(state, null);
    eachReference({ States: { "": state } }, (target) => (chosen.has(target) ? target : end()));
  }
  if (stand !== null) states[stand] = { Type: "Succeed" };
}
