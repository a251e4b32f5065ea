import Button from "@cloudscape-design/components/button";
import Flashbar, { type FlashbarProps } from "@cloudscape-design/components/flashbar";
import { useEffect } from "react";
import { useLocation, useNavigate } from "react-router";
import { create } from "zustand";
import { messageOf } from "../api/http";
import { t } from "../i18n";

interface Flash {
  readonly id: string;
  readonly type: FlashbarProps.Type;
  readonly content: string;
  /** Where it is to be seen. */
  readonly to?: string;
}
const useFlashes = create<{ items: readonly Flash[] }>(() => ({ items: [] }));
let count = 0;

function add(item: Omit<Flash, "id">): string {
  const id = `f${++count}`;
  useFlashes.setState((s) => ({
    items: [...s.items.filter((other) => other.content !== item.content), { id, ...item }].slice(
      -4,
    ),
  }));
  return id;
}

export function flash(type: FlashbarProps.Type, content: string): void {
  const id = add({ type, content });
  if (type === "success" || type === "info") setTimeout(() => dismiss(id), 6000);
}

/** What went well while somebody was elsewhere: it stays until they have looked at it, or do not want to. */
export function flashLink(content: string, to: string): void {
  add({ type: "success", content, to });
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
  const navigate = useNavigate();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another path is another page
  useEffect(leavePage, [pathname]);
  if (items.length === 0) return null;
  const follow =
    ({ id, to = "" }: Flash) =>
    () => {
      dismiss(id);
      navigate(to);
    };
  return (
    <div className="flashes">
      <Flashbar
        items={items.map((item) => ({
          id: item.id,
          type: item.type,
          content: item.content,
          ...(item.to !== undefined && { action: <Follow to={item.to} onFollow={follow(item)} /> }),
          dismissible: true,
          dismissLabel: t("Dismiss"),
          onDismiss: () => dismiss(item.id),
        }))}
      />
    </div>
  );
}

function Follow({ to, onFollow }: { to: string; onFollow: () => void }) {
  return (
    <Button
      href={to}
      onFollow={(event) => {
        event.preventDefault();
        onFollow();
      }}
    >
      {t("Look at it")}
    </Button>
  );
}
