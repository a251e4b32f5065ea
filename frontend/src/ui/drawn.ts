import { startTransition, useEffect, useState } from "react";

/** Calls back when the browser has shown what stands on the page by now; what it returns calls it off. */
export function afterDrawing(work: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const frame = requestAnimationFrame(() => {
    timer = setTimeout(work);
  });
  return () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  };
}

/**
 * Calls back when the browser has shown what stands on the page and has nothing else to do: what is heavy and not
 * urgent leaves the processor to the picture. What it returns calls it off.
 */
export function onceShown(work: () => void): () => void {
  if (!("requestIdleCallback" in window)) return afterDrawing(work);
  let idle: number | undefined;
  const cancel = afterDrawing(() => {
    idle = requestIdleCallback(work, { timeout: LONGEST_WAIT_MS });
  });
  return () => {
    cancel();
    if (idle !== undefined) cancelIdleCallback(idle);
  };
}

const LONGEST_WAIT_MS = 100;

/** True some time after `ready`, when that has been shown: for what is better late than in the way. */
export function useOnceDrawn(ready: boolean): boolean {
  const [drawn, setDrawn] = useState(false);
  useEffect(() => {
    if (!ready || drawn) return;
    return afterDrawing(() => startTransition(() => setDrawn(true)));
  }, [ready, drawn]);
  return drawn;
}
