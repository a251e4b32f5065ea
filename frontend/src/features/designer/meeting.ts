import type { Draft, Format, Machine } from "../../api/types";

/**
 * What an editor and the server say to each other when they have gone apart: whether the server only has what the
 * editor's text was made from, so that it goes on from there, or somebody else's work, which is asked about.
 */
export interface Text {
  readonly text: string;
  readonly format: Format;
}
/** What a text replaces when it is written: a revision, and the draft over it by its count of saves, if there is one. */
export interface Place {
  readonly base: number;
  readonly saves: number | null;
}
export interface Head extends Text {
  readonly number: number;
}
/** Their text: a draft, or the revision `base` where `draft` is null. `saves` is what is to be replaced either way. */
export interface Theirs extends Text, Place {
  readonly draft: Draft | null;
}

export const isSame = (a: Text, b: Text): boolean => a.text === b.text && a.format === b.format;

export function headOf(machine: Machine): Head {
  return { text: machine.definition, format: machine.format, number: machine.revision };
}

/** What whoever opens the machine is shown. */
export function shownOf(machine: Machine): Theirs {
  const { draft } = machine;
  return draft
    ? { ...draft, base: draft.base_revision, draft }
    : { ...headOf(machine), base: machine.revision, saves: null, draft };
}

/**
 * `at` is where the editor believed to be, `made` what its text was made from or may have been sent to the server before
 * an answer was lost. Answers the place to go on from, or theirs where that is neither.
 *
 * A revision that somebody else has saved keeps a draft from nothing, as long as its draft is there.
 */
export function meet(
  machine: Machine,
  at: Place,
  made: readonly Text[],
  writes: "draft" | "revision",
): { readonly place: Place; readonly theirs: null } | { readonly theirs: Theirs } {
  const isMade = (text: Text) => made.some((one) => isSame(one, text));
  const shown = shownOf(machine);
  const headIsMade = isMade(headOf(machine));
  const moved = machine.revision !== at.base;
  if (shown.draft ? shown.saves !== at.saves && !isMade(shown) : at.saves !== null && !headIsMade)
    return { theirs: shown };
  if (writes === "revision" && moved && !headIsMade)
    return { theirs: { ...shownOf({ ...machine, draft: null }), saves: shown.saves } };
  return {
    place: { base: moved && headIsMade ? machine.revision : at.base, saves: shown.saves },
    theirs: null,
  };
}
