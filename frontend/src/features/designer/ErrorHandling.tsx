import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { isObject, type Json, type JsonObject, text } from "../../asl/model";
import { t } from "../../i18n";
import { NumberField, PathField, StateField } from "./fields";
import type { PanelProps } from "./Inspector";

const COMMON = t("States.ALL, States.Timeout, States.TaskFailed, or a function's own error");

/** Error names, one list in one line. */
function Errors({ rule, onChange }: { rule: JsonObject; onChange: (rule: JsonObject) => void }) {
  const names = Array.isArray(rule.ErrorEquals) ? rule.ErrorEquals.map(String) : [];
  return (
    <FormField label={t("On errors")} description={COMMON}>
      <Input
        value={names.join(", ")}
        onChange={(e) =>
          onChange({
            ...rule,
            ErrorEquals: e.detail.value.split(",").map((part) => part.trimStart()),
          })
        }
        onBlur={() =>
          onChange({ ...rule, ErrorEquals: names.map((n) => n.trim()).filter(Boolean) })
        }
      />
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
  const put = (rules: Json[]) => props.onChange(rules.length > 0 ? rules : undefined);
  return (
    <FormField label={props.title} description={props.hint} stretch>
      <SpaceBetween size="s">
        {props.rules.map((rule, index) => {
          if (!isObject(rule)) return null;
          const change = (next: JsonObject) =>
            put(props.rules.map((old, i) => (i === index ? next : old)));
          return (
            <Container
              key={index}
              header={
                <Header
                  variant="h3"
                  actions={
                    <Button
                      variant="icon"
                      iconName="remove"
                      ariaLabel={t("Delete {title} {index}", {
                        title: props.title,
                        index: index + 1,
                      })}
                      onClick={() => put(props.rules.filter((_, i) => i !== index))}
                    />
                  }
                >
                  {index + 1}
                </Header>
              }
            >
              <SpaceBetween size="s">
                <Errors rule={rule} onChange={change} />
                {props.fields(rule, change)}
              </SpaceBetween>
            </Container>
          );
        })}
        <Button iconName="add-plus" onClick={() => put([...props.rules, props.fresh])}>
          {props.add}
        </Button>
      </SpaceBetween>
    </FormField>
  );
}

function withField(rule: JsonObject, key: string, value: Json | undefined): JsonObject {
  const next = { ...rule };
  if (value === undefined) delete next[key];
  else next[key] = value;
  return next;
}

const NUMBERS: readonly [string, string, string][] = [
  ["MaxAttempts", t("At most"), t("Tries beyond the first; 3 unless given")],
  ["IntervalSeconds", t("First pause"), t("Seconds; 1 unless given")],
  ["BackoffRate", t("Each pause longer by"), t("Factor; 2 unless given")],
  ["MaxDelaySeconds", t("No pause above"), t("Seconds")],
];

export function ErrorHandling({ state, set, names }: PanelProps & { names: readonly string[] }) {
  return (
    <div className="inspector-body">
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
          fields={(rule, change) =>
            NUMBERS.map(([key, label, hint]) => (
              <NumberField
                key={key}
                label={label}
                hint={hint}
                value={rule[key]}
                onChange={(v) => change(withField(rule, key, v))}
              />
            ))
          }
        />
        <Rules
          title={t("Catch")}
          hint={t("When trying again is over")}
          add={t("Add a catch")}
          rules={Array.isArray(state.Catch) ? state.Catch : []}
          fresh={{ ErrorEquals: ["States.ALL"], Next: names[0] ?? "" }}
          onChange={(rules) => set("Catch", rules)}
          fields={(rule, change) => (
            <SpaceBetween size="s">
              <StateField
                label={t("Go on with")}
                value={text(rule.Next)}
                names={names}
                onChange={(v) => change({ ...rule, Next: v ?? "" })}
              />
              <PathField
                label={t("Put the error at")}
                hint="ResultPath"
                value={rule.ResultPath}
                onChange={(v) => change(withField(rule, "ResultPath", v))}
              />
            </SpaceBetween>
          )}
        />
      </SpaceBetween>
    </div>
  );
}
