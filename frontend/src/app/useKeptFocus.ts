import { useEffect } from "react";
import { focusHeading } from "./useHeadingFocus";

/** They lead the focus themselves: to what has come of a box or of a choice, which is drawn later. */
const OWN = ".canvas, .picker";
/** The bar that is on top of every page. */
const FRAME = "#top";
const DIALOG = "[role=dialog]";
const FOCUSABLE = [
  "a[href]",
  "button:not([disabled])",
  "input:not([disabled])",
  "select:not([disabled])",
  "textarea:not([disabled])",
  "[tabindex='0']",
]
  .map((one) => `${one}:not([tabindex='-1'])`)
  .join(", ");

/** What had the focus, and for each of the elements around it the number of the child it is in. */
interface Place {
  readonly element: Element;
  readonly path: string;
  readonly ways: readonly { readonly around: Element; readonly index: number }[];
}

/**
 * What had the focus may be gone with what it did, such as the row of a thing that was deleted, or have nothing more to
 * do, such as the button that stops what has ended: then the focus goes to its neighbour, not to the beginning of the
 * page, where who uses the keyboard would have to start again. From a dialog that is gone it goes back to what had
 * opened it, or to that one's neighbour.
 */
export function useKeptFocus(): void {
  useEffect(() => {
    let last: Place | null = null;
    let opener: Place | null = null;
    const remember = ({ target }: FocusEvent) => {
      last = target instanceof Element ? placeOf(target) : null;
      if (last && !last.element.closest(DIALOG)) opener = last;
    };
    // Who presses on nothing has left it, and reads on.
    const leave = ({ target }: PointerEvent) => {
      if (!(target instanceof Node && last?.element.contains(target))) last = null;
    };
    const keep = () => {
      if (last === null || stands(last.element)) return;
      const lost = [document.body, last.element].some((one) => one === document.activeElement);
      const from = isIn(last, DIALOG, "gone") && !isIn(last, OWN) ? opener : last;
      last = null;
      // Another page begins with its heading.
      if (!lost || from === null || from.path !== location.pathname) return;
      if (stands(from.element)) return focus(from.element);
      if (isIn(from, OWN)) return;
      const next = neighbour(from);
      if (next) focus(next);
      else focusHeading();
    };
    const observer = new MutationObserver(keep);
    observer.observe(document.body, {
      childList: true,
      subtree: true,
      attributeFilter: ["disabled"],
    });
    document.addEventListener("focusin", remember);
    document.addEventListener("pointerdown", leave, { capture: true });
    return () => {
      observer.disconnect();
      document.removeEventListener("pointerdown", leave, { capture: true });
      document.removeEventListener("focusin", remember);
    };
  }, []);
}

/** What is disabled lets go of the focus when the page is next drawn. */
function stands(element: Element): boolean {
  return element.isConnected && !element.matches(":disabled");
}

function focus(element: Element): void {
  if (element instanceof HTMLElement || element instanceof SVGElement) element.focus();
}

function placeOf(element: Element): Place {
  const ways: { around: Element; index: number }[] = [];
  let inner = element;
  for (let around = inner.parentElement; around; around = around.parentElement) {
    ways.push({ around, index: [...around.children].indexOf(inner) });
    inner = around;
  }
  return { element, path: location.pathname, ways };
}

function isIn({ ways }: Place, part: string, how?: "gone"): boolean {
  const found = ways.find(({ around }) => around.matches(part));
  return found !== undefined && !(how === "gone" && found.around.isConnected);
}

/**
 * In the closest part that is still there: what has taken its place, or else the last before it. Where all of the page
 * is gone with it, what stands there now is another page.
 */
function neighbour({ ways }: Place): Element | null {
  for (const { around, index } of ways) {
    if (!around.isConnected) continue;
    if (around.contains(document.querySelector(FRAME))) return null;
    const children = [...around.children];
    const near = [...children.slice(index), ...children.slice(0, index).reverse()];
    for (const child of near) {
      const found = [child, ...child.querySelectorAll(FOCUSABLE)].find(
        (one) => one.matches(FOCUSABLE) && one.checkVisibility(),
      );
      if (found) return found;
    }
  }
  return null;
}
