import { useEffect, useState } from "react";
import type { GraphScope } from "../asl/graph";
import { layouter } from "./elk";
import type { Layout } from "./layout";

/** The latest finished layout; the one before stays up while a new one is worked out. */
export function useLayout(graph: GraphScope | null): {
  layout: Layout | null;
  error: string | null;
} {
  const [state, setState] = useState<{ layout: Layout | null; error: string | null }>({
    layout: null,
    error: null,
  });
  useEffect(() => {
    if (graph === null) return;
    let live = true;
    layouter()
      .layout(graph)
      .then(
        (layout) => live && setState({ layout, error: null }),
        (error: unknown) => live && setState((old) => ({ ...old, error: String(error) })),
      );
    return () => {
      live = false;
    };
  }, [graph]);
  return state;
}
