/**
 * The language as the designer sees it: loose on purpose. A draft may hold anything, so every field is
 * optional and read through the guards below; the server's validator is the judge of what is right.
 */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

export const STATE_TYPES = [
  "Task",
  "Pass",
  "Choice",
  "Wait",
  "Parallel",
  "Map",
  "Succeed",
  "Fail",
] as const;
export type StateType = (typeof STATE_TYPES)[number];

/** A place in a definition: keys and indices from the root. */
export type Path = readonly (string | number)[];

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isStateType(value: unknown): value is StateType {
  return STATE_TYPES.includes(value as StateType);
}

export function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

export function at(root: Json | undefined, path: Path): Json | undefined {
  let here: Json | undefined = root;
  for (const step of path) {
    if (Array.isArray(here) && typeof step === "number") here = here[step];
    else if (isObject(here) && Object.hasOwn(here, String(step))) here = here[String(step)];
    else return undefined;
  }
  return here;
}

/** RFC 6901, as diagnostics of the server carry it. */
export function toPointer(path: Path): string {
  return path
    .map((step) => `/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`)
    .join("");
}

export function fromPointer(root: Json | undefined, pointer: string): Path {
  const path: (string | number)[] = [];
  for (const raw of pointer.split("/").slice(1)) {
    const step = raw.replaceAll("~1", "/").replaceAll("~0", "~");
    path.push(Array.isArray(at(root, path)) ? Number(step) : step);
  }
  return path;
}

export function startsWith(path: Path, prefix: Path): boolean {
  return prefix.length <= path.length && prefix.every((step, i) => path[i] === step);
}

export function samePath(a: Path, b: Path): boolean {
  return a.length === b.length && startsWith(a, b);
}

/** Where the sub-machines of a state are kept: [] for a state without any. */
export function innerScopes(state: JsonObject): Path[] {
  if (state.Type === "Parallel") {
    return Array.isArray(state.Branches) ? state.Branches.map((_, i) => ["Branches", i]) : [];
  }
  if (state.Type === "Map") {
    const key =
      isObject(state.Iterator) && !isObject(state.ItemProcessor) ? "Iterator" : "ItemProcessor";
    return isObject(state[key]) ? [[key]] : [];
  }
  return [];
}

/** Every state name of the machine, nested ones too: names are unique in the whole machine. */
export function allStateNames(scope: Json | undefined): string[] {
  if (!isObject(scope) || !isObject(scope.States)) return [];
  return Object.entries(scope.States).flatMap(([name, state]) => [
    name,
    ...(isObject(state)
      ? innerScopes(state).flatMap((path) => allStateNames(at(state, path)))
      : []),
  ]);
}
