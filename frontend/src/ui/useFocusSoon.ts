import { type RefObject, useEffect, useRef } from "react";

/**
 * A dialog takes the focus to its close button in the effects of its opening; right after them this brings it to
 * where one types.
 */
export function useFocusSoon<T extends { focus(): void }>(wanted = true): RefObject<T | null> {
  const ref = useRef<T>(null);
  useEffect(() => {
    if (!wanted) return;
    const timer = setTimeout(() => ref.current?.focus());
    return () => clearTimeout(timer);
  }, [wanted]);
  return ref;
}
