import Button from "@cloudscape-design/components/button";
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator, {
  type StatusIndicatorProps,
} from "@cloudscape-design/components/status-indicator";
import { memo } from "react";
import { useNavigate } from "react-router";
import { useStore } from "zustand";
import { bundleUrl, exportUrl, pictureUrl } from "../../api/client";
import type { Machine } from "../../api/types";
import { toMermaid } from "../../asl/mermaid";
import { printText } from "../../asl/patch";
import { t } from "../../i18n";
import { download } from "../../ui/download";
import { flashError } from "../../ui/flash";
import type { Drafts, SaveState } from "./draft";
import type { Designer } from "./store";

const WORDS: Record<SaveState, [StatusIndicatorProps.Type, string]> = {
  saved: ["success", t("Draft kept")],
  unsaved: ["pending", t("Not kept on the server yet")],
  saving: ["in-progress", t("Keeping the draft")],
  offline: ["warning", t("Kept in this browser only")],
  refused: ["error", t("Kept in this browser only")],
};

export const Toolbar = memo(function Toolbar(props: {
  machine: Machine;
  designer: Designer;
  drafts: Drafts;
  changed: boolean;
  onOpen: (dialog: "save" | "keys") => void;
  /** With problems it shows these. */
  onRun: () => void;
  onConvert: () => void;
}) {
  const { machine, designer, drafts, changed } = props;
  const navigate = useNavigate();
  const canUndo = useStore(designer, (s) => s.canUndo);
  const canRedo = useStore(designer, (s) => s.canRedo);
  const state = useStore(drafts, (s) => s.state);
  const base = useStore(drafts, (s) => s.base);
  const [type, words] =
    changed || state !== "saved"
      ? WORDS[state]
      : (["success", t("Revision {n}", { n: base })] as const);
  const exportDraft = (kind: string) => {
    const { text, format, parsed, graph, valid } = designer.getState();
    if (!parsed || !graph || !valid)
      return designer.say(t("The text has a mistake: mend it before it is exported"));
    if (kind === "mermaid") return download(`${machine.name}.mmd`, toMermaid(graph));
    const same = kind === format ? text : printText(parsed.value, kind as "json" | "yaml");
    download(
      `${machine.name}.asl.${kind}`,
      same,
      kind === "json" ? "application/json" : "text/yaml",
    );
  };
  const more = (id: string) => {
    if (id === "keys") props.onOpen("keys");
    else if (id === "convert") props.onConvert();
    else if (id === "discard") void drafts.discard().catch(flashError);
    else if (id.startsWith("draft-")) exportDraft(id.slice("draft-".length));
    else if (id === "bundle") location.assign(bundleUrl(machine.id));
    else if (id === "json" || id === "yaml") location.assign(exportUrl(machine.id, id));
    else if (id === "svg" || id === "png")
      window.open(pictureUrl(machine.id, id), "_blank", "noopener");
  };
  return (
    <div className="toolbar">
      <div className="toolbar-name">
        <Button
          variant="icon"
          iconName="arrow-left"
          ariaLabel={t("Back to {name}", { name: machine.name })}
          href={`/machines/${machine.id}`}
          onFollow={(e) => {
            e.preventDefault();
            navigate(`/machines/${machine.id}`);
          }}
        />
        <h1 title={machine.name}>{machine.name}</h1>
        <span className="save-state">
          <StatusIndicator type={type}>{words}</StatusIndicator>
        </span>
      </div>
      <SpaceBetween direction="horizontal" size="xs">
        <Button
          variant="icon"
          iconName="undo"
          ariaLabel={t("Undo")}
          disabled={!canUndo}
          disabledReason={t("There is nothing to undo")}
          onClick={designer.undo}
        />
        <Button
          variant="icon"
          iconName="redo"
          ariaLabel={t("Redo")}
          disabled={!canRedo}
          disabledReason={t("There is nothing to redo")}
          onClick={designer.redo}
        />
        <ButtonDropdown
          variant="icon"
          ariaLabel={t("More")}
          expandToViewport
          onItemClick={(e) => more(e.detail.id)}
          items={[
            { id: "keys", text: t("Keys") },
            { id: "convert", text: t("Convert all states to JSONata…") },
            { id: "discard", text: t("Throw the draft away"), disabled: !changed },
            {
              text: t("Export revision {base}", { base }),
              items: [
                { id: "json", text: "JSON" },
                { id: "yaml", text: "YAML" },
                { id: "bundle", text: t("Bundle with all revisions") },
                { id: "svg", text: t("Picture (SVG)") },
                { id: "png", text: t("Picture (PNG)") },
              ],
            },
            {
              text: t("Export the draft"),
              items: [
                { id: "draft-json", text: "JSON" },
                { id: "draft-yaml", text: "YAML" },
                { id: "draft-mermaid", text: "Mermaid" },
              ],
            },
          ]}
        />
        <Button
          onClick={() => props.onOpen("save")}
          disabled={!changed}
          disabledReason={t("Nothing has changed since revision {n}", { n: base })}
        >
          {t("Save")}
        </Button>
        <Button variant="primary" iconName="caret-right-filled" onClick={props.onRun}>
          {t("Run")}
        </Button>
      </SpaceBetween>
    </div>
  );
});
