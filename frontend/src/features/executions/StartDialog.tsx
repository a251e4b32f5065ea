import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useNavigate } from "react-router";
import { getExecution, listExecutions, listSamples, startExecution } from "../../api/client";
import { messageOf } from "../../api/http";
import { parseText } from "../../asl/document";
import type { Json } from "../../asl/model";
import { t } from "../../i18n";
import { Code } from "../../ui/Code";
import { Dialog } from "../../ui/dialogs";
import { nameProblem } from "../../ui/names";
import { earlierInputs, inputLabel, rememberInput } from "./inputs";
import { LATEST, type Target, WhatRuns } from "./WhatRuns";

export const inputKey = (machine: string) => `treadle:input:${machine}`;

/** What the latest run began with: the likeliest thing to begin the next with. */
export async function latestInput(machine: string): Promise<Json | null> {
  const newest = (await listExecutions({ machine })).results[0];
  return newest ? (await getExecution(newest.id)).input : null;
}

export function StartDialog(props: {
  machine: { id: string; name: string };
  initial?: Json | undefined;
  onClose: () => void;
  before?: () => Promise<boolean>;
  note?: string | null;
  /** A version or an alias can be chosen in the place of the latest revision. */
  published?: boolean;
}) {
  const navigate = useNavigate();
  const [typed, setInput] = useState(() =>
    props.initial === undefined
      ? localStorage.getItem(inputKey(props.machine.id))
      : JSON.stringify(props.initial, null, 2),
  );
  const latest = useQuery({
    queryKey: ["latest-input", props.machine.id],
    queryFn: () => latestInput(props.machine.id),
    enabled: typed === null,
    staleTime: 0,
  });
  const [earlier] = useState(() => earlierInputs(props.machine.id));
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
  const guess = latest.data ?? sample?.input ?? {};
  const input = typed ?? JSON.stringify(guess, null, 2);
  const [name, setName] = useState("");
  const [target, setTarget] = useState<Target>(LATEST);
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
        ...target.body,
      });
    },
    onSuccess: (execution) => {
      if (!execution) return props.onClose();
      localStorage.setItem(inputKey(props.machine.id), input);
      rememberInput(props.machine.id, input);
      navigate(`/executions/${execution.id}`);
    },
  });
  return (
    <Dialog
      title={t("Run {name}", { name: props.machine.name })}
      size="large"
      onClose={props.onClose}
      actions={
        <Button
          variant="primary"
          disabled={!parsed.ok || nameProblem(name) !== null}
          loading={start.isPending}
          onClick={() => start.mutate()}
        >
          {t("Start")}
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
          {props.published && (
            <WhatRuns machine={props.machine.id} target={target} onChange={setTarget} />
          )}
          <FormField
            label={t("Input")}
            description={t("Any JSON, up to 256 KiB")}
            stretch
            errorText={parsed.ok ? null : parsed.problems[0]?.message}
          >
            <div className="code-frame" style={{ height: 220 }}>
              <Code
                value={input}
                format="json"
                label={t("Input")}
                onChange={setInput}
                problems={problems}
                focus
              />
            </div>
          </FormField>
          {earlier.length > 0 && (
            <FormField label={t("Earlier inputs")}>
              <Select
                selectedOption={null}
                placeholder={t("Choose one of the last {n}", { n: earlier.length })}
                options={earlier.map((one, i) => ({ value: String(i), label: inputLabel(one) }))}
                onChange={(e) => setInput(earlier[Number(e.detail.selectedOption.value)] ?? "{}")}
              />
            </FormField>
          )}
          <FormField
            label={t("Name")}
            description={t("Left empty, one is made up")}
            errorText={nameProblem(name)}
          >
            <Input value={name} onChange={(e) => setName(e.detail.value)} />
          </FormField>
        </SpaceBetween>
      </div>
    </Dialog>
  );
}
