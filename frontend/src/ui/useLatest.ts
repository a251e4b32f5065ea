import { useCallback, useLayoutEffect, useRef } from "react";

/** The same function for as long as the component lives, for parts that are memoised; it does what the latest one does. */
export function useLatest<A extends unknown[], R>(work: (...args: A) => R): (...args: A) => R {
  const latest = useRef(work);
  useLayoutEffect(() => {
    latest.current = work;
  });
  return useCallback((...args: A) => latest.current(...args), []);
}
