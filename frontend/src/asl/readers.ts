import { at, innerScopes, isObject, type Json, type JsonObject, type Path, text } from "./model";
import { type StateRef, speaksJsonata } from "./surgery";

/**
 * What is handed on from state to state, followed for as long as it is the same thing: who reads parts of what some
 * states give. For those a change of its shape, as a Parallel's list of results, is a break that no validator sees.
 */

/** Parts of the input: `$.status`, `$[0]`; not `$` as a whole, `$variable` or `$$.Execution`. */
const PART = /(^|[^$\w])\$[.[]/;
const STATES_INPUT = /\$states\.input\b/;
const WHOLE_INPUT = /^\{%\s*\$states\.input\s*%\}$/;
/** Of the inside of a container, and of what comes after the input was read. */
const ELSEWHERE = new Set([
  "Branches",
  "ItemProcessor",
  "Iterator",
  "ResultSelector",
  "Retry",
  "Catch",
]);
const TEXT = new Set([
  "Comment",
  "Next",
  "Default",
  "Type",
  "Resource",
  "QueryLanguage",
  "ResultPath",
]);
/** Types whose result is something new, unless it is put into the input. */
const WORKS = new Set<unknown>(["Task", "Parallel", "Map"]);

/**
 * Names of the states that read parts of what the chosen states hand on, in the order of the way there. A way ends
 * where the data is replaced; at the end of a branch it goes on behind the container around it.
 */
export function readersAfter(root: Json, refs: readonly StateRef[]): string[] {
  const readers = new Set<string>();
  const seen = new Set<string>();
  const visit = (path: Path, name: string) => {
    const key = `${path.join("/")}//${name}`;
    const state = at(root, [...path, "States", name]);
    if (seen.has(key) || !isObject(state)) return;
    seen.add(key);
    const jsonata = speaksJsonata(root, state);
    if (reads(state, jsonata)) readers.add(name);
    if (state.Type === "Parallel") {
      for (const inner of innerScopes(state)) start([...path, "States", name, ...inner]);
    }
    if (handsOn(state, jsonata)) follow(path, state);
  };
  const start = (path: Path) => {
    const first = text(at(root, [...path, "StartAt"]));
    if (first !== undefined) visit(path, first);
  };
  const follow = (path: Path, state: JsonObject) => {
    const targets = waysOn(state);
    for (const target of targets) visit(path, target);
    if (state.End === true || state.Type === "Succeed") leave(path);
  };
  const leave = (path: Path) => {
    const found = ownerOf(path);
    const owner = found && at(root, [...found.scope, "States", found.name]);
    if (!found || !isObject(owner)) return;
    const selected = JSON.stringify([owner.ResultSelector ?? null, owner.Output ?? null]);
    if (PART.test(selected) || selected.includes("$states.result")) readers.add(found.name);
    else follow(found.scope, owner);
  };
  const chosen = new Set(refs.map((ref) => ref.name));
  for (const { scope, name } of refs) {
    const state = at(root, [...scope, "States", name]);
    if (!isObject(state)) continue;
    for (const target of waysOn(state)) if (!chosen.has(target)) visit(scope, target);
    if (state.End === true || state.Type === "Succeed") leave(scope);
  }
  return [...readers];
}

/** Where a state leads with what it hands on; a Catcher hands on an error. */
function waysOn(state: JsonObject): string[] {
  const rules = Array.isArray(state.Choices) ? state.Choices : [];
  const targets = [state.Next, state.Default, ...rules.map((rule) => isObject(rule) && rule.Next)];
  return targets.filter((target) => typeof target === "string");
}

function ownerOf(path: Path): StateRef | null {
  const place = path.lastIndexOf("States");
  return place < 0 ? null : { scope: path.slice(0, place), name: String(path[place + 1]) };
}

function replaces(state: JsonObject): boolean {
  const made =
    WORKS.has(state.Type) || state.Result !== undefined || state.Parameters !== undefined;
  return made && (state.ResultPath === undefined || state.ResultPath === "$");
}

/** Whether what comes in goes out, at least as a part. */
function handsOn(state: JsonObject, jsonata: boolean): boolean {
  if (state.Type === "Fail") return false;
  if (jsonata) return state.Output === undefined && !WORKS.has(state.Type);
  const parts = (path: Json | undefined) => path !== undefined && path !== "$";
  const kept = state.ResultPath !== undefined && state.ResultPath !== "$";
  return !replaces(state) && !parts(state.OutputPath) && (kept || !parts(state.InputPath));
}

function reads(state: JsonObject, jsonata: boolean): boolean {
  // Something is put into what came in, which has to be an object for that.
  const into = text(state.ResultPath);
  if (!jsonata && into !== undefined && PART.test(into)) return true;
  const late = !jsonata && replaces(state) ? new Set(["OutputPath", "Assign"]) : new Set<string>();
  return Object.entries(state).some(
    ([key, value]) =>
      !ELSEWHERE.has(key) && !TEXT.has(key) && !late.has(key) && readsIn(key, value, jsonata),
  );
}

function readsIn(key: string, value: Json, jsonata: boolean): boolean {
  if (Array.isArray(value)) return value.some((one) => readsIn(key, one, jsonata));
  if (isObject(value)) return Object.entries(value).some(([k, one]) => readsIn(k, one, jsonata));
  if (typeof value !== "string") return false;
  if (jsonata) return STATES_INPUT.test(value) && !WHOLE_INPUT.test(value.trim());
  const path = key === "Variable" || key.endsWith("Path") || key.endsWith(".$");
  return path && PART.test(value);
}
