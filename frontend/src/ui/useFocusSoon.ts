import { type RefObject, useEffect, useRef } from "react";

/** A dialog takes the focus to its close button when it opens; this brings it to where one types. */
export function useFocusSoon<T extends { focus(): void }>(): RefObject<T | null> {
  const ref = useRef<T>(null);
  useEffect(() => {
    const timer = setTimeout(() => ref.current?.focus(), 60);
    return () => clearTimeout(timer);
  }, []);
  return ref;
}
