import type { ReactFlowInstance } from "@xyflow/react";
import { type ReactNode, useCallback, useState } from "react";
import type { Layout, Point } from "./layout";

/** Dragging the end of a chosen edge to another state. */
export function useReconnect(
  layout: Layout,
  flow: Pick<ReactFlowInstance, "flowToScreenPosition">,
  onDrop: (edgeId: string, x: number, y: number) => void,
): { begin: (edgeId: string, event: React.PointerEvent) => void; line: ReactNode } {
  const [ends, setEnds] = useState<{ from: Point; to: Point } | null>(null);
  const begin = useCallback(
    (edgeId: string, event: React.PointerEvent) => {
      const first = layout.edges.find((edge) => edge.id === edgeId)?.points[0];
      if (!first) return;
      event.preventDefault();
      event.stopPropagation();
      const from = flow.flowToScreenPosition(first);
      const move = (e: PointerEvent) => setEnds({ from, to: { x: e.clientX, y: e.clientY } });
      const up = (e: PointerEvent) => {
        window.removeEventListener("pointermove", move);
        setEnds(null);
        if (e.type === "pointerup")
          requestAnimationFrame(() => onDrop(edgeId, e.clientX, e.clientY));
      };
      window.addEventListener("pointermove", move);
      window.addEventListener("pointerup", up, { once: true });
      window.addEventListener("pointercancel", up, { once: true });
    },
    [layout, flow, onDrop],
  );
  const line = ends && (
    <svg className="reconnect-line" aria-hidden="true">
      <line x1={ends.from.x} y1={ends.from.y} x2={ends.to.x} y2={ends.to.y} />
    </svg>
  );
  return { begin, line };
}
