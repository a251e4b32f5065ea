import Input from "@cloudscape-design/components/input";
import { memo, useState } from "react";
import { dragStore } from "../../canvas/drag";
import { t } from "../../i18n";
import { TabBar } from "../../ui/TabBar";
import { matching, type PaletteGroup, type PaletteItem, sdkItem } from "./palette";
import { useSdkActions } from "./resources";

const GROUPS: readonly (readonly [PaletteGroup, string])[] = [
  ["Flow", t("Flow")],
  ["Tasks", t("Tasks")],
  ["Patterns", t("Patterns")],
];

/** Blocks to drag onto a line, or to click: a click puts one behind the chosen state. */
export const Palette = memo(function Palette({
  items,
  onPick,
}: {
  items: readonly PaletteItem[];
  onPick: (item: PaletteItem) => void;
}) {
  const [group, setGroup] = useState<PaletteGroup>("Flow");
  const [search, setSearch] = useState("");
  const actions = useSdkActions(search);
  const shown = search
    ? [...matching(items, search), ...actions.map(sdkItem)]
    : items.filter((item) => item.group === group);
  return (
    <nav className="palette" aria-label={t("Blocks")}>
      <div className="palette-find">
        <Input
          type="search"
          clearAriaLabel={t("Clear")}
          value={search}
          placeholder={t("Find a block")}
          ariaLabel={t("Find a block")}
          onChange={(e) => setSearch(e.detail.value)}
        />
        {search === "" && (
          <TabBar
            label={t("Kind of block")}
            className="tab-bar narrow"
            tabs={GROUPS}
            active={group}
            onChange={setGroup}
          />
        )}
      </div>
      <ul className="palette-items">
        {shown.map((item) => (
          <li key={item.id}>
            <Block item={item} onPick={onPick} />
          </li>
        ))}
        {shown.length === 0 && <li className="palette-none">{t("Nothing has such a name")}</li>}
      </ul>
    </nav>
  );
});

const DRAG_AFTER_PX = 5;

function Block({ item, onPick }: { item: PaletteItem; onPick: (item: PaletteItem) => void }) {
  const begin = (event: React.PointerEvent<HTMLButtonElement>) => {
    if (event.button !== 0) return;
    const from = { x: event.clientX, y: event.clientY };
    let dragging = false;
    const move = (e: PointerEvent) => {
      if (!dragging && Math.hypot(e.clientX - from.x, e.clientY - from.y) < DRAG_AFTER_PX) return;
      dragging = true;
      dragStore.setState({ item, x: e.clientX, y: e.clientY, dropped: false });
    };
    const end = (e: PointerEvent) => {
      window.removeEventListener("pointermove", move);
      window.removeEventListener("pointerup", end);
      window.removeEventListener("pointercancel", end);
      if (!dragging) return;
      // A click follows the drop; it must not add the block a second time.
      const swallow = (click: MouseEvent) => click.stopPropagation();
      window.addEventListener("click", swallow, { capture: true, once: true });
      setTimeout(() => window.removeEventListener("click", swallow, { capture: true }), 0);
      if (e.type === "pointerup") dragStore.setState({ x: e.clientX, y: e.clientY, dropped: true });
      else dragStore.setState({ item: null, dropped: false });
    };
    window.addEventListener("pointermove", move);
    window.addEventListener("pointerup", end);
    window.addEventListener("pointercancel", end);
  };
  return (
    <button
      type="button"
      className={`palette-item type-${item.type}`}
      data-block={item.id}
      title={item.description}
      onPointerDown={begin}
      onClick={() => onPick(item)}
    >
      <b>{item.title}</b>
      <span>{item.description}</span>
    </button>
  );
}

/** What hangs at the pointer while a block is dragged. */
export function DragGhost({ item, x, y }: { item: PaletteItem; x: number; y: number }) {
  return (
    <div
      className={`palette-item ghost type-${item.type}`}
      style={{ transform: `translate(${x + 8}px, ${y + 8}px)` }}
      aria-hidden="true"
    >
      <b>{item.title}</b>
    </div>
  );
}
