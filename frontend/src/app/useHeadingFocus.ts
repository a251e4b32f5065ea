import { useEffect, useRef } from "react";
import { useLocation } from "react-router";

/** True once the focus is somewhere: on the heading, or where somebody or a dialog has put it meanwhile. */
function settled(): boolean {
  return document.activeElement !== document.body || focusHeading();
}

/** False where there is no heading yet. */
export function focusHeading(): boolean {
  const heading = document.querySelector("h1");
  if (!heading) return false;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  return true;
}

/**
 * Another page begins with the focus on its heading where it would have it nowhere: what had it, a button of a
 * dialog say, went with the page before. The heading may come later than the address, with the page's data.
 */
export function useHeadingFocus(): void {
  const { pathname } = useLocation();
  const shown = useRef(pathname);
  useEffect(() => {
    if (shown.current === pathname) return;
    shown.current = pathname;
    const observer = new MutationObserver(() => {
      if (settled()) observer.disconnect();
    });
    // A dialog that closes gives the focus back within the frame.
    const frame = requestAnimationFrame(() => {
      if (!settled()) observer.observe(document.body, { childList: true, subtree: true });
    });
    return () => {
      cancelAnimationFrame(frame);
      observer.disconnect();
    };
  }, [pathname]);
}
