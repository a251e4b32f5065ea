/** When the page has nothing better to do; not at all where a browser cannot tell. */
export function whenIdle(work: () => void): void {
  if ("requestIdleCallback" in window) requestIdleCallback(work, { timeout: 5_000 });
}
