import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import {
  LOGIC,
  logicOf,
  OPERATORS,
  operatorOf,
  withLogic,
  withOperator,
} from "../../../asl/choice";
import { isObject, type Json, type JsonObject, text } from "../../../asl/model";
import { t } from "../../../i18n";
import { ChoiceField, NumberField, TextField } from "./fields";

const FAMILIES = [...new Set(OPERATORS.map((operator) => operator.family))];
const GROUPS = [
  ...FAMILIES.map((family) => ({
    label: family,
    options: OPERATORS.filter((o) => o.family === family).map((o) => ({
      value: o.name,
      label: o.name,
      description:
        o.operand === "path" ? t("{sign} the value at a path", { sign: o.sign }) : o.sign,
    })),
  })),
  {
    label: t("Logic"),
    options: [
      { value: "And", label: "And", description: t("All of several tests") },
      { value: "Or", label: "Or", description: t("One of several tests") },
      { value: "Not", label: "Not", description: t("The opposite of a test") },
    ],
  },
];

/** One test of JSONPath: a comparison, or And, Or, Not over tests that are edited in the same way. */
export function Tester({
  test,
  onChange,
  depth = 0,
}: {
  test: JsonObject;
  onChange: (test: JsonObject) => void;
  depth?: number;
}) {
  const operator = operatorOf(test);
  const logic = logicOf(test);
  const chosen = logic ?? operator?.name;
  const choose = (name: string) =>
    onChange(
      LOGIC.some((one) => one === name)
        ? withLogic(test, name as (typeof LOGIC)[number])
        : withOperator(test, name),
    );
  return (
    <SpaceBetween size="s">
      {!logic && (
        <TextField
          label={t("Value at")}
          value={text(test.Variable)}
          onChange={(v) => onChange({ ...test, Variable: v ?? "" })}
        />
      )}
      <FormField label={t("Comparison")}>
        <Select
          selectedOption={chosen ? { value: chosen, label: chosen } : null}
          placeholder={t("Choose a test")}
          filteringType="auto"
          options={GROUPS}
          onChange={(e) => choose(e.detail.selectedOption.value ?? "")}
        />
      </FormField>
      {operator && !logic && <Operand test={test} onChange={onChange} />}
      {logic && <Nested test={test} logic={logic} depth={depth} onChange={onChange} />}
    </SpaceBetween>
  );
}

function Nested(props: {
  test: JsonObject;
  logic: "And" | "Or" | "Not";
  depth: number;
  onChange: (test: JsonObject) => void;
}) {
  const { test, logic, depth, onChange } = props;
  const held = test[logic];
  const parts: Json[] = logic === "Not" ? [held ?? {}] : Array.isArray(held) ? held : [];
  const put = (next: Json[]) =>
    onChange({ ...test, [logic]: logic === "Not" ? (next[0] ?? {}) : next });
  const word = logic === "And" ? t("and") : t("or");
  return (
    <fieldset className="nested-test" aria-label={logic}>
      {parts.map((part, index) => (
        <div key={index}>
          {index > 0 && <p className="nested-word">{word}</p>}
          {isObject(part) && (
            <Tester
              test={part}
              depth={depth + 1}
              onChange={(next) => put(parts.map((old, i) => (i === index ? next : old)))}
            />
          )}
          {logic !== "Not" && parts.length > 1 && (
            <Button
              variant="inline-link"
              ariaLabel={t("Remove part {n} of {logic}", { n: index + 1, logic })}
              onClick={() => put(parts.filter((_, i) => i !== index))}
            >
              {t("Remove")}
            </Button>
          )}
        </div>
      ))}
      {logic !== "Not" && (
        <Button
          iconName="add-plus"
          onClick={() => put([...parts, { Variable: "$.value", IsPresent: true }])}
        >
          {t("Add a test to {logic}", { logic })}
        </Button>
      )}
    </fieldset>
  );
}

function Operand({ test, onChange }: { test: JsonObject; onChange: (test: JsonObject) => void }) {
  const operator = operatorOf(test);
  if (!operator) return null;
  const value = test[operator.name];
  const set = (next: Json | undefined) => onChange({ ...test, [operator.name]: next ?? "" });
  switch (operator.operand) {
    case "boolean":
      return (
        <ChoiceField
          label={t("Is")}
          value={String(value)}
          options={["true", "false"]}
          onChange={(v) => set(v === "true")}
        />
      );
    case "number":
      return <NumberField label={t("Number")} value={value} onChange={set} />;
    case "path":
      return <TextField label={t("Path")} value={text(value)} onChange={set} />;
    case "timestamp":
      return (
        <TextField
          label={t("Time")}
          hint="2026-01-31T12:00:00Z"
          value={text(value)}
          onChange={set}
        />
      );
    case "string":
      return (
        <TextField
          label={operator.name === "StringMatches" ? t("Pattern (* is anything)") : t("Text")}
          value={text(value)}
          onChange={set}
        />
      );
    default:
      return operator.operand satisfies never;
  }
}
