import { startTransition, useEffect, useState } from "react";

type Panels = typeof import("./panels");
let loaded: Panels | null = null;

/** The panels around the graph, once they are wanted and there. What keeps them away is thrown: the page tells of it. */
export function usePanels(wanted: boolean): Panels | null {
  const [panels, setPanels] = useState(loaded);
  const [failure, setFailure] = useState<{ readonly error: unknown } | null>(null);
  if (failure) throw failure.error;
  useEffect(() => {
    if (!wanted || panels !== null) return;
    let live = true;
    loadPanels().then(
      (found) => live && startTransition(() => setPanels(found)),
      (error: unknown) => live && setFailure({ error }),
    );
    return () => {
      live = false;
    };
  }, [wanted, panels]);
  return wanted ? panels : null;
}

export async function loadPanels(): Promise<Panels> {
  loaded = await import("./panels");
  return loaded;
}
