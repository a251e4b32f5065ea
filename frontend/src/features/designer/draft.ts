import { createStore, type StoreApi } from "zustand";
import { createRevision, deleteDraft, putDraft } from "../../api/client";
import { messageOf, Problem } from "../../api/http";
import type { Draft, Format, Machine, Revision } from "../../api/types";
import { clearLayouts } from "../../canvas/shelf";
import { t } from "../../i18n";
import type { Designer } from "./store";

/**
 * Where an edit goes: into this browser at once, to the server a moment later, and into a revision when
 * asked. Every write says what it replaces, so that two editors meet in a dialog and never overwrite.
 */
export interface Side {
  readonly text: string;
  readonly format: Format;
  readonly title: string;
}
export interface Conflict {
  readonly kind: "draft" | "revision" | "local";
  readonly mine: Side;
  readonly theirs: Side;
  /** What theirs is on the server, once one of the two is taken. */
  readonly saves: number | null;
  readonly base: number;
}
export type SaveState = "saved" | "unsaved" | "saving" | "offline";
export interface DraftState {
  readonly state: SaveState;
  readonly conflict: Conflict | null;
  readonly base: number;
  readonly saves: number | null;
  /** The text of the revision that the draft began from. */
  readonly headText: string;
  readonly headFormat: Format;
}
interface Kept {
  text: string;
  format: Format;
  base_revision: number;
  saves: number | null;
}

const AUTOSAVE_MS = 1200;
const AGAIN_MS = 5000;
const key = (id: string) => `treadle:draft:${id}`;

function kept(id: string): Kept | null {
  try {
    const found = JSON.parse(localStorage.getItem(key(id)) ?? "null") as Kept | null;
    return found && typeof found.text === "string" ? found : null;
  } catch {
    return null;
  }
}

/** What the designer opens with, and what has to be settled first if two copies went apart. */
export function opening(machine: Machine): {
  text: string;
  format: Format;
  unsent: boolean;
  conflict: Conflict | null;
} {
  const server = machine.draft ?? { text: machine.definition, format: machine.format };
  const saves = machine.draft?.saves ?? null;
  const base = machine.draft?.base_revision ?? machine.revision;
  const local = kept(machine.id);
  if (!local || (local.text === server.text && local.format === server.format)) {
    return { text: server.text, format: server.format, unsent: false, conflict: null };
  }
  if (local.saves === saves && local.base_revision === base) {
    return { text: local.text, format: local.format, unsent: true, conflict: null };
  }
  const conflict: Conflict = {
    kind: "local",
    mine: { ...local, title: t("Kept in this browser") },
    theirs: { text: server.text, format: server.format, title: t("On the server") },
    saves,
    base,
  };
  return { text: local.text, format: local.format, unsent: true, conflict };
}

export interface Drafts extends StoreApi<DraftState> {
  start(): () => void;
  saveRevision(comment: string): Promise<Revision | null>;
  settle(take: "mine" | "theirs"): void;
  discard(): Promise<void>;
}

