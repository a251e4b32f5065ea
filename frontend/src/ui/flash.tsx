import Flashbar, { type FlashbarProps } from "@cloudscape-design/components/flashbar";
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

export function Flashes() {
  const items = useFlashes((s) => s.items);
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
