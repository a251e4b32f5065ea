import { useReactFlow } from "@xyflow/react";
import { type RefObject, useEffect, useLayoutEffect, useRef } from "react";
import type { Layout, PlacedNode } from "./layout";
import { moving } from "./motion";
import { useMoves } from "./view";

export interface FocusControl {
  /** Put the focus on a state, now or when its box is in the page. Who asks later is heard, not who asked before. */
  focus(id: string): void;
  /** The same, when what an event has just led to is drawn. */
  focusSoon(id: string): void;
  /** Bring a state into view, now or when the next layout has a place for it; the focus stays where it is. */
  reveal(id: string): void;
  fit(id: string | null): void;
}

/** Gives the page hold of the canvas: bring a state into view and put the keyboard's focus on it. */
export function CanvasFocus({
  control,
  layout,
}: {
  control: RefObject<FocusControl | null>;
  layout: Layout;
}) {
  const flow = useReactFlow();
  const moves = useMoves();
  // A state that was added just now has no place yet: it gets the focus when the next layout has one.
  const awaited = useRef<string | null>(null);
  // Of the last one who asked for the focus: a box that comes late does not take it from the box asked for after it.
  const turn = useRef(0);
  const hidden = useRef<string | null>(null);
  useLayoutEffect(() => {
    const element = (id: string) =>
      document.querySelector<HTMLElement>(`.react-flow__node [data-id="${CSS.escape(id)}"]`);
    const frame = () => document.querySelector(".canvas")?.getBoundingClientRect();
    const inView = (id: string) => {
      const box = element(id)?.getBoundingClientRect();
      const within = frame();
      return (
        box &&
        within &&
        box.top > within.top + 10 &&
        box.bottom < within.bottom - 10 &&
        box.left > within.left &&
        box.right < within.right
      );
    };
    const placeOf = (id: string) => layout.nodes.find((node) => node.id === id);
    /** A box of a layout that has just come is seen at its place before it is in the page. */
    const isSeen = (box: PlacedNode) => {
      const within = frame();
      const corner = flow.flowToScreenPosition({ x: box.x, y: box.y });
      return (
        within !== undefined &&
        corner.x > within.left - 20 &&
        corner.x < within.right - 60 &&
        corner.y > within.top - 10 &&
        corner.y < within.bottom - 30
      );
    };
    const centre = (box: PlacedNode) =>
      moves(
        flow.setCenter(box.x + box.width / 2, box.y + Math.min(box.height / 2, 120), {
          zoom: flow.getZoom(),
          duration: moving(120),
        }),
      );
    const focus = (id: string) => {
      const mine = ++turn.current;
      const box = placeOf(id);
      awaited.current = box ? null : id;
      if (!box) return;
      if (element(id) ? !inView(id) : !isSeen(box)) centre(box);
      // A box is only in the page once it is drawn and in view.
      const stays = unmoved();
      let tries = 0;
      const put = () => {
        if (mine !== turn.current || !stays()) return;
        const found = element(id);
        if (found) found.focus({ preventScroll: true });
        else if (tries++ < 20) requestAnimationFrame(put);
      };
      put();
    };
    const reveal = (id: string) => {
      const box = placeOf(id);
      hidden.current = box ? null : id;
      if (box && frame() && !isSeen(box)) centre(box);
    };
    control.current = {
      focus,
      focusSoon: (id) => {
        const mine = ++turn.current;
        awaited.current = null;
        const stays = unmoved();
        requestAnimationFrame(() => mine === turn.current && stays() && control.current?.focus(id));
      },
      reveal,
      fit: (id) =>
        moves(
          flow.fitView({
            padding: 0.15,
            duration: moving(200),
            maxZoom: 1.4,
            ...(id === null ? {} : { nodes: [{ id }] }),
          }),
        ),
    };
    // Unless the focus has gone elsewhere meanwhile: then it is not called back from there later.
    if (awaited.current !== null) {
      if (document.activeElement === document.body) focus(awaited.current);
      else if (placeOf(awaited.current)) awaited.current = null;
    }
    if (hidden.current !== null) reveal(hidden.current);
    return () => {
      control.current = null;
    };
  }, [control, flow, layout, moves]);
  useKeptBox(layout);
  return null;
}

/** Whether the focus is where it is now, or nowhere: somebody quick is in a list or a field before a frame has come. */
function unmoved(): () => boolean {
  const from = document.activeElement;
  return () => {
    const here = document.activeElement;
    return here === from || here === document.body;
  };
}

/**
 * The box with the focus may be gone with an edit: renamed, wrapped, undone, drawn as a container. Then the focus goes
 * to the one that Tab would reach, for the next key to work on the graph as the last one did.
 */
function useKeptBox(layout: Layout): void {
  const held = useRef<Element | null>(null);
  useEffect(() => {
    const remember = ({ target }: FocusEvent) => {
      held.current = target instanceof Element ? target.closest(".canvas [data-state]") : null;
    };
    document.addEventListener("focusin", remember);
    return () => document.removeEventListener("focusin", remember);
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another drawing takes a box away; panning culls it
  useEffect(() => {
    let frame = 0;
    let tries = 0;
    const keep = () => {
      if (document.activeElement === document.body && held.current?.isConnected === false) {
        document
          .querySelector<HTMLElement>(".canvas [data-state][tabindex='0']")
          ?.focus({ preventScroll: true });
      } else if (tries++ < 20) frame = requestAnimationFrame(keep);
    };
    keep();
    return () => cancelAnimationFrame(frame);
  }, [layout]);
}

/** The box that has the browser's focus, however it came there. */
export function idOfFocus(event: React.KeyboardEvent): string | null {
  const box = event.target instanceof Element ? event.target.closest("[data-state]") : null;
  return box?.getAttribute("data-id") ?? null;
}
