import { useReactFlow, useStoreApi } from "@xyflow/react";
import { useEffect, useRef } from "react";
import { useStore } from "zustand";
import type { Layout } from "../../canvas/layout";
import { moving } from "../../canvas/motion";
import type { LiveRun } from "./live";

/** Keeps what runs in view, until the user has moved the picture once. */
export function Follow({ run, layout }: { run: LiveRun; layout: Layout }) {
  const flow = useReactFlow();
  const store = useStoreApi();
  const n = useStore(run, (s) => s.n);
  const running = useStore(run, (s) => s.status === "RUNNING");
  const own = useRef(false);
  const moved = useRef(false);
  useEffect(() => {
    const pane = store.getState().domNode;
    // The wheel and a press on the pane are the user's; the moves made below are not.
    const note = () => {
      moved.current = true;
    };
    pane?.addEventListener("wheel", note, { passive: true });
    pane?.addEventListener("pointerdown", note);
    return () => {
      pane?.removeEventListener("wheel", note);
      pane?.removeEventListener("pointerdown", note);
    };
  }, [store]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: visits change in place, `n` says when
  useEffect(() => {
    if (!running || moved.current || own.current) return;
    const visit = run.statuses.visits.findLast(
      (v) => v.open && v.stateType !== "Map" && v.stateType !== "Parallel",
    );
    const box = visit && layout.nodes.find((node) => node.node?.name === visit.state);
    if (!box) return;
    const { width, height } = store.getState();
    const { x, y, zoom } = flow.getViewport();
    const left = x + box.x * zoom;
    const top = y + box.y * zoom;
    const inView =
      left > 0 && top > 0 && left + box.width * zoom < width && top + box.height * zoom < height;
    if (inView) return;
    own.current = true;
    void flow
      .setCenter(box.x + box.width / 2, box.y + box.height / 2, { zoom, duration: moving(300) })
      .finally(() => {
        own.current = false;
      });
  }, [n, running, flow, layout, run, store]);
  return null;
}
