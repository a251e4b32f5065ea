import { useReactFlow, useStore } from "@xyflow/react";
import { type RefObject, useEffect, useRef } from "react";
import type { Layout } from "./layout";

/**
 * The first view, computed here since React Flow's own `fitView` never fires while culling hides every
 * node: all of it where it can be read so, else the beginning.
 */
export function useFirstView(layout: Layout, wrapper: RefObject<HTMLDivElement | null>): void {
  const flow = useReactFlow();
  const width = useStore((state) => state.width);
  const height = useStore((state) => state.height);
  const done = useRef(false);
  useEffect(() => {
    if (
      done.current ||
      width === 0 ||
      height === 0 ||
      layout.nodes.length === 0 ||
      !wrapper.current
    )
      return;
    done.current = true;
    const across = (width - 60) / layout.width;
    const all = Math.min(across, (height - 60) / layout.height);
    // All of it where that can be read; else as wide as it is, from the top; never so small as to say nothing.
    const zoom = all >= 0.6 ? Math.min(all, 1.25) : Math.max(0.42, Math.min(0.8, across));
    const start = layout.nodes.find((node) => node.kind === "start") ?? layout.nodes[0];
    const wide = layout.width * zoom > width - 59;
    const centre = wide && start ? start.x + start.width / 2 : layout.width / 2;
    const tall = layout.height * zoom > height - 40;
    const y = tall ? 24 : (height - layout.height * zoom) / 2;
    void flow.setViewport({ x: width / 2 - centre * zoom, y, zoom });
  }, [flow, width, height, layout, wrapper]);
}

/** When an edit widens the graph, Start stays where it is on the screen. */
export function useSteadyView(layout: Layout): void {
  const flow = useReactFlow();
  const before = useRef<number | null>(null);
  useEffect(() => {
    const start = layout.nodes.find((node) => node.kind === "start");
    if (!start) return;
    const centre = start.x + start.width / 2;
    if (before.current !== null && before.current !== centre) {
      const view = flow.getViewport();
      void flow.setViewport(
        { ...view, x: view.x + (before.current - centre) * view.zoom },
        { duration: 200 },
      );
    }
    before.current = centre;
  }, [flow, layout]);
}
