import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useStore } from "zustand";
import { listFunctions } from "../../api/client";
import { hasNext, type StateRef } from "../../asl/edits";
import {
  at,
  isObject,
  type Json,
  type JsonObject,
  type Path,
  STATE_TYPES,
  text,
} from "../../asl/model";
import type { Wrapping } from "../../asl/wrapping";
import { t } from "../../i18n";
import { TabBar } from "../../ui/TabBar";
import { ChoiceRules } from "./ChoiceRules";
import { EdgePanel } from "./EdgePanel";
import { ErrorHandling } from "./ErrorHandling";
import {
  AreaField,
  JsonField,
  NumberField,
  PathField,
  StateField,
  SuggestField,
  TextField,
} from "./fields";
import type { Designer } from "./store";

export interface PanelProps {
  readonly designer: Designer;
  readonly reference: StateRef;
  readonly path: Path;
  readonly state: JsonObject;
  readonly set: (key: string, value: Json | undefined) => void;
}

function scopeNames(root: Json | undefined, scope: Path): string[] {
  const states = at(root, [...scope, "States"]);
  return isObject(states) ? Object.keys(states) : [];
}

const TABS = [
  ["general", t("General")],
  ["data", t("Data")],
  ["errors", t("Errors")],
  ["json", "JSON"],
] as const;

export function Inspector({ designer }: { designer: Designer }) {
  const selection = useStore(designer, (s) => s.selection);
  const parsed = useStore(designer, (s) => s.parsed);
  const valid = useStore(designer, (s) => s.valid);
  const [tab, setTab] = useState<(typeof TABS)[number][0]>("general");
  const [only, ...others] = selection.states;
  if (selection.edge !== null) return <EdgePanel designer={designer} edgeId={selection.edge} />;
  if (!only) return <MachinePanel designer={designer} root={parsed?.value} />;
  if (others.length > 0) {
    return (
      <Panel
        title={t("{n} states", { n: selection.states.length })}
        subtitle={t("Chosen together")}
      >
        <Together designer={designer} states={selection.states} />
      </Panel>
    );
  }
  const path = [...only.scope, "States", only.name];
  const state = at(parsed?.value, path);
  if (!isObject(state)) {
    return (
      <Panel title={only.name} subtitle={t("Not an object")}>
        <Box variant="p">{t("This state is not an object: mend it in the code.")}</Box>
      </Panel>
    );
  }
  const set = (key: string, value: Json | undefined) =>
    void designer.edit(
      { type: "setField", path: [...path, key], value },
      `${path.join("/")}/${key}`,
    );
  const props: PanelProps = { designer, reference: only, path, state, set };
  const catches = ["Task", "Map", "Parallel"].includes(String(state.Type));
  const tabs = TABS.filter(([id]) => catches || id !== "errors");
  const shown = catches || tab !== "errors" ? tab : "general";
  const root = parsed?.value;
  return (
    <fieldset className="inspector" disabled={!valid}>
      <Title {...props} />
      <TabBar label={t("Properties")} tabs={tabs} active={shown} onChange={setTab} />
      <div key={`${path.join("/")} ${shown}`} role="tabpanel" aria-label={shown}>
        {shown === "general" && <General {...props} />}
        {shown === "data" && <InputOutput {...props} />}
        {shown === "errors" && <ErrorHandling {...props} names={scopeNames(root, only.scope)} />}
        {shown === "json" && <RawState {...props} />}
      </div>
    </fieldset>
  );
}

/** What can be done with several states at once. */
function Together({ designer, states }: { designer: Designer; states: readonly StateRef[] }) {
  const wrap = (how: Wrapping) => () => void designer.edit({ type: "wrap", states, how });
  return (
    <SpaceBetween size="s">
      <Box>{states.map((state) => state.name).join(", ")}</Box>
      <Button onClick={wrap("parallel")}>{t("Wrap in a Parallel")}</Button>
      <Button onClick={wrap("branches")}>{t("Wrap in a Parallel, a branch for each")}</Button>
      <Button onClick={wrap("map")}>{t("Wrap in a Map")}</Button>
      <Button
        iconName="remove"
        onClick={() => designer.edit({ type: "delete", states, heal: "heal" })}
      >
        {t("Delete them")}
      </Button>
    </SpaceBetween>
  );
}

