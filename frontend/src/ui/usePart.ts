import { startTransition, useEffect, useState } from "react";

/** Code of its own, which a page fetches when it wants it. */
export interface Part<T> {
  /** What has been fetched by now. */
  readonly now: () => T | null;
  readonly load: () => Promise<T>;
}

export function part<T>(fetchIt: () => Promise<T>): Part<T> {
  let fetched: T | null = null;
  return {
    now: () => fetched,
    load: async () => {
      fetched = await fetchIt();
      return fetched;
    },
  };
}

/**
 * The part, once it is wanted and there. Not by Suspense, which would hold back what comes for 300 ms. What keeps a
 * wanted part away is thrown: the page tells of it.
 */
export function usePart<T>(of: Part<T>, wanted: boolean): T | null {
  const [found, setFound] = useState<{ readonly part: T } | null>(null);
  const [failure, setFailure] = useState<{ readonly error: unknown } | null>(null);
  if (failure) throw failure.error;
  const there = found?.part ?? (wanted ? of.now() : null);
  const missing = wanted && there === null;
  useEffect(() => {
    if (!missing) return;
    let live = true;
    of.load().then(
      (loaded) => live && startTransition(() => setFound({ part: loaded })),
      (error: unknown) => live && setFailure({ error }),
    );
    return () => {
      live = false;
    };
  }, [of, missing]);
  return there;
}
