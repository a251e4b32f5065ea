import { type ReactNode, useState } from "react";
import type { ClipboardHandlers } from "../../canvas/GraphCanvas";
import { t } from "../../i18n";
import { TabBar } from "../../ui/TabBar";
import { Palette } from "./Palette";
import type { PaletteItem } from "./palette";

const TABS = [
  ["blocks", t("Blocks")],
  ["outline", t("Outline")],
] as const;

/** What can be added, and what is there. */
export function LeftPane(props: {
  items: readonly PaletteItem[];
  onPick: (item: PaletteItem) => void;
  outline: ReactNode;
  clipboard: ClipboardHandlers;
}) {
  const [tab, setTab] = useState<(typeof TABS)[number][0]>("blocks");
  return (
    <div className="left-pane">
      <TabBar label={t("Blocks and outline")} tabs={TABS} active={tab} onChange={setTab} />
      {tab === "blocks" ? (
        <Palette items={props.items} onPick={props.onPick} />
      ) : (
        <div className="outline-frame" {...props.clipboard}>
          {props.outline}
        </div>
      )}
    </div>
  );
}
