import { t } from "../i18n";
import type { Edit, StateRef } from "./edits";
import { fieldsOf } from "./fields";
import { at, isObject, isStateType, type Json, type Path } from "./model";
import { hasNext, speaksJsonata } from "./surgery";

/** A way out of a problem that can be taken by one click. */
export interface Fix {
  readonly title: string;
  readonly edit: Edit;
}

/** What is likely meant by a problem at a place: found from the definition, not from the message's words. */
export function fixesOf(root: Json, path: Path, code: string): Fix[] {
  const key = path.at(-1);
  const value = at(root, path);
  if (key === "Next" || key === "Default" || key === "StartAt") return targets(root, path, value);
  const isState = path.at(-2) === "States" && isObject(value);
  if (isState) {
    const state: StateRef = { scope: path.slice(0, -2), name: String(key) };
    if (code === "UNREACHABLE_STATE")
      return [
        {
          title: t("Delete {name}", { name: state.name }),
          edit: { type: "delete", states: [state], heal: "heal" },
        },
      ];
    if (hasNext(value.Type) && value.Next === undefined && value.End === undefined)
      return [
        { title: t("End here"), edit: { type: "setField", path: [...path, "End"], value: true } },
        ...others(root, path.slice(0, -2), state.name).map(
          (name): Fix => ({
            title: t("Go on with {name}", { name }),
            edit: { type: "connect", from: state, to: name, how: "next" },
          }),
        ),
      ];
  }
  return foreign(root, path);
}

function others(root: Json, scope: Path, except: string): string[] {
  const states = at(root, [...scope, "States"]);
  const names = Object.keys(isObject(states) ? states : {});
  const here = names.indexOf(except);
  const after = names[here + 1];
  return after === undefined ? [] : [after];
}

function targets(root: Json, path: Path, value: Json | undefined): Fix[] {
  const inside = path.lastIndexOf("States");
  const scope = path.at(-1) === "StartAt" ? path.slice(0, -1) : path.slice(0, inside);
  const states = at(root, [...scope, "States"]);
  const names = Object.keys(isObject(states) ? states : {});
  if (typeof value !== "string" || names.includes(value)) return [];
  // Not the state itself: it would lead to itself for ever.
  const own = path[path.lastIndexOf("States") + 1];
  const near = names
    .filter((name) => name !== own)
    .sort((a, b) => distance(a, value) - distance(b, value))
    .slice(0, 2);
  return [
    ...near.map(
      (name): Fix => ({
        title: t("Change it to {name}", { name }),
        edit: { type: "setField", path, value: name },
      }),
    ),
    ...(value === ""
      ? []
      : [
          {
            title: t("Add a state {name}", { name: value }),
            edit: {
              type: "addToScope",
              scope,
              state: { name: value, value: { Type: "Pass" } },
            },
          } satisfies Fix,
        ]),
  ];
}

/** A field that the state's type, or its query language, does not have. */
function foreign(root: Json, path: Path): Fix[] {
  if (path.at(-3) !== "States") return [];
  const state = at(root, path.slice(0, -1));
  if (!isObject(state) || !isStateType(state.Type)) return [];
  const name = String(path.at(-1));
  const field = fieldsOf(state.Type).find((one) => one.name === name);
  const wrong =
    field === undefined ||
    (field.language && (field.language === "JSONata") !== speaksJsonata(root, state));
  if (!wrong) return [];
  const fixes: Fix[] = [
    { title: t("Remove {name}", { name }), edit: { type: "setField", path, value: undefined } },
  ];
  if (field?.language === "JSONata")
    fixes.push({
      title: t("Write this state in JSONata"),
      edit: { type: "setField", path: [...path.slice(0, -1), "QueryLanguage"], value: "JSONata" },
    });
  return fixes;
}

/** Levenshtein's, over names of a machine: short, and few. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1]?.toLowerCase() === b[j - 1]?.toLowerCase() ? 0 : 1;
      next.push(Math.min((next[j - 1] ?? 0) + 1, (row[j] ?? 0) + 1, (row[j - 1] ?? 0) + same));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
