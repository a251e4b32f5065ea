import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input, { type InputProps } from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { t } from "../../i18n";
import { Compare } from "../../ui/Code";
import { Dialog } from "../../ui/dialogs";
import { Refusal } from "../../ui/Refusal";
import { useFocusSoon } from "../../ui/useFocusSoon";
import type { Conflict } from "./draft";

export function SaveDialog(props: {
  onSave: (comment: string) => Promise<unknown>;
  onClose: () => void;
  action?: string;
}) {
  const [comment, setComment] = useState("");
  const input = useFocusSoon<InputProps.Ref>();
  const save = useMutation({ mutationFn: () => props.onSave(comment), onSuccess: props.onClose });
  return (
    <Dialog
      title={t("Save as a revision")}
      onClose={props.onClose}
      actions={
        <Button variant="primary" loading={save.isPending} onClick={() => save.mutate()}>
          {props.action ?? t("Save")}
        </Button>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <SpaceBetween size="m">
          <Refusal error={save.error} />
          <FormField label={t("What has changed")} description={t("May be left empty")}>
            <Input ref={input} value={comment} onChange={(e) => setComment(e.detail.value)} />
          </FormField>
        </SpaceBetween>
      </form>
    </Dialog>
  );
}

const EXPLAIN: Record<Conflict["kind"], string> = {
  draft: t("This draft was saved in another window, or by someone else, while you were editing."),
  revision: t("A newer revision was saved while you were editing."),
  local: t(
    "This browser keeps edits that never reached the server, and the server's draft has changed since.",
  ),
};

export function ConflictDialog({
  conflict,
  onSettle,
}: {
  conflict: Conflict;
  onSettle: (take: "mine" | "theirs") => void;
}) {
  return (
    <Dialog
      title={t("Two versions of this machine")}
      size="max"
      // It cannot be waved away: either choice replaces something.
      onClose={() => undefined}
      closeLabel=""
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          <Button onClick={() => onSettle("theirs")}>{t("Take theirs")}</Button>
          <Button variant="primary" onClick={() => onSettle("mine")}>
            {conflict.kind === "revision" ? t("Go on with mine") : t("Keep mine")}
          </Button>
        </SpaceBetween>
      }
    >
      <SpaceBetween size="m">
        <Box>
          {t(
            "{value} Nothing is overwritten until you choose, and the choice can be undone with Ctrl+Z.",
            { value: EXPLAIN[conflict.kind] },
          )}
        </Box>
        <Compare left={conflict.mine} right={conflict.theirs} format={conflict.mine.format} />
      </SpaceBetween>
    </Dialog>
  );
}

const KEYS: readonly [string, string][] = [
  [t("Arrows"), t("walk: up and down along lines, left and right to neighbours")],
  ["[ and ]", t("out of a container, into it")],
  ["Enter / Esc", t("to the properties / back to the graph")],
  ["A / Shift+A", t("add a state after / before")],
  ["C", t("connect to a state from a list")],
  ["F2", t("rename")],
  ["Del / Shift+Del", t("delete and join the ends / leave the gap")],
  ["Ctrl+D", t("duplicate")],
  ["Ctrl+Z / Ctrl+Shift+Z", t("undo / redo")],
  ["Ctrl+S / Ctrl+Enter", t("save as a revision / run")],
  ["Ctrl+F", t("find a state")],
  ["0 / F", t("fit all / go to the chosen state")],
  ["F8", t("next problem")],
  ["?", t("this list")],
];

export function KeysDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title={t("Keys")} onClose={onClose} closeLabel={t("Close")}>
      <table className="keys">
        <tbody>
          {KEYS.map(([keys, what]) => (
            <tr key={keys}>
              <th scope="row">
                <kbd>{keys}</kbd>
              </th>
              <td>{what}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Dialog>
  );
}
