const missing = new WeakSet<object>();

/** Vite tells of every part of the page that the server no longer has, then throws the same error. */
export function watchForGoneParts(): void {
  window.addEventListener("vite:preloadError", (event) => missing.add(event.payload));
}

export function isGonePart(error: unknown): boolean {
  return typeof error === "object" && error !== null && missing.has(error);
}
