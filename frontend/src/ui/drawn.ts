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

/** True some time after `ready`, when that has been shown: for what is better late than in the way. */
export function useOnceDrawn(ready: boolean): boolean {
  const [drawn, setDrawn] = useState(false);
  useEffect(() => {
    if (!ready || drawn) return;
    return afterDrawing(() => startTransition(() => setDrawn(true)));
  }, [ready, drawn]);
  return drawn;
}
