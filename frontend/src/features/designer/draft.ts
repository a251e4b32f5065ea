import { createStore, type StoreApi } from "zustand";
import { createRevision, deleteDraft, getMachine, putDraft } from "../../api/client";
import { messageOf, Problem } from "../../api/http";
import type { Machine, Revision } from "../../api/types";
import { t } from "../../i18n";
import { flashError } from "../../ui/flash";
import { forget, keep, type Opening } from "./kept";
import {
  type Head,
  headOf,
  isSame,
  meet,
  type Place,
  shownOf,
  type Text,
  type Theirs,
} from "./meeting";
import type { Designer } from "./store";

/**
 * Where an edit goes: into this browser at once, to the server a moment later, and into a revision when
 * asked. Every write says what it replaces, so that two editors meet in a dialog and never overwrite.
 */
export interface Side extends Text {
  readonly title: string;
}
export interface Conflict {
  readonly kind: "draft" | "gone" | "revision" | "local";
  readonly mine: Side;
  readonly theirs: Side & Theirs;
}
export type SaveState = "saved" | "unsaved" | "saving" | "offline" | "refused";
export interface DraftState extends Place {
  readonly state: SaveState;
  readonly conflict: Conflict | null;
  /** The latest revision that is known. */
  readonly head: Head;
}

const AUTOSAVE_MS = 1200;
const AGAIN_MS = 5000;
/** How often a revision is tried again that only met what it was made from. */
const TRIES = 3;
/** Of the texts whose answers were lost, one of the first is the likeliest to have come, and the last ones are remembered too. */
const FIRST = 3;
const LAST = 3;

export interface Drafts extends StoreApi<DraftState> {
  start(): () => void;
  saveRevision(comment: string): Promise<Revision | null>;
  settle(take: "mine" | "theirs"): void;
  discard(): Promise<void>;
}

/** An answer that the next try will not change: only another text, or another person. */
const isRefusal = (error: unknown): error is Problem =>
  error instanceof Problem &&
  error.status >= 400 &&
  error.status < 500 &&
  ![408, 412, 425, 429].includes(error.status);
const isStale = (error: unknown): error is Problem =>
  error instanceof Problem && error.status === 412;

