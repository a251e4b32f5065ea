import { createStore } from "zustand";
import type { Designer, DesignerState } from "./store";

const PANELS = ".inspector-frame, .split-side";
/** The longest that the panels stay behind, when no layout comes. */
const LATEST_MS = 400;

export interface Later {
  /** The same document, for the panels around the graph. */
  readonly designer: Designer;
  /** Brings them up to date, at once. */
  catchUp(): void;
  start(): () => void;
}

/**
 * An edit of the graph is seen on the canvas first: forms and code, which cost more to draw than the graph, show it
 * when the graph has. Whoever turns to them finds them up to date, and what is typed in them never waits.
 */
export function newLater(designer: Designer): Later {
  const store = createStore<DesignerState>(() => designer.getState());
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = () => {
    clearTimeout(timer);
    timer = undefined;
    say(false);
  };
  const catchUp = () => {
    stop();
    if (store.getState() !== designer.getState()) store.setState(designer.getState(), true);
  };
  const follow = (now: DesignerState, before: DesignerState) => {
    if (
      timer === undefined &&
      now.graph !== before.graph &&
      !isIn(document.activeElement, PANELS)
    ) {
      timer = setTimeout(catchUp, LATEST_MS);
      say(true);
    }
    if (timer === undefined) catchUp();
  };
  const turned = (event: Event) => {
    if (timer !== undefined && isIn(event.target, PANELS)) catchUp();
  };
  return {
    designer: { ...designer, ...store },
    catchUp,
    start() {
      const unsubscribe = designer.subscribe(follow);
      for (const kind of TURNS) window.addEventListener(kind, turned, true);
      catchUp();
      return () => {
        stop();
        unsubscribe();
        for (const kind of TURNS) window.removeEventListener(kind, turned, true);
      };
    },
  };
}

/** Whether the panels are behind (`aria-busy`). Written past React, which would draw them for it. */
function say(busy: boolean): void {
  for (const panel of document.querySelectorAll(PANELS))
    panel.setAttribute("aria-busy", String(busy));
}

const TURNS = ["focusin", "pointerdown", "keydown", "paste", "beforeinput"] as const;

function isIn(target: EventTarget | null, selector: string): boolean {
  return target instanceof Element && target.closest(selector) !== null;
}
