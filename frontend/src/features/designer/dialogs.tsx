import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input, { type InputProps } from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { type Message, t } from "../../i18n";
import { Compare } from "../../ui/Code";
import { Dialog } from "../../ui/dialogs";
import { Refusal } from "../../ui/Refusal";
import { useFocusSoon } from "../../ui/useFocusSoon";
import { COMMANDS } from "./commands";
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

const WALKING: readonly [string, Message][] = [
  ["↑ ↓", "along the lines"],
  ["← →", "to neighbours"],
  ["Shift+↑ ↓ ← →", "choose more on the way"],
  ["[ ]", "out of a container, into it"],
  ["Esc", "back to the graph"],
  ["Ctrl+] Ctrl+[", "indent the code, and back"],
];

export function KeysDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title={t("Keys")} onClose={onClose} closeLabel={t("Close")}>
      <table className="keys">
        <tbody>
          {WALKING.map(([keys, what]) => (
            <tr key={keys}>
              <th scope="row">
                <kbd>{keys}</kbd>
              </th>
              <td>{t(what)}</td>
            </tr>
          ))}
          {COMMANDS.filter((command) => command.keys.length > 0).map((command) => (
            <tr key={command.id}>
              <th scope="row">
                <kbd>{command.keys[0]}</kbd>
              </th>
              <td>{t(command.title)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Dialog>
  );
}
