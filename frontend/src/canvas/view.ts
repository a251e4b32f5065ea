import { useReactFlow, useStore, useStoreApi, type Viewport } from "@xyflow/react";
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef } from "react";
import type { Layout } from "./layout";
import { moving } from "./motion";

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** As long as a view takes to its place, and a box to its own (canvas.css). */
const MOVE_MS = 200;
const LONGEST_MOVE_MS = 1000;

/** A thousand states in a row, or beside each other, fit into a window. */
export const LEAST_ZOOM = 0.005;
const READABLE = 0.6;
/** From farther away names are not drawn (`.far` in canvas.css). */
export const FAR = 0.35;

/**
 * The first view: all of it where it can be read so; else as wide as it is, from the top, as long as names are
 * drawn. What is wider still would be cut in any case: then Start and what is around it, to be read.
 */
export function firstView(layout: Layout, { width, height }: Size): Viewport {
  const across = acrossAt(layout, width);
  const all = Math.min(across, (height - 60) / layout.height);
  const wholly = across >= FAR ? Math.min(0.8, across) : READABLE;
  const zoom = all >= READABLE ? Math.min(all, 1.25) : wholly;
  const wide = layout.width * zoom > width - 59;
  // Start is at 0.
  const centre = wide ? 0 : layout.x + layout.width / 2;
  const tall = layout.height * zoom > height - 40;
  const y = tall ? 24 : (height - layout.height * zoom) / 2;
  return { x: width / 2 - centre * zoom, y, zoom };
}

const acrossAt = (layout: Layout, width: number) => (width - 60) / layout.width;

/** Whether not even the first view shows all that is beside each other. */
export function isCut(layout: Layout, { width }: Size): boolean {
  return acrossAt(layout, width) < FAR;
}

/**
 * Where the canvas had no size when it was made, as behind a tab of a narrow window, the first view comes with
 * its size. React Flow's own `fitView` never fires while culling hides every node.
 */
export function useLateView(layout: Layout, from: Size): void {
  const flow = useReactFlow();
  const width = useStore((state) => state.width);
  const height = useStore((state) => state.height);
  const done = useRef(from.width > 0 && from.height > 0);
  useEffect(() => {
    if (done.current || width === 0 || height === 0) return;
    done.current = true;
    void flow.setViewport(firstView(layout, { width, height }));
  }, [flow, width, height, layout]);
}

const holds = new WeakMap<Element, number>();

/**
 * Says on the canvas (`aria-busy`) that its boxes are about to move or on their way, until the last one who says so
 * lets go. Written past React, since all boxes would be gone through for it.
 */
function hold(canvas: Element): () => void {
  const add = (n: number) => {
    const held = (holds.get(canvas) ?? 0) + n;
    holds.set(canvas, held);
    canvas.setAttribute("aria-busy", String(held > 0));
  };
  let holding = true;
  add(1);
  return () => {
    if (holding) add(-1);
    holding = false;
  };
}

/** The boxes move while another layout is being worked out, and when one has just come. */
export function useBusy(
  canvas: RefObject<HTMLElement | null>,
  layout: Layout,
  awaited: boolean,
): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new layout is a movement
  useLayoutEffect(() => {
    const element = canvas.current;
    if (!element) return;
    const release = hold(element);
    if (awaited) return release;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const rest = () =>
      void Promise.allSettled(tweens(element).map((one) => one.finished)).then(release);
    // The boxes get their places after this commit, and set out for them with the frame.
    const frame = requestAnimationFrame(() => {
      timer = setTimeout(rest, moving(MOVE_MS));
    });
    return () => {
      release();
      cancelAnimationFrame(frame);
      clearTimeout(timer);
    };
  }, [canvas, layout, awaited]);
}

/** What moves the view moves the boxes, too. What somebody interrupts by hand never tells that it has ended. */
export function useMoves(): (move: Promise<unknown>) => void {
  const store = useStoreApi();
  return useCallback(
    (move) => {
      const canvas = store.getState().domNode?.closest(".canvas");
      if (!canvas) return;
      const release = hold(canvas);
      setTimeout(release, LONGEST_MOVE_MS);
      void move.then(release, release);
    },
    [store],
  );
}

/** Boxes on their way; rings and flashes are no movement. */
function tweens(canvas: HTMLElement): Animation[] {
  return canvas
    .getAnimations({ subtree: true })
    .filter((one) => one instanceof CSSTransition && one.transitionProperty === "transform");
}
