import { applyEdit, type Edit, EditRefused, type StateRef } from "../../asl/edits";
import type { Json } from "../../asl/model";
import { readersAfter } from "../../asl/readers";
import type { Wrapping } from "../../asl/wrapping";
import { t } from "../../i18n";
import type { Designer } from "./store";
import type { Question } from "./useEditing";

const MOST_NAMES = 3;

function listed(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES).join(", ");
  return names.length > MOST_NAMES ? `${shown} …` : shown;
}

function canBe(root: Json, edit: Edit): boolean {
  try {
    applyEdit(root, edit);
    return true;
  } catch (error) {
    if (error instanceof EditRefused) return false;
    throw error;
  }
}

/**
 * Wrap states in a container. Its result is a list: when a later state reads parts of what they handed on until now,
 * its paths would break without a word, so somebody is asked first, and offered what keeps them working.
 */
export function wrapStates(
  designer: Designer,
  ask: (question: Question) => void,
  wrapped: { states: readonly StateRef[]; how: Wrapping; at: { x: number; y: number } },
): void {
  const { states, how } = wrapped;
  const list: Edit = { type: "wrap", states, how, result: "list" };
  const root = designer.getState().parsed?.value;
  const readers = root !== undefined && canBe(root, list) ? readersAfter(root, states) : [];
  if (readers.length === 0) return void designer.edit(list);
  const names = listed(readers);
  const keep =
    how === "parallel"
      ? [
          {
            id: "first",
            title: t("Hand on what its first branch results in"),
            description: t("What comes after works on as it is"),
          },
        ]
      : [];
  ask({
    title: t("The result becomes a list, and {names} would not find in it what it reads", {
      names,
    }),
    at: wrapped.at,
    choices: [
      ...keep,
      {
        id: "list",
        title: t("Hand on the list"),
        description: t("The paths of {names} are for you to change", { names }),
      },
      { id: "leave", title: t("Do not wrap"), description: t("Nothing is changed") },
    ],
    answer: (id) => {
      if (id === "leave") return designer.say(t("Nothing is changed"));
      if (id === "first") return void designer.edit({ ...list, result: "first" });
      if (designer.edit(list)) {
        designer.say(t("It hands on a list now: change the paths of {names}, or undo", { names }));
      }
    },
  });
}
