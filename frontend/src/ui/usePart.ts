import { startTransition, useEffect, useRef, useState } from "react";
import { getSession } from "../api/client";
import { reach } from "../api/reach";

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

export interface Wanted<T> {
  /** The part, once it is there. */
  readonly there: T | null;
  /** Fetches it once more; null as long as that has not failed. */
  readonly again: (() => void) | null;
}

/** How long somebody waits without being told, at most. */
const UNTOLD_MS = 3000;

/**
 * The part, once it is wanted and there. Not by Suspense, which would hold back what comes for 300 ms; and what keeps a
 * wanted part away, a network that is gone for a second, does not take away what stands around it. It is fetched when
 * the server can be reached again, and once more where it can be all along; only when that fails, too, is it told.
 */
export function usePart<T>(of: Part<T>, wanted: boolean): Wanted<T> {
  const [found, setFound] = useState<{ readonly part: T } | null>(null);
  const [failed, setFailed] = useState<"untold" | "told" | null>(null);
  const there = found?.part ?? (wanted ? of.now() : null);
  const missing = wanted && there === null && failed === null;
  const retried = useRef(false);
  useEffect(() => {
    if (!missing) return;
    let live = true;
    of.load().then(
      (loaded) => live && startTransition(() => setFound({ part: loaded })),
      () => live && setFailed(retried.current ? "told" : "untold"),
    );
    return () => {
      live = false;
    };
  }, [of, missing]);
  const away = failed !== null;
  useEffect(() => {
    if (!away) return;
    let live = true;
    const retry = () => live && setFailed(null);
    const tell = () => live && setFailed("told");
    const unsubscribe = reach.subscribe((now, before) => {
      if (now.reached && !before.reached) retry();
    });
    window.addEventListener("online", retry);
    const timer = setTimeout(tell, UNTOLD_MS);
    // No request may have noticed yet that the server is away; the banner that says so asks on.
    void getSession()
      .catch(() => undefined)
      .then(() => {
        if (retried.current || !reach.getState().reached) return tell();
        retried.current = true;
        retry();
      });
    return () => {
      live = false;
      clearTimeout(timer);
      unsubscribe();
      window.removeEventListener("online", retry);
    };
  }, [away]);
  const again = wanted && there === null && failed === "told" ? () => setFailed(null) : null;
  return { there, again };
}
