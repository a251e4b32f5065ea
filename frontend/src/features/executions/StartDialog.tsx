import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Checkbox from "@cloudscape-design/components/checkbox";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { listInputs, listSamples, startExecution } from "../../api/client";
import { parseText } from "../../asl/document";
import type { Json } from "../../asl/model";
import { count, t } from "../../i18n";
import { Code } from "../../ui/Code";
import { Dialog } from "../../ui/dialogs";
import { Form } from "../../ui/Form";
import { ago } from "../../ui/format";
import { nameProblem } from "../../ui/names";
import { Refusal } from "../../ui/Refusal";
import { useUnsent } from "../../ui/useUnsent";
import { useWrite } from "../../ui/useWrite";
import { hintsOf, inputLabel, type Shape, sampleOf, skeletonOf } from "./inputs";
import { LATEST, type Target, WhatRuns } from "./WhatRuns";

export const inputKey = (machine: string) => `treadle:input:${machine}`;

/** A draft that is not what is saved: it runs only once it is a revision. */
export interface Unsaved {
  /** The revision that runs without it. */
  readonly revision: number;
  /** Saves it; false when that has been refused. */
  readonly save: () => Promise<boolean>;
}

export function StartDialog(props: {
  machine: { id: string; name: string; definition?: string };
  initial?: Json | undefined;
  onClose: () => void;
  unsaved?: Unsaved | null;
  /** Whether the draft is saved unless somebody chooses otherwise. */
  saveFirst?: boolean;
  /** A version or an alias can be chosen in the place of the latest revision. */
  published?: boolean;
}) {
  const { unsaved = null } = props;
  const again = props.initial !== undefined;
  const [typed, setInput, forgetInput] = useUnsent(
    again ? null : `input ${props.machine.id}`,
    () =>
      again
        ? JSON.stringify(props.initial, null, 2)
        : localStorage.getItem(inputKey(props.machine.id)),
  );
  const earlier = useQuery({
    queryKey: ["inputs", props.machine.id],
    queryFn: () => listInputs(props.machine.id),
    staleTime: 0,
  });
  const samples = useQuery({
    queryKey: ["samples"],
    queryFn: listSamples,
    enabled: typed === null,
    staleTime: Number.POSITIVE_INFINITY,
  });
  // A sample knows an input that it runs with; anything else begins with an empty one.
  const sample = sampleOf(samples.data?.results ?? [], props.machine);
  const inputs = earlier.data?.results ?? [];
  const shape = (earlier.data?.shape ?? null) as Shape | null;
  const latest = inputs[0];
  const guess = latest === undefined ? (sample?.input ?? {}) : latest.input;
  const input = typed ?? JSON.stringify(guess, null, 2);
  const show = (value: Json) => setInput(JSON.stringify(value, null, 2));
  const [name, setName] = useState("");
  const [target, setTarget] = useState<Target>(LATEST);
  const [saveFirst, setSaveFirst] = useState(props.saveFirst ?? true);
  const saves = unsaved !== null && saveFirst && target.key === LATEST.key;
  const parsed = useMemo(() => parseText(input.trim() === "" ? "{}" : input, "json"), [input]);
  const problems = useMemo(
    () =>
      parsed.ok
        ? hintsOf(parsed, shape)
        : parsed.problems.map((p) => ({ ...p, severity: "error" as const })),
    [parsed, shape],
  );
  // Who presses Start before the answers are there means the input that they bring.
  const offered = async (): Promise<Json> => {
    const found = earlier.data ?? (await earlier.refetch({ cancelRefetch: false })).data;
    const first = found?.results[0];
    if (first !== undefined) return first.input as Json;
    const known = samples.data ?? (await samples.refetch({ cancelRefetch: false })).data;
    return (sampleOf(known?.results ?? [], props.machine)?.input ?? {}) as Json;
  };
  const start = useWrite({
    mutationFn: async () => {
      if (!parsed.ok) return null;
      const value = typed === null ? await offered() : parsed.value;
      if (unsaved && saves && !(await unsaved.save())) return null;
      return startExecution(props.machine.id, {
        input: value,
        ...(name.trim() ? { name: name.trim() } : {}),
        ...target.body,
      });
    },
    onSuccess: (execution) => {
      if (!execution) return;
      forgetInput();
      localStorage.setItem(inputKey(props.machine.id), input);
    },
    leads: (execution) =>
      execution && {
        to: `/executions/${execution.id}`,
        told: t("An execution of {name} has started", { name: props.machine.name }),
      },
    closes: (execution) => {
      if (!execution) props.onClose();
    },
  });
  const why = parsed.ok ? nameProblem(name) : t("The input is not JSON");
  return (
    <Dialog
      title={t("Run {name}", { name: props.machine.name })}
      size="large"
      onClose={props.onClose}
      actions={
        <Button
          variant="primary"
          disabled={why !== null}
          disabledReason={why ?? ""}
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
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && why === null)
            start.mutate();
        }}
      >
        <SpaceBetween size="m">
          <Refusal error={start.error} />
          {props.published && (
            <WhatRuns machine={props.machine.id} target={target} onChange={setTarget} />
          )}
          {unsaved && target.key === LATEST.key && (
            <Alert type="info">
              <Checkbox checked={saveFirst} onChange={(e) => setSaveFirst(e.detail.checked)}>
                {t("Save the draft as a revision first")}
              </Checkbox>
              {saveFirst
                ? t("What you changed is saved, and that is what runs.")
                : t("Revision {n} runs, as it was saved: without what has been changed since.", {
                    n: unsaved.revision,
                  })}
            </Alert>
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
          {parsed.ok && problems.length > 0 && (
            <Box color="text-status-warning" data-hints={problems.length}>
              {problems
                .slice(0, 3)
                .map((problem) => problem.message)
                .join(" · ")}
            </Box>
          )}
          {inputs.length > 0 && (
            <FormField label={t("Earlier inputs")}>
              <div className="row">
                <div className="wide">
                  <Select
                    selectedOption={null}
                    placeholder={count(
                      inputs.length,
                      "Choose the last one",
                      "Choose one of the last {n}",
                    )}
                    options={inputs.map((one, i) => ({
                      value: String(i),
                      label: inputLabel(one.input as Json),
                      description: `${one.name} · ${ago(one.started_at)}`,
                    }))}
                    onChange={(e) =>
                      show((inputs[Number(e.detail.selectedOption.value)]?.input ?? {}) as Json)
                    }
                  />
                </div>
                {shape && (
                  <Button onClick={() => show(skeletonOf(shape))}>
                    {t("Their fields, without values")}
                  </Button>
                )}
              </div>
            </FormField>
          )}
          <Form why={why} onSend={start.mutate}>
            <FormField
              label={t("Name")}
              description={t("Left empty, one is made up")}
              errorText={nameProblem(name)}
            >
              <Input value={name} onChange={(e) => setName(e.detail.value)} />
            </FormField>
          </Form>
        </SpaceBetween>
      </div>
    </Dialog>
  );
}
