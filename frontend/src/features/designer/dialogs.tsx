import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input, { type InputProps } from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useNavigate } from "react-router";
import { listSamples, startExecution } from "../../api/client";
import { messageOf, Problem } from "../../api/http";
import { parseText } from "../../asl/document";
import type { Json } from "../../asl/model";
import { Code, Compare } from "../../ui/Code";
import { Dialog } from "../../ui/dialogs";
import { nameProblem } from "../../ui/names";
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
  const diagnostics = save.error instanceof Problem ? save.error.diagnostics : [];
  return (
    <Dialog
      title="Save as a revision"
      onClose={props.onClose}
      actions={
        <Button variant="primary" loading={save.isPending} onClick={() => save.mutate()}>
          {props.action ?? "Save"}
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
          {save.error && (
            <Alert type="error" header={messageOf(save.error)}>
              {diagnostics.map((d) => (
                <div key={`${d.pointer}${d.message}`}>{d.message}</div>
              ))}
            </Alert>
          )}
          <FormField label="What has changed" description="May be left empty">
            <Input ref={input} value={comment} onChange={(e) => setComment(e.detail.value)} />
          </FormField>
        </SpaceBetween>
      </form>
    </Dialog>
  );
}

const EXPLAIN: Record<Conflict["kind"], string> = {
  draft: "This draft was saved in another window, or by someone else, while you were editing.",
  revision: "A newer revision was saved while you were editing.",
  local:
    "This browser keeps edits that never reached the server, and the server's draft has changed since.",
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
      title="Two versions of this machine"
      size="max"
      // It cannot be waved away: either choice replaces something.
      onClose={() => undefined}
      closeLabel=""
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          <Button onClick={() => onSettle("theirs")}>Take theirs</Button>
          <Button variant="primary" onClick={() => onSettle("mine")}>
            {conflict.kind === "revision" ? "Go on with mine" : "Keep mine"}
          </Button>
        </SpaceBetween>
      }
    >
      <SpaceBetween size="m">
        <Box>
          {EXPLAIN[conflict.kind]} Nothing is overwritten until you choose, and the choice can be
          undone with Ctrl+Z.
        </Box>
        <Compare left={conflict.mine} right={conflict.theirs} format={conflict.mine.format} />
      </SpaceBetween>
    </Dialog>
  );
}

const inputKey = (machine: string) => `treadle:input:${machine}`;

export function StartDialog(props: {
  machine: { id: string; name: string };
  initial?: Json | undefined;
  onClose: () => void;
  before?: () => Promise<boolean>;
  note?: string | null;
}) {
  const navigate = useNavigate();
  const [typed, setInput] = useState(() =>
    props.initial === undefined
      ? localStorage.getItem(inputKey(props.machine.id))
      : JSON.stringify(props.initial, null, 2),
  );
  const samples = useQuery({
    queryKey: ["samples"],
    queryFn: listSamples,
    enabled: typed === null,
    staleTime: Number.POSITIVE_INFINITY,
  });
  // A sample knows an input that it runs with; anything else begins with an empty one.
  const sample = samples.data?.results.find(
    (s) => s.name === props.machine.name || s.title === props.machine.name,
  );
  const input = typed ?? (sample ? JSON.stringify(sample.input, null, 2) : "{}");
  const [name, setName] = useState("");
  const parsed = useMemo(() => parseText(input.trim() === "" ? "{}" : input, "json"), [input]);
  const problems = useMemo(
    () => (parsed.ok ? [] : parsed.problems.map((p) => ({ ...p, severity: "error" as const }))),
    [parsed],
  );
  const start = useMutation({
    mutationFn: async () => {
      if (!parsed.ok) return null;
      if (props.before && !(await props.before())) return null;
      return startExecution(props.machine.id, {
        input: parsed.value,
        ...(name.trim() ? { name: name.trim() } : {}),
      });
    },
    onSuccess: (execution) => {
      if (!execution) return props.onClose();
      localStorage.setItem(inputKey(props.machine.id), input);
      navigate(`/executions/${execution.id}`);
    },
  });
  return (
    <Dialog
      title={`Run ${props.machine.name}`}
      size="large"
      onClose={props.onClose}
      actions={
        <Button
          variant="primary"
          disabled={!parsed.ok || nameProblem(name) !== null}
          loading={start.isPending}
          onClick={() => start.mutate()}
        >
          Start
        </Button>
      }
    >
      {/* biome-ignore lint/a11y/noStaticElementInteractions: a short cut for the Start button, which the keyboard reaches as well */}
      <div
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && parsed.ok)
            start.mutate();
        }}
      >
        <SpaceBetween size="m">
          {props.note && <Alert type="info">{props.note}</Alert>}
          {start.error && <Alert type="error">{messageOf(start.error)}</Alert>}
          <FormField
            label="Input"
            description="Any JSON, up to 256 KiB"
            stretch
            errorText={parsed.ok ? null : parsed.problems[0]?.message}
          >
            <div className="code-frame" style={{ height: 220 }}>
              <Code
                value={input}
                format="json"
                label="Input"
                onChange={setInput}
                problems={problems}
                focus
              />
            </div>
          </FormField>
          <FormField
            label="Name"
            description="Left empty, one is made up"
            errorText={nameProblem(name)}
          >
            <Input value={name} onChange={(e) => setName(e.detail.value)} />
          </FormField>
        </SpaceBetween>
      </div>
    </Dialog>
  );
}

const KEYS: readonly [string, string][] = [
  ["Arrows", "walk: up and down along lines, left and right to neighbours"],
  ["[ and ]", "out of a container, into it"],
  ["Enter / Esc", "to the properties / back to the graph"],
  ["A / Shift+A", "add a state after / before"],
  ["C", "connect to a state from a list"],
  ["F2", "rename"],
  ["Del / Shift+Del", "delete and join the ends / leave the gap"],
  ["Ctrl+D", "duplicate"],
  ["Ctrl+Z / Ctrl+Shift+Z", "undo / redo"],
  ["Ctrl+S / Ctrl+Enter", "save as a revision / run"],
  ["Ctrl+F", "find a state"],
  ["0 / F", "fit all / go to the chosen state"],
  ["F8", "next problem"],
  ["?", "this list"],
];

export function KeysDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keys" onClose={onClose} closeLabel="Close">
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
