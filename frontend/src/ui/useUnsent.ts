import {
  type Dispatch,
  type SetStateAction,
  useCallback,
  useEffect,
  useRef,
  useState,
} from "react";

const unsent = new Map<string, unknown>();

/** For whoever signs out: what one has typed is not for the next one. */
export function forgetUnsent(): void {
  unsent.clear();
}

/**
 * A state of a dialog: what was typed when it was closed without sending, by Escape say, is there when it is opened
 * again. The third of what it returns lets it go: it has been sent. Without a `key` nothing is kept.
 */
export function useUnsent<T>(
  key: string | null,
  initial: T | (() => T),
): readonly [T, Dispatch<SetStateAction<T>>, () => void] {
  const [value, setValue] = useState<T>(() => {
    if (key !== null && unsent.has(key)) return unsent.get(key) as T;
    return initial instanceof Function ? initial() : initial;
  });
  const sent = useRef(false);
  useEffect(() => {
    if (key !== null && !sent.current) unsent.set(key, value);
  }, [key, value]);
  const forget = useCallback(() => {
    sent.current = true;
    if (key !== null) unsent.delete(key);
  }, [key]);
  return [value, setValue, forget];
}
