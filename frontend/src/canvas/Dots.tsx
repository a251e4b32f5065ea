import { useStoreApi } from "@xyflow/react";
import { useEffect, useRef } from "react";

const GAP = 16;
const LEAST_ZOOM = 0.3;

/**
 * The dots behind the graph. Written past React and moved by one gap at most, as a layer of its own: while the graph is
 * dragged nothing is drawn anew, where a pattern that moves with it would be painted in each frame.
 */
export function Dots() {
  const dots = useRef<HTMLDivElement>(null);
  const flow = useStoreApi();
  useEffect(() => {
    let drawn = 0;
    const follow = () => {
      const element = dots.current;
      if (!element) return;
      const [x, y, zoom] = flow.getState().transform;
      const gap = GAP * zoom;
      if (zoom !== drawn) {
        drawn = zoom;
        element.style.setProperty("--gap", `${gap}px`);
        // From afar they would be a grey mist.
        element.hidden = zoom < LEAST_ZOOM;
      }
      element.style.transform = `translate(${modulo(x, gap)}px, ${modulo(y, gap)}px)`;
    };
    follow();
    return flow.subscribe(follow);
  }, [flow]);
  return <div ref={dots} className="canvas-dots" aria-hidden="true" />;
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
