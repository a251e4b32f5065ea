import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Multiselect from "@cloudscape-design/components/multiselect";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { ERROR_NAMES } from "../../../asl/complete";
import { catchTarget, errorNames } from "../../../asl/errorRules";
import { docOf } from "../../../asl/fields";
import { at, isObject, type Json, type JsonObject, text } from "../../../asl/model";
import { t } from "../../../i18n";
import { Assignments } from "./Assignments";
import { AreaField, ChoiceField, JsonField, NumberField, PathField, StateField } from "./fields";
import type { PanelProps } from "./panel";
import { useEntries } from "./useEntries";

/** Error names: known ones from a list, any other by typing it. */
function Errors({ rule, onChange }: { rule: JsonObject; onChange: (rule: JsonObject) => void }) {
  const names = Array.isArray(rule.ErrorEquals) ? rule.ErrorEquals.map(String) : [];
  const options = [...new Set([...ERROR_NAMES, ...names])].map((value) => ({
    value,
    label: value,
  }));
  const put = (next: readonly string[]) =>
    onChange({ ...rule, ErrorEquals: errorNames(names, next) });
  const another = (input: HTMLInputElement) => {
    const name = input.value.trim();
    input.value = "";
    if (name !== "" && !names.includes(name)) put([...names, name]);
  };
  return (
    <FormField label={t("On errors")} description={docOf("ErrorEquals")}>
      <SpaceBetween size="xs">
        <Multiselect
          selectedOptions={options.filter((option) => names.includes(option.value))}
          options={options}
          filteringType="auto"
          deselectAriaLabel={(option) => t("Remove {name}", { name: option.label ?? "" })}
          placeholder={t("Choose errors")}
          ariaLabel={t("On errors")}
          onChange={(e) => put(e.detail.selectedOptions.map((option) => option.value ?? ""))}
        />
        <form
          onSubmit={(event) => {
            event.preventDefault();
            another(event.currentTarget.elements.namedItem("error") as HTMLInputElement);
          }}
        >
          <label className="another-error">
            <span>{t("Another error's name")}</span>
            {/* What was typed is taken when one goes on, too: it would be lost without a word. */}
            <input
              name="error"
              placeholder={t("Type it, then Enter")}
              onBlur={(event) => another(event.currentTarget)}
            />
          </label>
        </form>
      </SpaceBetween>
    </FormField>
  );
}

function Rules(props: {
  title: string;
  hint: string;
  rules: readonly Json[];
  fresh: JsonObject;
  add: string;
  onChange: (rules: Json[] | undefined) => void;
  fields: (rule: JsonObject, change: (rule: JsonObject) => void) => React.ReactNode;
}) {
  const { rules } = props;
  const entries = useEntries(rules, (next) =>
    props.onChange(next.length > 0 ? [...next] : undefined),
  );
  return (
    <FormField label={props.title} description={props.hint} stretch>
      <SpaceBetween size="s">
        {entries.all.map(({ id, value: rule }, index) => {
          if (!isObject(rule)) return null;
          const change = (next: JsonObject) => entries.replace(index, next);
          const words = { title: props.title, index: index + 1 };
          return (
            <Container
              key={id}
              header={
                <Header
                  variant="h3"
                  headingTagOverride="h2"
                  actions={
                    <SpaceBetween direction="horizontal" size="xxs">
                      <Button
                        variant="icon"
                        iconName="angle-up"
                        ariaLabel={t("{title} {index} up", words)}
                        disabled={index === 0}
                        disabledReason={t("It is the first already")}
                        onClick={() => entries.move(index, -1)}
                      />
                      <Button
                        variant="icon"
                        iconName="angle-down"
                        ariaLabel={t("{title} {index} down", words)}
                        disabled={index === rules.length - 1}
                        disabledReason={t("It is the last already")}
                        onClick={() => entries.move(index, 1)}
                      />
                      <Button
                        variant="icon"
                        iconName="remove"
                        ariaLabel={t("Delete {title} {index}", words)}
                        onClick={() => entries.remove(index)}
                      />
                    </SpaceBetween>
                  }
                >
                  {index + 1}
                </Header>
              }
            >
              <SpaceBetween size="s">
                <Errors rule={rule} onChange={change} />
                {props.fields(rule, change)}
                <AreaField
                  label={t("Comment")}
                  value={text(rule.Comment)}
                  onChange={(v) => change(withField(rule, "Comment", v))}
                />
              </SpaceBetween>
            </Container>
          );
        })}
        <Button iconName="add-plus" onClick={() => entries.add(props.fresh)}>
          {props.add}
        </Button>
      </SpaceBetween>
    </FormField>
  );
}

