import { useEffect, useMemo, useState } from "react";
import { useStore } from "zustand";
import { fold } from "../../asl/fold";
import type { GraphScope } from "../../asl/graph";
import { layouter } from "../../canvas/elk";
import type { Layout } from "../../canvas/layout";
import { useLayout } from "../../canvas/useLayout";
import { onceShown, useOnceDrawn } from "../../ui/drawn";
import { whenIdle } from "../../ui/idle";
import type { EditingSession } from "./useEditingSession";

export interface Picture {
  readonly graph: GraphScope | null;
  /** The graph with its folded containers as one box. */
  readonly shown: GraphScope | null;
  readonly layout: Layout | null;
  readonly error: string | null;
  /** Whether the layout is that of the graph; else another one is being worked out. */
  readonly current: boolean;
  /** Whether what was done last has yet to be seen. */
  readonly awaited: boolean;
  /** Whether the first picture has been seen, or there is none. */
  readonly drawn: boolean;
  /** Whether what stands around the graph may come: after it, or while it is awaited; never between somebody and it. */
  readonly due: boolean;
}

/** The graph of the document and where its boxes stand. */
export function usePicture({ designer, later }: EditingSession): Picture {
  const graph = useStore(designer, (s) => s.graph);
  const folded = useStore(designer, (s) => s.folded);
  const shown = useMemo(() => graph && fold(graph, folded), [graph, folded]);
  const { layout, error, current } = useLayout(shown);
  const awaited = useStore(designer, (s) => s.valid && s.parsed?.text !== s.text) || !current;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new layout is a picture to be waited for
  useEffect(() => (current ? onceShown(later.catchUp) : undefined), [later, layout, current]);
  const drawn = useOnceDrawn(layout !== null || error !== null || graph === null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, with what was drawn first
  useEffect(() => {
    if (drawn && shown)
      whenIdle(
        () =>
          void layouter()
            .practise(shown)
            .catch(() => undefined),
      );
  }, [drawn]);
  const [awaitedFirst] = useState(layout === null);
  return { graph, shown, layout, error, current, awaited, drawn, due: drawn || awaitedFirst };
}

/**
 * What is drawn with a layout stays with it: while another one is worked out the canvas has nothing to do, and
 * what an edit has chosen is not asked for before it has a place.
 */
export function useTogether<T extends object>(value: T, current: boolean): T {
  const [held, setHeld] = useState(value);
  const same = Object.entries(value).every(([name, part]) => held[name as keyof T] === part);
  if (current && !same) setHeld(value);
  return current ? value : held;
}
