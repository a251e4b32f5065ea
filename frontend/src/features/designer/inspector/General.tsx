import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { hasNext } from "../../../asl/edits";
import { docOf } from "../../../asl/fields";
import { isObject, type Json, text } from "../../../asl/model";
import { t } from "../../../i18n";
import { ChoiceRules } from "./ChoiceRules";
import { AreaField, ChoiceField, JsonField, LiteralOrPath, StateField } from "./fields";
import { MapGeneral } from "./MapFields";
import type { PanelProps } from "./panel";
import { TaskFields } from "./TaskFields";

export function General(props: PanelProps) {
  const { designer, reference, state, set, names, root } = props;
  const goOn = (to: string | undefined) => {
    if (to !== undefined) designer.edit({ type: "connect", from: reference, to, how: "next" });
    else
      designer.edit({
        type: "removeExit",
        exit: { scope: reference.scope, from: reference.name, kind: "next", index: 0 },
      });
  };
  const whole = isObject(root) ? root.QueryLanguage : undefined;
  return (
    <SpaceBetween size="m">
      <ByType {...props} />
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
      {(whole !== "JSONata" || state.QueryLanguage !== undefined) && (
        <ChoiceField
          label={t("Query language")}
          hint={t("Of this state alone")}
          value={state.QueryLanguage}
          none={t("As the machine: {language}", { language: text(whole) ?? "JSONPath" })}
          options={whole === "JSONata" ? ["JSONata"] : ["JSONPath", "JSONata"]}
          onChange={(v) => set("QueryLanguage", v)}
        />
      )}
      {!props.jsonata && (
        <Button onClick={() => props.convert(reference.name)}>{t("Convert to JSONata…")}</Button>
      )}
    </SpaceBetween>
  );
}

function ByType(props: PanelProps) {
  const { state, set, jsonata } = props;
  switch (state.Type) {
    case "Task":
      return <TaskFields {...props} />;
    case "Choice":
      return <ChoiceRules {...props} />;
    case "Wait":
      return <WaitFields {...props} />;
    case "Pass":
      return jsonata ? null : (
        <JsonField
          label={t("Result")}
          hint={docOf("Result")}
          value={state.Result}
          path={[...props.path, "Result"]}
          onChange={(v) => set("Result", v)}
        />
      );
    case "Fail":
      return (
        <SpaceBetween size="m">
          <LiteralOrPath {...props} name="Error" label={t("Error")} kind="text" />
          <LiteralOrPath {...props} name="Cause" label={t("Cause")} kind="text" />
        </SpaceBetween>
      );
    case "Map":
      return <MapGeneral {...props} />;
    case "Parallel":
      return <Branches {...props} />;
    default:
      return null;
  }
}

const WAIT_KINDS = ["Seconds", "Timestamp"] as const;

function WaitFields(props: PanelProps) {
  const { designer, reference, state } = props;
  const kind = WAIT_KINDS.find(
    (key) => state[key] !== undefined || state[`${key}Path`] !== undefined,
  );
  const choose = (next: string | undefined) => {
    // The new field takes the place of the old one, so the text changes in one line.
    const fresh: Json = next === "Timestamp" ? "2030-01-01T00:00:00Z" : 5;
    const key = next ?? "Seconds";
    const olds = WAIT_KINDS.flatMap((one) => [one, `${one}Path`]);
    let put = false;
    const entries = Object.entries(state).flatMap(([name, value]): [string, Json][] => {
      if (!olds.includes(name)) return [[name, value]];
      if (put) return [];
      put = true;
      return [[key, fresh]];
    });
    if (!put) entries.push([key, fresh]);
    designer.edit({ type: "setState", state: reference, value: Object.fromEntries(entries) });
  };
  return (
    <SpaceBetween size="m">
      <ChoiceField
        label={t("Waits")}
        value={kind ?? "Seconds"}
        options={[
          ["Seconds", t("For a number of seconds")],
          ["Timestamp", t("Until a time")],
        ]}
        onChange={(v) => choose(text(v))}
      />
      {kind === "Timestamp" ? (
        <LiteralOrPath {...props} name="Timestamp" label={t("Time")} kind="text" required />
      ) : (
        <LiteralOrPath {...props} name="Seconds" label={t("Seconds")} kind="number" required />
      )}
    </SpaceBetween>
  );
}

function Branches({ designer, reference, state }: PanelProps) {
  const branches = Array.isArray(state.Branches) ? state.Branches : [];
  return (
    <FormField label={t("Branches")} description={docOf("Branches")}>
      <SpaceBetween size="xs">
        {branches.map((branch, index) => {
          const start = isObject(branch) ? text(branch.StartAt) : undefined;
          const count =
            isObject(branch) && isObject(branch.States) ? Object.keys(branch.States).length : 0;
          return (
            <div className="row" key={`${index}-${start}`}>
              <Button
                variant="inline-link"
                disabled={start === undefined}
                onClick={() =>
                  start !== undefined &&
                  designer.select([
                    {
                      scope: [...reference.scope, "States", reference.name, "Branches", index],
                      name: start,
                    },
                  ])
                }
              >
                {`${index + 1}. ${start ?? t("empty")} (${count})`}
              </Button>
              <Button
                variant="icon"
                iconName="remove"
                ariaLabel={t("Remove branch {index}", { index: index + 1 })}
                onClick={() => designer.edit({ type: "removeBranch", state: reference, index })}
              />
            </div>
          );
        })}
        <Button
          iconName="add-plus"
          onClick={() => designer.edit({ type: "addBranch", state: reference })}
        >
          {t("Add a branch")}
        </Button>
      </SpaceBetween>
    </FormField>
  );
}