export function withField(rule: JsonObject, key: string, value: Json | undefined): JsonObject {
  const next = { ...rule };
  if (value === undefined) delete next[key];
  else next[key] = value;
  return next;
}

const NUMBERS: readonly [string, string][] = [
  ["MaxAttempts", t("At most")],
  ["IntervalSeconds", t("First pause")],
  ["BackoffRate", t("Each pause longer by")],
  ["MaxDelaySeconds", t("No pause above")],
];

/** The pauses that a rule comes to, in seconds: what the numbers mean is seen at a glance. */
export function pauses(rule: JsonObject): number[] {
  const number = (key: string, otherwise: number) =>
    typeof rule[key] === "number" ? (rule[key] as number) : otherwise;
  const attempts = Math.min(8, number("MaxAttempts", 3));
  const most = number("MaxDelaySeconds", Number.POSITIVE_INFINITY);
  return Array.from({ length: attempts }, (_, i) =>
    Math.min(most, number("IntervalSeconds", 1) * number("BackoffRate", 2) ** i),
  );
}

const rounded = (seconds: number) => String(Math.round(seconds * 10) / 10);

export function ErrorHandling(props: PanelProps) {
  const { path, state, set, names, jsonata, root, reference } = props;
  const scope = at(root, [...reference.scope, "States"]);
  const target = isObject(scope) ? catchTarget(scope, reference.name) : "";
  return (
    <SpaceBetween size="l">
      <Rules
        title={t("Try again")}
        hint={t("The first that names the error is used")}
        add={t("Add a retry")}
        rules={Array.isArray(state.Retry) ? state.Retry : []}
        fresh={{
          ErrorEquals: ["States.ALL"],
          IntervalSeconds: 1,
          MaxAttempts: 3,
          BackoffRate: 2,
        }}
        onChange={(rules) => set("Retry", rules)}
        fields={(rule, change) => (
          <SpaceBetween size="s">
            {NUMBERS.map(([key, label]) => (
              <NumberField
                key={key}
                label={label}
                hint={docOf(key, "Retry")}
                value={rule[key]}
                onChange={(v) => change(withField(rule, key, v))}
              />
            ))}
            <ChoiceField
              label={t("Scatter the pauses")}
              hint={docOf("JitterStrategy", "Retry")}
              value={rule.JitterStrategy}
              none="NONE"
              options={["FULL"]}
              onChange={(v) => change(withField(rule, "JitterStrategy", v))}
            />
            <p className="field-note">
              {pauses(rule).length > 0
                ? t("Pauses: {list} s", { list: pauses(rule).map(rounded).join(", ") })
                : t("Never tried again")}
            </p>
          </SpaceBetween>
        )}
      />
      <Rules
        title={t("Catch")}
        hint={t("When trying again is over")}
        add={t("Add a catch")}
        rules={Array.isArray(state.Catch) ? state.Catch : []}
        fresh={{ ErrorEquals: ["States.ALL"], Next: target }}
        onChange={(rules) => set("Catch", rules)}
        fields={(rule, change) => (
          <SpaceBetween size="s">
            <StateField
              label={t("Go on with")}
              value={text(rule.Next)}
              names={names}
              onChange={(v) => change({ ...rule, Next: v ?? "" })}
            />
            {jsonata ? (
              <JsonField
                label={t("Hand on")}
                hint={docOf("Output", "Catch")}
                value={rule.Output}
                path={[...path, "Catch", "Output"]}
                onChange={(v) => change(withField(rule, "Output", v))}
              />
            ) : (
              <PathField
                label={t("Put the error at")}
                hint={docOf("ResultPath", "Catch")}
                value={rule.ResultPath}
                onChange={(v) => change(withField(rule, "ResultPath", v))}
              />
            )}
            <Assignments
              label={t("Variables set here")}
              hint={docOf("Assign")}
              value={rule.Assign}
              jsonata={jsonata}
              onChange={(v) => change(withField(rule, "Assign", v))}
            />
          </SpaceBetween>
        )}
      />
    </SpaceBetween>
  );
}