export function Panel({
  title,
  subtitle,
  children,
}: {
  title: string;
  subtitle: string;
  children: React.ReactNode;
}) {
  return (
    <div className="inspector">
      <div className="inspector-title">
        <Box variant="h3" tagOverride="h2">
          {title}
        </Box>
        <Box color="text-body-secondary">{subtitle}</Box>
      </div>
      <div className="inspector-body">{children}</div>
    </div>
  );
}

function MachinePanel({ designer, root }: { designer: Designer; root: Json | undefined }) {
  if (!isObject(root)) return null;
  const set = (key: string, value: Json | undefined) =>
    void designer.edit({ type: "setField", path: [key], value }, `machine/${key}`);
  return (
    <Panel title={t("The machine")} subtitle={t("Nothing is chosen: these belong to the whole")}>
      <SpaceBetween size="m">
        <AreaField
          label={t("Comment")}
          value={text(root.Comment)}
          onChange={(v) => set("Comment", v)}
        />
        <StateField
          label={t("Starts at")}
          value={text(root.StartAt)}
          names={scopeNames(root, [])}
          onChange={(v) => set("StartAt", v)}
        />
        <NumberField
          label={t("Time limit")}
          hint={t("Seconds for a whole execution")}
          value={root.TimeoutSeconds}
          onChange={(v) => set("TimeoutSeconds", v)}
        />
        <Box color="text-body-secondary">
          {t("Press ? for the keys. Drag a block from the left onto a line, or press + on it.")}
        </Box>
      </SpaceBetween>
    </Panel>
  );
}

function Title({ designer, reference, state, set }: PanelProps) {
  const [name, setName] = useState(reference.name);
  const [error, setError] = useState<string | null>(null);
  useEffect(() => {
    setName(reference.name);
    setError(null);
  }, [reference.name]);
  const commit = () => {
    if (name === reference.name) return;
    const done = designer.edit({ type: "rename", state: reference, to: name });
    setError(done ? null : designer.getState().said.text);
  };
  return (
    <div className="inspector-title">
      <SpaceBetween size="xs">
        <FormField label={t("Name")} errorText={error}>
          <Input
            controlId="state-name"
            value={name}
            onChange={(e) => setName(e.detail.value)}
            onBlur={commit}
            onKeyDown={(e) => {
              if (e.detail.key === "Enter") commit();
              if (e.detail.key === "Escape") setName(reference.name);
            }}
          />
        </FormField>
        <Select
          ariaLabel={t("Type")}
          selectedOption={{ value: String(state.Type), label: String(state.Type) }}
          options={STATE_TYPES.map((type) => ({ value: type, label: type }))}
          onChange={(e) => set("Type", e.detail.selectedOption.value ?? "Pass")}
        />
      </SpaceBetween>
    </div>
  );
}

function General(props: PanelProps) {
  const { designer, reference, state, set } = props;
  const root = useStore(designer, (s) => s.parsed?.value);
  const names = scopeNames(root, reference.scope);
  const goOn = (to: string | undefined) => {
    if (to !== undefined) designer.edit({ type: "connect", from: reference, to, how: "next" });
    else
      designer.edit({
        type: "removeExit",
        exit: { scope: reference.scope, from: reference.name, kind: "next", index: 0 },
      });
  };
  return (
    <div className="inspector-body">
      <SpaceBetween size="m">
        <ByType {...props} names={names} />
        {hasNext(state.Type) && (
          <StateField
            label={t("Then")}
            value={text(state.Next)}
            names={names}
            none={t("End here")}
            onChange={goOn}
          />
        )}
        <AreaField
          label={t("Comment")}
          value={text(state.Comment)}
          onChange={(v) => set("Comment", v)}
        />
      </SpaceBetween>
    </div>
  );
}

