import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useStore } from "zustand";
import type { GraphNode } from "../../asl/graph";
import type { FocusControl } from "../../canvas/CanvasFocus";
import { type Designer, refId } from "./store";
import { toRef } from "./useEditing";

export type Focusing = ReturnType<typeof useFocusing>;

/** Which states are chosen and which one the keys of the graph are at (`focusId`): they go together. */
export function useFocusing(designer: Designer, nodes: ReadonlyMap<string, GraphNode>) {
  const selection = useStore(designer, (s) => s.selection);
  const selected = useMemo(() => new Set(selection.states.map(refId)), [selection]);
  const [focusId, setFocusId] = useState<string | null>(null);
  const control = useRef<FocusControl | null>(null);
  const select = useCallback(
    (ids: ReadonlySet<string>) => {
      // A chosen container stands for all that is in it.
      const outer = [...ids].filter((id) => ![...ids].some((other) => id.startsWith(`${other}/`)));
      const refs = outer.flatMap((id) => {
        const node = nodes.get(id);
        return node ? [toRef(node)] : [];
      });
      designer.select(refs);
      const last = [...ids].at(-1);
      if (last) setFocusId(last);
    },
    [designer, nodes],
  );
  const focus = useCallback(
    (id: string) => {
      setFocusId(id);
      const node = nodes.get(id);
      if (node) designer.select([toRef(node)]);
      control.current?.focus(id);
    },
    [designer, nodes],
  );
  // What was picked comes later: who has gone on by keys from the picker goes on at it.
  const pickedLate = useRef(false);
  // After an edit the new state is chosen; the roving focus of the keyboard goes with it, in the same drawing.
  const chosenId = selection.states.length === 1 ? [...selected][0] : undefined;
  const [followed, setFollowed] = useState(selection);
  if (followed !== selection) {
    setFollowed(selection);
    if (chosenId !== undefined) setFocusId(chosenId);
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: chosen anew, it is shown anew
  useEffect(() => {
    if (chosenId === undefined) return;
    const onGraph = document.activeElement?.closest(".canvas [data-state], body") !== null;
    if (pickedLate.current && onGraph) control.current?.focus(chosenId);
    else control.current?.reveal(chosenId);
    pickedLate.current = false;
  }, [selection, chosenId]);
  /** A list that is closed gives the focus back to where it was asked for. */
  const giveBack = (opener: Element | null) => {
    if (opener instanceof HTMLElement && opener !== document.body && opener.isConnected)
      opener.focus({ preventScroll: true });
    else if (focusId) control.current?.focus(focusId);
  };
  return {
    selection,
    selected,
    select,
    /** For the canvas: how it is told to put the focus. */
    control,
    focusId,
    setFocusId,
    focus,
    giveBack,
    pickedLate,
  };
}
