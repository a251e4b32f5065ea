import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { type ReactNode, useEffect, useState } from "react";
import { useStore } from "zustand";
import type { StateRef } from "../../../asl/edits";
import { docOf } from "../../../asl/fields";
import {
  at,
  isObject,
  type Json,
  type JsonObject,
  STATE_TYPES,
  type StateType,
  text,
} from "../../../asl/model";
import { speaksJsonata } from "../../../asl/surgery";
import type { Wrapping } from "../../../asl/wrapping";
import { t } from "../../../i18n";
import { TabBar } from "../../../ui/TabBar";
import type { Designer } from "../store";
import { DataTab } from "./DataTab";
import { EdgePanel } from "./EdgePanel";
import { ErrorHandling } from "./ErrorHandling";
import { AreaField, ChoiceField, JsonField, NumberField, StateField, TextField } from "./fields";
import { General } from "./General";
import { MapItems, MapRunning } from "./MapFields";
import { Panel, type PanelProps, scopeNames } from "./panel";
import { VariablesTab } from "./VariablesTab";

const TABS = [
  ["general", t("General")],
  ["items", t("Items")],
  ["running", t("Running")],
  ["data", t("Data")],
  ["variables", t("Variables")],
  ["errors", t("Errors")],
  ["json", "JSON"],
] as const;
type Tab = (typeof TABS)[number][0];

function tabsOf(type: Json | undefined): readonly (readonly [Tab, string])[] {
  const works = type === "Task" || type === "Map" || type === "Parallel";
  const without = new Set<Tab>();
  if (type !== "Map") for (const tab of ["items", "running"] as const) without.add(tab);
  if (!works) without.add("errors");
  if (type === "Fail") for (const tab of ["data", "variables"] as const) without.add(tab);
  return TABS.filter(([tab]) => !without.has(tab));
}

const CONTENT: Record<Tab, (props: PanelProps) => ReactNode> = {
  general: (props) => <General {...props} />,
  items: (props) => <MapItems {...props} />,
  running: (props) => <MapRunning {...props} />,
  data: (props) => <DataTab {...props} />,
  variables: (props) => <VariablesTab {...props} />,
  errors: (props) => <ErrorHandling {...props} />,
  json: (props) => <RawState {...props} />,
};

export function Inspector({
  designer,
  convert,
  wrap,
}: {
  designer: Designer;
  convert: (state: string) => void;
  wrap: (states: readonly StateRef[], how: Wrapping) => void;
}) {
  const selection = useStore(designer, (s) => s.selection);
  const parsed = useStore(designer, (s) => s.parsed);
  const valid = useStore(designer, (s) => s.valid);
  const [tab, setTab] = useState<Tab>("general");
  const [only, ...others] = selection.states;
  const root = parsed?.value;
  if (selection.edge !== null) return <EdgePanel designer={designer} edgeId={selection.edge} />;
  if (!only) return <MachinePanel designer={designer} root={root} />;
  if (others.length > 0) {
    return (
      <Panel
        title={t("{n} states", { n: selection.states.length })}
        subtitle={t("Chosen together")}
      >
        <Together designer={designer} states={selection.states} onWrap={wrap} />
      </Panel>
    );
  }
  const path = [...only.scope, "States", only.name];
  const state = at(root, path);
  if (!isObject(state)) {
    return (
      <Panel title={only.name} subtitle={t("Not an object")}>
        <Box variant="p">{t("This state is not an object: mend it in the code.")}</Box>
      </Panel>
    );
  }
  const group = (keys: readonly string[]) => `${path.join("/")}/${keys.join("/")}`;
  const props: PanelProps = {
    designer,
    reference: only,
    path,
    state,
    root,
    names: scopeNames(root, only.scope),
    jsonata: speaksJsonata(root, state),
    convert,
    set: (key, value) =>
      void designer.edit({ type: "setField", path: [...path, key], value }, group([key])),
    setIn: (keys, value) =>
      void designer.edit({ type: "setIn", state: only, keys, value }, group(keys)),
  };
  const tabs = tabsOf(state.Type);
  const [shown, label] = tabs.find(([id]) => id === tab) ?? TABS[0];
  return (
    <fieldset className="inspector" disabled={!valid}>
      <Title {...props} />
      <TabBar label={t("Properties")} tabs={tabs} active={shown} onChange={setTab} />
      <div key={`${path.join("/")} ${shown}`} role="tabpanel" aria-label={label}>
        <div className="inspector-body">{CONTENT[shown](props)}</div>
      </div>
    </fieldset>
  );
}

/** What can be done with several states at once. */
function Together({
  designer,
  states,
  onWrap,
}: {
  designer: Designer;
  states: readonly StateRef[];
  onWrap: (states: readonly StateRef[], how: Wrapping) => void;
}) {
  const wrap = (how: Wrapping) => () => onWrap(states, how);
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
        <ChoiceField
          label={t("Query language")}
          hint={docOf("QueryLanguage")}
          value={root.QueryLanguage}
          none="JSONPath"
          options={["JSONata"]}
          onChange={(v) => set("QueryLanguage", v)}
        />
        <NumberField
          label={t("Time limit")}
          hint={t("Seconds for a whole execution")}
          value={root.TimeoutSeconds}
          onChange={(v) => set("TimeoutSeconds", v)}
        />
        <TextField
          label={t("Version of the language")}
          value={text(root.Version)}
          placeholder="1.0"
          onChange={(v) => set("Version", v)}
        />
        <Box color="text-body-secondary">
          {t("Press ? for the keys. Drag a block from the left onto a line, or press + on it.")}
        </Box>
      </SpaceBetween>
    </Panel>
  );
}

function Title({ designer, reference, state }: PanelProps) {
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
          onChange={(e) =>
            designer.edit({
              type: "setType",
              state: reference,
              to: e.detail.selectedOption.value as StateType,
            })
          }
        />
      </SpaceBetween>
    </div>
  );
}

function RawState({ designer, path, reference, state }: PanelProps) {
  return (
    <JsonField
      label={t("The whole state")}
      rows={14}
      required
      path={path}
      value={state}
      onChange={(value) => {
        if (isObject(value))
          designer.edit(
            { type: "setState", state: reference, value: value as JsonObject },
            `raw/${reference.name}`,
          );
      }}
    />
  );
}
