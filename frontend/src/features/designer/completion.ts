import { createContext, useContext, useMemo } from "react";
import { useStore } from "zustand";
import { type Completion, complete, type World } from "../../asl/complete";
import type { Path } from "../../asl/model";
import type { LastRun } from "./lastRun";
import { type World as Reachable, resourceOf, resourceOptions } from "./resources";
import type { Designer } from "./store";

/** What may be written in a field whose text is a value of the definition at a path. */
export type CompleteField = (text: string, offset: number, path: Path) => Completion | null;

const Completing = createContext<CompleteField>(() => null);
export const CompletionProvider = Completing.Provider;
export const useCompleteField = (): CompleteField => useContext(Completing);

export function useCompletionWorld(
  designer: Designer,
  last: LastRun | null,
  reachable: Reachable,
): World {
  const root = useStore(designer, (s) => s.parsed?.value);
  const options = useMemo(() => resourceOptions(reachable), [reachable]);
  return useMemo(
    () => ({
      root,
      resources: options.map((one) => ({ ...one, value: resourceOf(one.value) })),
      sample: last?.input,
      visits: last?.states ?? {},
    }),
    [root, options, last],
  );
}

export function fieldCompletion(world: World): CompleteField {
  return (text, offset, path) => complete(text, "json", offset, world, path);
}