export function newDrafts(
  machine: Machine,
  designer: Designer,
  begun: ReturnType<typeof opening>,
): Drafts {
  const store = createStore<DraftState>(() => ({
    state: begun.unsent ? "unsaved" : "saved",
    conflict: begun.conflict,
    base: machine.draft?.base_revision ?? machine.revision,
    saves: machine.draft?.saves ?? null,
    headText: machine.definition,
    headFormat: machine.format,
  }));
  const { getState, setState } = store;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let writing: Promise<unknown> = Promise.resolve();
  let stopped = false;
  /** Texts that were sent, and of which no answer tells whether they have come. */
  const unanswered = new Set<string>(begun.unsent ? [begun.text] : []);

  /** One write after the other: each says what it replaces, and what that is by then the one before it tells. */
  const inTurn = <T>(write: () => Promise<T>): Promise<T> => {
    const turn = writing.then(write, write);
    writing = turn;
    // Whoever waits for it hears of a failure.
    turn.catch(() => undefined);
    return turn;
  };

  const keep = () => {
    const { text, format } = designer.getState();
    const { base, saves } = getState();
    const kept = JSON.stringify({ text, format, base_revision: base, saves } satisfies Kept);
    const put = () => localStorage.setItem(key(machine.id), kept);
    try {
      put();
    } catch {
      clearLayouts(localStorage);
      try {
        put();
      } catch {
        designer.say(t("This browser's storage is full: edits are kept on the server only"));
      }
    }
  };

  const unchanged = (since: { text: string; format: Format }) => {
    const { text, format } = designer.getState();
    return text === since.text && format === since.format;
  };

  /** The server has all of it, or what has been edited meanwhile is yet to go there. */
  const settled = (same: boolean) => {
    clearTimeout(timer);
    if (same) return localStorage.removeItem(key(machine.id));
    keep();
    later(AUTOSAVE_MS);
  };

  const mine = (): Side => ({ ...designer.getState(), title: t("Yours") });

  const send = async () => {
    if (getState().conflict || getState().state === "saved") return;
    const { text, format } = designer.getState();
    setState({ state: "saving" });
    try {
      const body = { text, format, base_revision: getState().base };
      unanswered.add(text);
      const draft = await putDraft(machine.id, body, getState().saves);
      unanswered.clear();
      const same = unchanged(body);
      setState({ saves: draft.saves, state: same ? "saved" : "unsaved" });
      keep();
      if (!same) later(AUTOSAVE_MS);
    } catch (error) {
      if (error instanceof Problem && error.status === 412) return draftConflict(error);
      setState({ state: "offline" });
      if (error instanceof Problem && error.status >= 400 && error.status < 500)
        designer.say(messageOf(error));
      later(AGAIN_MS);
    }
  };

  const draftConflict = (problem: Problem) => {
    const theirs = problem.body.theirs as Draft | null | undefined;
    if (theirs && unanswered.has(theirs.text) && theirs.base_revision === getState().base) {
      // One's own, whose answer was lost on the way: what has been edited since replaces it.
      unanswered.clear();
      setState({ state: "unsaved", saves: theirs.saves });
      keep();
      return later(0);
    }
    setState({
      state: "unsaved",
      conflict: {
        kind: "draft",
        mine: mine(),
        theirs: {
          text: theirs?.text ?? getState().headText,
          format: theirs?.format ?? getState().headFormat,
          title: theirs
            ? theirs.author
              ? t("Saved elsewhere by {author}", { author: theirs.author })
              : t("Saved elsewhere")
            : t("Saved as a revision elsewhere"),
        },
        saves: theirs?.saves ?? null,
        base: theirs?.base_revision ?? getState().base,
      },
    });
  };

  const later = (ms: number) => {
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(() => void inTurn(send), ms);
  };

  const revise = async (comment: string): Promise<Revision | null> => {
    // The draft before it has met another one: which of the two is meant is asked first.
    if (getState().conflict) return null;
    const { text, format } = designer.getState();
    const saved = (revision: Revision) => {
      const same = unchanged({ text, format });
      setState({
        base: revision.number,
        saves: null,
        headText: text,
        headFormat: format,
        state: same ? "saved" : "unsaved",
      });
      settled(same);
      return revision;
    };
    try {
      const body = { definition: text, format, comment };
      return saved(await createRevision(machine.id, body, getState().base));
    } catch (error) {
      if (!(error instanceof Problem && error.status === 412)) {
        if (getState().state !== "saved") later(AUTOSAVE_MS);
        throw error;
      }
      const theirs = error.body.theirs as Revision | undefined;
      // The same is no conflict: one's own, whose answer was lost on the way.
      if (theirs?.definition === text && theirs.format === format) return saved(theirs);
      setState({
        conflict: {
          kind: "revision",
          mine: mine(),
          theirs: {
            text: theirs?.definition ?? "",
            format: theirs?.format ?? format,
            title: theirs?.author
              ? t("Revision {n} by {author}", { n: theirs.number, author: theirs.author })
              : t("Revision {n}", { n: theirs?.number ?? "" }),
          },
          saves: getState().saves,
          base: theirs?.number ?? getState().base,
        },
      });
      return null;
    }
  };

  return {
    ...store,
    start() {
      stopped = false;
      if (getState().state !== "saved") later(AUTOSAVE_MS);
      const unsubscribe = designer.subscribe((now, before) => {
        if (now.text === before.text && now.format === before.format) return;
        keep();
        setState({ state: "unsaved" });
        later(AUTOSAVE_MS);
      });
      const online = () => later(0);
      window.addEventListener("online", online);
      return () => {
        stopped = true;
        clearTimeout(timer);
        unsubscribe();
        window.removeEventListener("online", online);
        // What is not sent yet is sent on the way out; this browser has it anyway.
        if (getState().state === "unsaved") void inTurn(send);
      };
    },
    saveRevision(comment) {
      clearTimeout(timer);
      return inTurn(() => revise(comment));
    },
    settle(take) {
      const { conflict } = getState();
      if (!conflict) return;
      setState({ conflict: null, saves: conflict.saves, base: conflict.base, state: "unsaved" });
      if (take === "theirs") designer.replace(conflict.theirs.text, conflict.theirs.format);
      keep();
      later(0);
    },
    discard() {
      const { headText: text, headFormat: format } = getState();
      // At once: what is edited from now on is not thrown away with it.
      designer.replace(text, format);
      return inTurn(async () => {
        const { saves } = getState();
        if (saves !== null) await deleteDraft(machine.id, saves);
        const same = unchanged({ text, format });
        setState({ saves: null, state: same ? "saved" : "unsaved" });
        settled(same);
      });
    },
  };
}
