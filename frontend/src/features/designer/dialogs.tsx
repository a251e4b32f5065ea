import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input, { type InputProps } from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { Machine } from "../../api/types";
import { type Message, t } from "../../i18n";
import { Compare } from "../../ui/Code";
import { Dialog } from "../../ui/dialogs";
import { Form } from "../../ui/Form";
import { Refusal } from "../../ui/Refusal";
import { useFirstFocus } from "../../ui/useFirstFocus";
import { useUnsent } from "../../ui/useUnsent";
import { useWrite } from "../../ui/useWrite";
import { StartDialog, type Unsaved } from "../executions/StartDialog";
import { COMMANDS, type Command } from "./commands";
import type { Conflict } from "./draft";

export type OpenDialog = "save" | "start" | "keys";

/** The dialogs of the designer, of which at most two are open: what somebody asked for, and a conflict. */
export default function Dialogs(props: {
  open: OpenDialog | null;
  machine: Machine;
  unsaved: Unsaved | null;
  conflict: Conflict | null;
  onSave: (comment: string) => Promise<unknown>;
  onSettle: (take: "mine" | "theirs") => void;
  onClose: () => void;
}) {
  const { open, onClose } = props;
  return (
    <>
      {open === "keys" && <KeysDialog onClose={onClose} />}
      {open === "save" && (
        <SaveDialog machine={props.machine.id} onClose={onClose} onSave={props.onSave} />
      )}
      {open === "start" && (
        <StartDialog machine={props.machine} published unsaved={props.unsaved} onClose={onClose} />
      )}
      {props.conflict && <ConflictDialog conflict={props.conflict} onSettle={props.onSettle} />}
    </>
  );
}

function SaveDialog(props: {
  machine: string;
  onSave: (comment: string) => Promise<unknown>;
  onClose: () => void;
}) {
  const [comment, setComment, forget] = useUnsent(`comment ${props.machine}`, "");
  const input = useFirstFocus<InputProps.Ref>();
  const save = useWrite({
    mutationFn: () => props.onSave(comment),
    onSuccess: (saved) => saved && forget(),
    closes: props.onClose,
  });
  return (
    <Dialog
      title={t("Save as a revision")}
      onClose={props.onClose}
      actions={
        <Button variant="primary" loading={save.isPending} onClick={() => save.mutate()}>
          {t("Save")}
        </Button>
      }
    >
      <Form onSend={save.mutate}>
        <SpaceBetween size="m">
          <Refusal error={save.error} />
          <FormField label={t("What has changed")} description={t("May be left empty")}>
            <Input ref={input} value={comment} onChange={(e) => setComment(e.detail.value)} />
          </FormField>
        </SpaceBetween>
      </Form>
    </Dialog>
  );
}

const EXPLAIN: Record<Conflict["kind"], string> = {
  draft: t("This draft was saved in another window, or by someone else, while you were editing."),
  gone: t(
    "This draft was thrown away in another window, or by someone else, while you were editing.",
  ),
  revision: t("A newer revision was saved while you were editing."),
  local: t(
    "This browser keeps edits that never reached the server, and the server's draft has changed since.",
  ),
};

function ConflictDialog({
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

/** What stands together: the keys of walking, then those of the commands by what they work on. */
const GROUPS: readonly [Message, readonly (readonly [string, Message])[]][] = [
  ["On the way", WALKING],
  ["A state", keysOf("state")],
  ["The machine", keysOf("machine")],
  ["The view", keysOf("view")],
];

function keysOf(of: Command["of"]): readonly (readonly [string, Message])[] {
  const found = COMMANDS.filter((command) => command.of === of);
  return found.flatMap(({ keys: [key], title }) => (key === undefined ? [] : [[key, title]]));
}

function KeysDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title={t("Keys")} size="large" onClose={onClose} closeLabel={t("Close")}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: in a low window it scrolls, and arrows must do it */}
      <section className="key-map" tabIndex={0} aria-label={t("Keys")}>
        <div className="key-columns">
          {GROUPS.map(([title, rows]) => (
            <table key={title} className="keys">
              <caption>{t(title)}</caption>
              <tbody>
                {rows.map(([keys, what]) => (
                  <tr key={keys}>
                    <th scope="row">
                      <kbd>{keys}</kbd>
                    </th>
                    <td>{t(what)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          ))}
        </div>
      </section>
    </Dialog>
  );
}
