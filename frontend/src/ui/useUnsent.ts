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
 * again. What it begins with is not kept: that may be another by then. The third of what it returns lets it go: it has
 * been sent. Without a `key` nothing is kept.
 */
export function useUnsent<T>(
  key: string | null,
  initial: T | (() => T),
): readonly [T, Dispatch<SetStateAction<T>>, () => void] {
  const [first] = useState<T>(initial);
  const [value, setValue] = useState<T>(() =>
    key !== null && unsent.has(key) ? (unsent.get(key) as T) : first,
  );
  const sent = useRef(false);
  useEffect(() => {
    if (key === null || sent.current) return;
    if (value === first) unsent.delete(key);
    else unsent.set(key, value);
  }, [key, value, first]);
  const forget = useCallback(() => {
    sent.current = true;
    if (key !== null) unsent.delete(key);
  }, [key]);
  return [value, setValue, forget];
}