function ByType(props: PanelProps & { names: readonly string[] }) {
  const { state, set, designer, reference } = props;
  switch (state.Type) {
    case "Task":
      return <TaskFields {...props} />;
    case "Choice":
      return <ChoiceRules {...props} />;
    case "Wait":
      return <WaitFields {...props} />;
    case "Pass":
      return (
        <JsonField
          label={t("Result")}
          hint={t("What comes out; left empty, the input does")}
          value={state.Result}
          onChange={(v) => set("Result", v)}
        />
      );
    case "Fail":
      return (
        <SpaceBetween size="m">
          <TextField
            label={t("Error")}
            value={text(state.Error)}
            onChange={(v) => set("Error", v)}
          />
          <AreaField
            label={t("Cause")}
            value={text(state.Cause)}
            onChange={(v) => set("Cause", v)}
          />
          <TextField
            label={t("Error from a path")}
            value={text(state.ErrorPath)}
            placeholder={t("$.error")}
            onChange={(v) => set("ErrorPath", v)}
          />
          <TextField
            label={t("Cause from a path")}
            value={text(state.CausePath)}
            placeholder={t("$.cause")}
            onChange={(v) => set("CausePath", v)}
          />
        </SpaceBetween>
      );
    case "Map":
      return (
        <SpaceBetween size="m">
          {state.Items !== undefined ? (
            <JsonField label={t("Items")} value={state.Items} onChange={(v) => set("Items", v)} />
          ) : (
            <PathField
              label={t("Items")}
              hint={t("The path to the list")}
              value={state.ItemsPath}
              onChange={(v) => set("ItemsPath", v)}
            />
          )}
          <NumberField
            label={t("At most at once")}
            hint={t("Empty or 0: as many as there are")}
            value={state.MaxConcurrency}
            onChange={(v) => set("MaxConcurrency", v)}
          />
          <JsonField
            label={t("Each item becomes")}
            hint="ItemSelector"
            value={state.ItemSelector}
            onChange={(v) => set("ItemSelector", v)}
          />
        </SpaceBetween>
      );
    case "Parallel":
      return (
        <FormField label={t("Branches")}>
          <SpaceBetween size="xs">
            {(Array.isArray(state.Branches) ? state.Branches : []).map((branch, index) => (
              <div
                className="row"
                key={`${index}-${isObject(branch) ? String(branch.StartAt) : ""}`}
              >
                <span>
                  {index + 1}.{" "}
                  {isObject(branch) ? String(branch.StartAt ?? "empty") : t("not an object")}
                </span>
                <Button
                  variant="icon"
                  iconName="remove"
                  ariaLabel={t("Remove branch {index}", { index: index + 1 })}
                  onClick={() => designer.edit({ type: "removeBranch", state: reference, index })}
                />
              </div>
            ))}
            <Button
              iconName="add-plus"
              onClick={() => designer.edit({ type: "addBranch", state: reference })}
            >
              {t("Add a branch")}
            </Button>
          </SpaceBetween>
        </FormField>
      );
    default:
      return null;
  }
}

function TaskFields({ state, set }: PanelProps) {
  const functions = useQuery({
    queryKey: ["functions"],
    queryFn: listFunctions,
    staleTime: 30_000,
  });
  const options = (functions.data?.results ?? []).map((f) => ({
    value: f.arn,
    label: f.name,
    description: f.description || f.file,
  }));
  return (
    <SpaceBetween size="m">
      <SuggestField
        label={t("Resource")}
        hint={
          functions.data
            ? t("A function of {folder}, or any resource", { folder: functions.data.folder })
            : t("A function, or any resource")
        }
        value={text(state.Resource)}
        options={options}
        onChange={(v) => set("Resource", v ?? "")}
      />
      <NumberField
        label={t("Time limit")}
        hint={t("Seconds for one attempt")}
        value={state.TimeoutSeconds}
        onChange={(v) => set("TimeoutSeconds", v)}
      />
      <NumberField
        label={t("Heartbeat")}
        hint={t("Seconds within which the task must say that it lives")}
        value={state.HeartbeatSeconds}
        onChange={(v) => set("HeartbeatSeconds", v)}
      />
    </SpaceBetween>
  );
}

const WAITS = {
  Seconds: t("A number of seconds"),
  SecondsPath: t("Seconds from a path"),
  Timestamp: t("Until a time"),
  TimestampPath: t("Until a time from a path"),
} as const;
const WAIT_DEFAULTS: Record<keyof typeof WAITS, Json> = {
  Seconds: 5,
  SecondsPath: "$.seconds",
  Timestamp: "2030-01-01T00:00:00Z",
  TimestampPath: "$.until",
};

