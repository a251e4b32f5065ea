import type { Machine } from "../../api/types";
import { clearLayouts } from "../../canvas/shelf";
import { isSame, meet, type Place, shownOf, type Text, type Theirs } from "./meeting";

/** What this browser keeps of a machine: a text that the server does not have, or has not said that it has. */
interface Kept extends Text {
  readonly base_revision: number;
  readonly saves: number | null;
  /** What it was made from, and what may have reached the server without an answer. */
  readonly made?: readonly Text[];
}

const key = (id: string) => `treadle:draft:${id}`;

function read(id: string): Kept | null {
  try {
    const found = JSON.parse(localStorage.getItem(key(id)) ?? "null") as Kept | null;
    return found && typeof found.text === "string" ? found : null;
  } catch {
    return null;
  }
}

/** False where this browser has no room for it. */
export function keep(id: string, mine: Text, at: Place, made: readonly Text[]): boolean {
  const { text, format } = mine;
  const kept: Kept = { text, format, base_revision: at.base, saves: at.saves };
  const put = (value: Kept) => {
    try {
      localStorage.setItem(key(id), JSON.stringify(value));
      return true;
    } catch {
      return false;
    }
  };
  if (put({ ...kept, made })) return true;
  clearLayouts(localStorage);
  return put({ ...kept, made }) || put(kept);
}

/** The server has `text`: unless another window keeps something else by now, nothing is kept of it. */
export function forget(id: string, text: Text): void {
  const kept = read(id);
  if (kept && isSame(kept, text)) localStorage.removeItem(key(id));
}

/** What the designer opens with, and what has to be settled first if two copies went apart. */
export interface Opening extends Text {
  readonly at: Place;
  /** Whether the server has yet to get it. */
  readonly unsent: boolean;
  readonly made: readonly Text[];
  readonly theirs: Theirs | null;
}

export function opening(machine: Machine): Opening {
  const shown = shownOf(machine);
  const { text, format } = shown;
  const local = read(machine.id);
  if (!local || isSame(local, shown)) {
    forget(machine.id, shown);
    const at = { base: shown.base, saves: shown.saves };
    return { text, format, at, unsent: false, made: [], theirs: null };
  }
  const at = { base: local.base_revision, saves: local.saves };
  const made = [...(local.made ?? []), { text: local.text, format: local.format }];
  const met = meet(machine, at, made, shown.draft ? "draft" : "revision");
  return { ...local, at: met.theirs ? at : met.place, unsent: true, made, theirs: met.theirs };
}
