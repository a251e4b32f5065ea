import { useReactFlow } from "@xyflow/react";
import { type RefObject, useEffect, useLayoutEffect, useRef } from "react";
import type { Layout } from "./layout";
import { moving } from "./motion";

export interface FocusControl {
  focus(id: string): void;
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
  // A state that was added just now has no place yet: it gets the focus when the next layout has one.
  const awaited = useRef<string | null>(null);
  const hidden = useRef<string | null>(null);
  useLayoutEffect(() => {
    const element = (id: string) =>
      document.querySelector<HTMLElement>(`.react-flow__node [data-id="${CSS.escape(id)}"]`);
    const inView = (id: string) => {
      const box = element(id)?.getBoundingClientRect();
      const frame = document.querySelector(".canvas")?.getBoundingClientRect();
      return (
        box &&
        frame &&
        box.top > frame.top + 10 &&
        box.bottom < frame.bottom - 10 &&
        box.left > frame.left &&
        box.right < frame.right
      );
    };
    const focus = (id: string) => {
      const box = layout.nodes.find((node) => node.id === id);
      awaited.current = box ? null : id;
      if (!box) return;
      if (!inView(id)) {
        void flow.setCenter(box.x + box.width / 2, box.y + Math.min(box.height / 2, 120), {
          zoom: flow.getZoom(),
          duration: moving(120),
        });
      }
      // A culled box is only in the page once it is in view.
      let tries = 0;
      const put = () => {
        const found = element(id);
        if (found) found.focus({ preventScroll: true });
        else if (tries++ < 20) requestAnimationFrame(put);
      };
      put();
    };
    const reveal = (id: string) => {
      const box = layout.nodes.find((node) => node.id === id);
      hidden.current = box ? null : id;
      const frame = document.querySelector(".canvas")?.getBoundingClientRect();
      if (!box || !frame) return;
      const corner = flow.flowToScreenPosition({ x: box.x, y: box.y });
      const seen =
        corner.x > frame.left - 20 &&
        corner.x < frame.right - 60 &&
        corner.y > frame.top - 10 &&
        corner.y < frame.bottom - 30;
      if (seen) return;
      const middle = { x: box.x + box.width / 2, y: box.y + Math.min(box.height / 2, 120) };
      void flow.setCenter(middle.x, middle.y, { zoom: flow.getZoom(), duration: moving(120) });
    };
    control.current = {
      focus,
      reveal,
      fit: (id) =>
        void flow.fitView({
          padding: 0.15,
          duration: moving(200),
          maxZoom: 1.4,
          ...(id === null ? {} : { nodes: [{ id }] }),
        }),
    };
    // Unless the focus has gone elsewhere meanwhile.
    if (awaited.current !== null && document.activeElement === document.body)
      focus(awaited.current);
    if (hidden.current !== null) reveal(hidden.current);
    return () => {
      control.current = null;
    };
  }, [control, flow, layout]);
  useKeptBox(layout);
  return null;
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
