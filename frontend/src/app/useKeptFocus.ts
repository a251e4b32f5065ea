import { useEffect } from "react";

/** Parts that lead the focus themselves when something in them goes. */
const OWN = ".designer, .canvas, [role=dialog]";
const FOCUSABLE =
  "a[href], button:not([disabled]), input:not([disabled]), select:not([disabled]), [tabindex='0']";

/** Where the focus was: an element, and for each of the elements around it the number of the child it is in. */
type Place = readonly { readonly around: Element; readonly index: number }[];

/**
 * What had the focus may be gone with what it did, such as the row of a thing that was deleted, or have nothing more to
 * do, such as the button that stops what has ended: then the focus goes to its neighbour, not to the beginning of the
 * page, where who uses the keyboard would have to start again.
 */
export function useKeptFocus(): void {
  useEffect(() => {
    let focused: Element | null = null;
    let place: Place = [];
    let path = "";
    const remember = (event: FocusEvent) => {
      focused = event.target instanceof Element ? event.target : null;
      place = focused ? placeOf(focused) : [];
      path = location.pathname;
    };
    const keep = () => {
      if (focused === null) return;
      const gone = !focused.isConnected;
      if (!gone && !focused.matches(":disabled")) return;
      const last = focused;
      focused = null;
      // Another page begins with its heading.
      if (path !== location.pathname || (gone && place.some(({ around }) => around.matches(OWN))))
        return;
      // What is disabled lets go of the focus when the page is next drawn.
      const lost = document.activeElement === document.body || document.activeElement === last;
      if (lost) neighbour(place)?.focus();
    };
    const observer = new MutationObserver(keep);
    observer.observe(document.body, {
      childList: true,
      subtree: true,
      attributeFilter: ["disabled"],
    });
    document.addEventListener("focusin", remember);
    return () => {
      observer.disconnect();
      document.removeEventListener("focusin", remember);
    };
  }, []);
}

function placeOf(element: Element): Place {
  const place: { around: Element; index: number }[] = [];
  let inner = element;
  for (let around = inner.parentElement; around; around = around.parentElement) {
    place.push({ around, index: [...around.children].indexOf(inner) });
    inner = around;
  }
  return place;
}

/** In the closest part that is still there: what has taken its place, or else the last before it. */
function neighbour(place: Place): HTMLElement | null {
  for (const { around, index } of place) {
    if (!around.isConnected) continue;
    const children = [...around.children];
    const near = [...children.slice(index), ...children.slice(0, index).reverse()];
    for (const child of near) {
      const found = child.matches(FOCUSABLE) ? child : child.querySelector(FOCUSABLE);
      if (found instanceof HTMLElement) return found;
    }
  }
  return null;
}
