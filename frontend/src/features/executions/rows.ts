import { defaultRangeExtractor, useVirtualizer, type Virtualizer } from "@tanstack/react-virtual";
import { type RefObject, useEffect, useRef, useState } from "react";

export interface Rows {
  readonly frame: RefObject<HTMLDivElement | null>;
  readonly virtual: Virtualizer<HTMLDivElement, Element>;
  /** What the button of a row needs: of all rows one is a stop of Tab. */
  readonly stop: (index: number) => {
    readonly "data-row": number;
    readonly tabIndex: 0 | -1;
    readonly onFocus: () => void;
  };
  readonly keys: (event: React.KeyboardEvent) => void;
}

const FAR = 10;

/**
 * A long list of rows of which only those in view are in the page. To the keyboard it is one stop: arrows, Page Up
 * and Down, Home and End go on inside it, past rows that have nothing to press.
 */
export function useRows(
  count: number,
  height: number,
  pressable: (index: number) => boolean = () => true,
): Rows {
  const frame = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(0);
  const asked = useRef(false);
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => frame.current,
    estimateSize: () => height,
    overscan: 12,
    // Scrolled out of view it stays in the page: the focus is in it.
    rangeExtractor: (range) => {
      const shown = defaultRangeExtractor(range);
      if (active >= count || shown.includes(active)) return shown;
      return [...shown, active].sort((a, b) => a - b);
    },
  });
  const nearest = (from: number, by: 1 | -1): number | null => {
    for (let at = from; at >= 0 && at < count; at += by) if (pressable(at)) return at;
    return null;
  };
  const tabStop = active < count && pressable(active) ? active : (nearest(0, 1) ?? 0);
  const go = (to: number, by: 1 | -1) => {
    const within = Math.max(0, Math.min(to, count - 1));
    const next = nearest(within, by) ?? nearest(within, by === 1 ? -1 : 1);
    if (next === null) return;
    asked.current = true;
    virtual.scrollToIndex(next);
    setActive(next);
  };
  useEffect(() => {
    if (!asked.current) return;
    asked.current = false;
    frame.current?.querySelector<HTMLElement>(`[data-row="${active}"]`)?.focus();
  });
  const keys = (event: React.KeyboardEvent) => {
    const moves: Record<string, () => void> = {
      ArrowDown: () => go(tabStop + 1, 1),
      ArrowUp: () => go(tabStop - 1, -1),
      PageDown: () => go(tabStop + FAR, 1),
      PageUp: () => go(tabStop - FAR, -1),
      Home: () => go(0, 1),
      End: () => go(count - 1, -1),
    };
    const move = moves[event.key];
    if (!move || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    move();
  };
  const stop = (index: number) => ({
    "data-row": index,
    tabIndex: index === tabStop ? (0 as const) : (-1 as const),
    onFocus: () => setActive(index),
  });
  return { frame, virtual, stop, keys };
}