export function newDrafts(machine: Machine, designer: Designer, begun: Opening): Drafts {
  const { id } = machine;
  const store = createStore<DraftState>(() => ({
    ...begun.at,
    state: begun.unsent ? "unsaved" : "saved",
    conflict: begun.theirs && {
      kind: "local",
      mine: { text: begun.text, format: begun.format, title: t("Kept in this browser") },
      theirs: { ...begun.theirs, title: t("On the server") },
    },
    head: headOf(machine),
  }));
  const { getState, setState } = store;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let writing: Promise<unknown> = Promise.resolve();
  let stopped = false;
  /** What the server has said that it has, and the text here was made from. */
  let had: Text | null = begun.unsent ? null : { text: begun.text, format: begun.format };
  /** What was sent, and of which no answer tells whether it has come. */
  let sent: readonly Text[] = begun.unsent ? begun.made : [];
  /** Whether the last revision may have been saved, though no answer said so. */
  let isInDoubt = false;
  /** Whoever signs in again, or may write again, need not edit for it. */
  let isBarred = false;

  /** One write after the other: each says what it replaces, and what that is by then the one before it tells. */
  const inTurn = <T>(write: () => Promise<T>): Promise<T> => {
    const turn = writing.then(write, write);
    writing = turn;
    // Whoever waits for it hears of a failure.
    turn.catch(() => undefined);
    return turn;
  };

  const now = (): Text => {
    const { text, format } = designer.getState();
    return { text, format };
  };
  const made = (): Text[] => (had ? [had, ...sent] : [...sent]);

  /** Whether the server has what is here, and cannot have anything else of it. */
  const isThere = () => {
    const there = had;
    return there !== null && [now(), ...sent].every((one) => isSame(one, there));
  };

  const keepHere = () => {
    if (!keep(id, now(), getState(), made()))
      designer.say(t("This browser's storage is full: edits are kept on the server only"));
    if (isThere()) forget(id, now());
  };

  const sending = (text: Text) => {
    const others = sent.filter((one) => !isSame(one, text));
    sent = [...others.slice(0, FIRST), ...others.slice(FIRST).slice(1 - LAST), text];
    keepHere();
  };

  /** The server has it; what has been edited meanwhile is yet to go there. */
  const arrived = (text: Text, change: Partial<DraftState>) => {
    had = text;
    sent = [];
    clearTimeout(timer);
    setState({ ...change, state: isThere() ? "saved" : "unsaved" });
    keepHere();
    if (!isThere()) later(AUTOSAVE_MS);
  };

  /** Answers whether the write may be tried again: what it met was its own, or what it was made from. */
  const goOn = async (
    writes: "draft" | "revision",
    mine: Text,
    author?: string | null,
  ): Promise<boolean> => {
    const found = await getMachine(id);
    const head = headOf(found);
    const at = getState();
    const met = meet(found, at, [...made(), mine], writes);
    isInDoubt = false;
    if (met.theirs === null) {
      setState({ ...met.place, head, state: "unsaved" });
      keepHere();
      return true;
    }
    const { theirs } = met;
    const kind = theirs.draft ? "draft" : theirs.base === at.base ? "gone" : "revision";
    setState({
      state: "unsaved",
      head,
      conflict: {
        kind,
        mine: { ...now(), title: t("Yours") },
        theirs: { ...theirs, title: titleOf(theirs, author) },
      },
    });
    return false;
  };

  const send = async () => {
    if (getState().conflict || getState().state === "saved") return;
    const text = now();
    try {
      if (isInDoubt && !(await goOn("draft", text))) return;
      const { base, saves } = getState();
      setState({ state: "saving" });
      sending(text);
      const draft = await putDraft(id, { ...text, base_revision: base }, saves);
      arrived(text, { saves: draft.saves });
    } catch (error) {
      await unsent(error, text).catch((again: unknown) => unsent(again, text));
    }
  };

  const unsent = async (error: unknown, text: Text) => {
    if (isStale(error)) {
      if (await goOn("draft", text)) later(0);
    } else if (isRefusal(error)) {
      isBarred = error.status === 401 || error.status === 403;
      setState({ state: "refused" });
      flashError(new Error(whyRefused(error)));
    } else {
      setState({ state: "offline" });
      later(AGAIN_MS);
    }
  };

  const later = (ms: number) => {
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(() => void inTurn(send), ms);
  };

  const revise = async (text: Text, comment: string, tries = TRIES): Promise<Revision | null> => {
    // The draft before it has met another one: which of the two is meant is asked first.
    if (getState().conflict) return null;
    const { base, saves } = getState();
    try {
      sending(text);
      const body = { definition: text.text, format: text.format, comment, draft: saves };
      const revision = await createRevision(id, body, base);
      arrived(text, {
        base: revision.number,
        saves: null,
        head: { ...text, number: revision.number },
      });
      return revision;
    } catch (error) {
      if (!isStale(error) || tries === 1) {
        isInDoubt = !isRefusal(error);
        throw error;
      }
      const theirs = error.body.theirs as { author?: string | null } | null | undefined;
      await goOn("revision", text, theirs?.author);
      return revise(text, comment, tries - 1);
    }
  };

  const throwAway = async ({ number, ...text }: Head) => {
    // An earlier draft, of which no answer tells, would come back.
    if ((sent.length > 0 || isInDoubt) && !(await goOn("draft", text))) return;
    const { saves } = getState();
    try {
      sending(text);
      if (saves !== null) await deleteDraft(id, saves);
    } catch (error) {
      if (isStale(error)) return void (await goOn("draft", text));
      // What is gone already need not be thrown away.
      if (!(error instanceof Problem && error.code === "DraftDoesNotExist")) throw error;
    }
    arrived(text, { base: number, saves: null });
  };

  /** Who has gone on elsewhere and comes back sees how it is by now, where nothing that is only here is lost by it. */
  const lookAnew = async () => {
    const before = now();
    const isAtRest = () =>
      !stopped && getState().state === "saved" && !getState().conflict && isSame(now(), before);
    if (!isAtRest()) return;
    const found = await getMachine(id).catch(() => null);
    if (!found || !isAtRest()) return;
    const { text, format, base, saves } = shownOf(found);
    had = { text, format };
    sent = [];
    setState({ base, saves, head: headOf(found) });
    if (isSame(had, before)) return;
    designer.replace(text, format);
    designer.say(
      t("Edited elsewhere meanwhile, and shown as it is now: Undo brings back the old one"),
    );
  };

  const isAwaitingLeave = () => getState().state === "refused" && isBarred;
  const edited = () => {
    clearTimeout(timer);
    setState({ state: isThere() ? "saved" : "unsaved" });
    keepHere();
    if (!isThere()) later(AUTOSAVE_MS);
  };
  const online = () => (getState().state === "saved" ? void inTurn(lookAnew) : later(0));
  const back = () => {
    if (document.visibilityState !== "visible") return;
    if (isAwaitingLeave()) later(0);
    else void inTurn(lookAnew);
  };

  return {
    ...store,
    start() {
      stopped = false;
      if (getState().state !== "saved") later(AUTOSAVE_MS);
      const unsubscribe = designer.subscribe((after, before) => {
        if (!isSame(after, before)) edited();
      });
      window.addEventListener("online", online);
      window.addEventListener("focus", back);
      document.addEventListener("visibilitychange", back);
      return () => {
        stopped = true;
        clearTimeout(timer);
        unsubscribe();
        window.removeEventListener("online", online);
        window.removeEventListener("focus", back);
        document.removeEventListener("visibilitychange", back);
        // What is not sent yet is sent on the way out; this browser has it anyway.
        if (getState().state === "unsaved") void inTurn(send);
      };
    },
    saveRevision(comment) {
      clearTimeout(timer);
      const saved = inTurn(() => revise(now(), comment));
      saved.catch(() => getState().state === "saved" || later(AUTOSAVE_MS));
      return saved;
    },
    settle(take) {
      const { conflict, base } = getState();
      if (!conflict) return;
      const { text, format, saves, draft, base: number } = conflict.theirs;
      // Over a revision that is theirs, a draft of one's own is still there.
      had = draft || saves === null ? { text, format } : null;
      sent = [];
      // Mine takes the place of a revision that has been looked at; under a draft that was, there may be another one.
      setState({ conflict: null, saves, base: take === "mine" && draft ? base : number });
      if (take === "theirs") designer.replace(text, format);
      edited();
      later(0);
    },
    discard() {
      const { head } = getState();
      // At once: what is edited from now on is not thrown away with it.
      designer.replace(head.text, head.format);
      return inTurn(() => throwAway(head));
    },
  };
}

function titleOf(theirs: Theirs, author: string | null | undefined): string {
  if (theirs.draft) {
    const by = theirs.draft.author;
    return by ? t("Saved elsewhere by {author}", { author: by }) : t("Saved elsewhere");
  }
  const n = theirs.base;
  return author ? t("Revision {n} by {author}", { n, author }) : t("Revision {n}", { n });
}

/** What happened, and what to do. */
function whyRefused(problem: Problem): string {
  return problem.status === 401
    ? t(
        "You are signed out. Your edits are kept in this browser and sent when you have signed in, in another window say.",
      )
    : t(
        "The draft is not kept on the server. {reason} It is kept in this browser, and tried again with your next edit.",
        { reason: messageOf(problem) },
      );
}