function WaitFields({ designer, reference, state, set }: PanelProps) {
  const kinds = Object.keys(WAITS) as (keyof typeof WAITS)[];
  const kind = kinds.find((key) => state[key] !== undefined) ?? "Seconds";
  const choose = (next: keyof typeof WAITS) => {
    // The new field takes the place of the old one, so the text changes in one line.
    const had = kinds.some((key) => Object.hasOwn(state, key));
    const entries = Object.entries(state).map(([key, value]): [string, Json] =>
      key === kind ? [next, WAIT_DEFAULTS[next]] : [key, value],
    );
    if (!had) entries.push([next, WAIT_DEFAULTS[next]]);
    designer.edit({ type: "setState", state: reference, value: Object.fromEntries(entries) });
  };
  return (
    <SpaceBetween size="m">
      <FormField label={t("Waits")}>
        <Select
          selectedOption={{ value: kind, label: WAITS[kind] }}
          options={kinds.map((key) => ({ value: key, label: WAITS[key] }))}
          onChange={(e) => choose(e.detail.selectedOption.value as keyof typeof WAITS)}
        />
      </FormField>
      {kind === "Seconds" ? (
        <NumberField
          label={t("Seconds")}
          value={state.Seconds}
          onChange={(v) => set("Seconds", v ?? 0)}
        />
      ) : (
        <TextField
          label={kind.endsWith("Path") ? t("Path") : t("Time")}
          value={text(state[kind])}
          onChange={(v) => set(kind, v ?? "")}
        />
      )}
    </SpaceBetween>
  );
}

const IO: Record<string, readonly string[]> = {
  Task: ["InputPath", "Parameters", "ResultSelector", "ResultPath", "OutputPath"],
  Parallel: ["InputPath", "Parameters", "ResultSelector", "ResultPath", "OutputPath"],
  Map: ["InputPath", "ResultSelector", "ResultPath", "OutputPath"],
  Pass: ["InputPath", "Parameters", "ResultPath", "OutputPath"],
  Wait: ["InputPath", "OutputPath"],
  Choice: ["InputPath", "OutputPath"],
  Succeed: ["InputPath", "OutputPath"],
};
const IO_WORDS: Record<string, [string, string]> = {
  InputPath: [t("Take from the input"), t("InputPath. null gives {}")],
  Parameters: [t("Send"), t("Parameters. A key that ends with .$ takes a path")],
  ResultSelector: [t("Pick from the result"), "ResultSelector"],
  ResultPath: [t("Put the result at"), t("ResultPath. null throws the result away")],
  OutputPath: [t("Hand on"), t("OutputPath. null gives {}")],
};

function InputOutput({ state, set }: PanelProps) {
  const fields = IO[String(state.Type)] ?? [];
  const queries =
    state.QueryLanguage === "JSONata" ||
    state.Arguments !== undefined ||
    state.Output !== undefined;
  return (
    <div className="inspector-body">
      <SpaceBetween size="m">
        {!queries &&
          fields.map((key) => {
            const [label, hint] = IO_WORDS[key] ?? [key, ""];
            const Field = key === "Parameters" || key === "ResultSelector" ? JsonField : PathField;
            return (
              <Field
                key={key}
                label={label}
                hint={hint}
                value={state[key]}
                onChange={(v) => set(key, v)}
              />
            );
          })}
        {queries && (
          <JsonField
            label="Arguments"
            value={state.Arguments}
            onChange={(v) => set("Arguments", v)}
          />
        )}
        {queries && (
          <JsonField label="Output" value={state.Output} onChange={(v) => set("Output", v)} />
        )}
        {state.Type !== "Fail" && (
          <JsonField
            label={t("Variables")}
            hint={t('Assign: {"name.$": "$.path"}')}
            value={state.Assign}
            onChange={(v) => set("Assign", v)}
          />
        )}
        {fields.length === 0 && (
          <Box color="text-body-secondary">
            {t("A {Type} state passes nothing on.", { Type: String(state.Type) })}
          </Box>
        )}
      </SpaceBetween>
    </div>
  );
}

function RawState({ designer, reference, state }: PanelProps) {
  return (
    <div className="inspector-body">
      <JsonField
        label={t("The whole state")}
        rows={14}
        required
        value={state}
        onChange={(value) => {
          if (isObject(value))
            designer.edit({ type: "setState", state: reference, value }, `raw/${reference.name}`);
        }}
      />
    </div>
  );
}
