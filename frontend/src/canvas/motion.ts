const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** How long a movement takes, in milliseconds: no time at all for who wants things to keep still. */
export function moving(ms: number): number {
  return calm() ? 0 : ms;
}
