import { useEffect, useMemo, useState } from "react";
import type { GraphScope } from "../asl/graph";
import { layouter } from "./elk";
import type { Layout } from "./layout";

interface Finished {
  readonly graph: GraphScope | null;
  readonly layout: Layout | null;
  readonly error: string | null;
}
const NOTHING: Finished = { graph: null, layout: null, error: null };

/**
 * The latest finished layout; the one before stays up while a new one is worked out, and `current` is false as
 * long. What has been laid out before is there at once.
 */
export function useLayout(graph: GraphScope | null): {
  layout: Layout | null;
  error: string | null;
  current: boolean;
} {
  const [finished, setFinished] = useState(NOTHING);
  const known = useMemo(() => graph && layouter().known(graph), [graph]);
  if (known && finished.layout !== known) setFinished({ graph, layout: known, error: null });
  useEffect(() => {
    if (graph === null || known) return;
    let live = true;
    layouter()
      .layout(graph)
      .then(
        (layout) => live && setFinished({ graph, layout, error: null }),
        (error: unknown) => live && setFinished((old) => ({ ...old, graph, error: String(error) })),
      );
    return () => {
      live = false;
    };
  }, [graph, known]);
  // Also while this is drawn for the first time: who asks what it opens with is told of what is known.
  const { layout, error } = known ? { layout: known, error: null } : finished;
  return { layout, error, current: known !== null || finished.graph === graph };
}
