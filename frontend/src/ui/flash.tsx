import Flashbar, { type FlashbarProps } from "@cloudscape-design/components/flashbar";
import { useEffect } from "react";
import { useLocation } from "react-router";
import { create } from "zustand";
import { messageOf } from "../api/http";
import { t } from "../i18n";

interface Flash {
  readonly id: string;
  readonly type: FlashbarProps.Type;
  readonly content: string;
}
const useFlashes = create<{ items: readonly Flash[] }>(() => ({ items: [] }));
let count = 0;

export function flash(type: FlashbarProps.Type, content: string): void {
  const id = `f${++count}`;
  useFlashes.setState((s) => ({
    items: [...s.items.filter((item) => item.content !== content), { id, type, content }].slice(-4),
  }));
  if (type === "success" || type === "info") setTimeout(() => dismiss(id), 6000);
}

export function flashError(error: unknown): void {
  flash("error", messageOf(error));
}

function dismiss(id: string): void {
  useFlashes.setState((s) => ({ items: s.items.filter((item) => item.id !== id) }));
}

/** What went wrong on a page goes with it; what went well is told where it leads, and goes by itself. */
function leavePage(): void {
  useFlashes.setState((s) => ({
    items: s.items.filter(({ type }) => type === "success" || type === "info"),
  }));
}

export function Flashes() {
  const items = useFlashes((s) => s.items);
  const { pathname } = useLocation();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another path is another page
  useEffect(leavePage, [pathname]);
  if (items.length === 0) return null;
  return (
    <div className="flashes">
      <Flashbar
        items={items.map((item) => ({
          ...item,
          dismissible: true,
          dismissLabel: t("Dismiss"),
          onDismiss: () => dismiss(item.id),
        }))}
      />
    </div>
  );
}
