import { type RefObject, useEffect, useRef } from "react";

/**
 * Where one types in a dialog that opens. The dialog takes the focus to its close button, and in the same moment this
 * takes it on: by a timer it would come after what has been typed meanwhile, and that would be lost.
 */
export function useFirstFocus<T extends { focus(): void }>(wanted = true): RefObject<T | null> {
  const ref = useRef<T>(null);
  useEffect(() => {
    if (!wanted) return;
    const lead = ({ target }: FocusEvent) => {
      if (!(target instanceof Element) || target.closest("[role=dialog]") === null) return;
      stop();
      ref.current?.focus();
    };
    const stop = () => document.removeEventListener("focusin", lead);
    document.addEventListener("focusin", lead);
    return stop;
  }, [wanted]);
  return ref;
}
