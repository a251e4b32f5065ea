import Button from "@cloudscape-design/components/button";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import FormField from "@cloudscape-design/components/form-field";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { OPERATORS, operatorOf, ruleLabel, withOperator } from "../../asl/choice";
import { isObject, type Json, type JsonObject, text } from "../../asl/model";
import { t } from "../../i18n";
import { JsonField, NumberField, StateField, TextField } from "./fields";
import type { PanelProps } from "./Inspector";

const FAMILIES = [...new Set(OPERATORS.map((operator) => operator.family))];
const GROUPS = FAMILIES.map((family) => ({
  label: family,
  options: OPERATORS.filter((o) => o.family === family).map((o) => ({
    value: o.name,
    label: o.name,
    description: o.operand === "path" ? t("{sign} the value at a path", { sign: o.sign }) : o.sign,
  })),
}));
const LOGIC = {
  And: {
    And: [
      { Variable: "$.a", IsPresent: true },
      { Variable: "$.b", IsPresent: true },
    ],
  },
  Or: {
    Or: [
      { Variable: "$.a", IsPresent: true },
      { Variable: "$.b", IsPresent: true },
    ],
  },
  Not: { Not: { Variable: "$.a", IsPresent: true } },
} satisfies Record<string, JsonObject>;

export function ChoiceRules({ state, set, names }: PanelProps & { names: readonly string[] }) {
  const rules = Array.isArray(state.Choices) ? state.Choices : [];
  const put = (next: Json[]) => set("Choices", next);
  const replace = (index: number, rule: Json) =>
    put(rules.map((old, i) => (i === index ? rule : old)));
  const move = (index: number, by: number) => {
    const next = [...rules];
    const [rule] = next.splice(index, 1);
    if (rule !== undefined) next.splice(index + by, 0, rule);
    put(next);
  };
  const fresh: JsonObject = {
    Variable: "$.value",
    IsPresent: true,
    ...(names[0] ? { Next: names[0] } : {}),
  };
  return (
    <SpaceBetween size="s">
      <FormField label={t("Rules")} description={t("The first that holds is taken")}>
        <SpaceBetween size="xs">
          {rules.map((rule, index) => (
            <ExpandableSection
              key={index}
              headerText={`${index + 1}. ${ruleLabel(rule)}`}
              variant="footer"
              defaultExpanded={rules.length < 3}
            >
              <SpaceBetween size="s">
                {isObject(rule) && (
                  <Rule rule={rule} names={names} onChange={(next) => replace(index, next)} />
                )}
                <SpaceBetween direction="horizontal" size="xxs">
                  <Button
                    variant="icon"
                    iconName="angle-up"
                    ariaLabel={t("Rule {index} up", { index: index + 1 })}
                    disabled={index === 0}
                    onClick={() => move(index, -1)}
                  />
                  <Button
                    variant="icon"
                    iconName="angle-down"
                    ariaLabel={t("Rule {index} down", { index: index + 1 })}
                    disabled={index === rules.length - 1}
                    onClick={() => move(index, 1)}
                  />
                  <Button
                    variant="icon"
                    iconName="remove"
                    ariaLabel={t("Delete rule {index}", { index: index + 1 })}
                    onClick={() => put(rules.filter((_, i) => i !== index))}
                  />
                </SpaceBetween>
              </SpaceBetween>
            </ExpandableSection>
          ))}
          <Button iconName="add-plus" onClick={() => put([...rules, fresh])}>
            {t("Add a rule")}
          </Button>
        </SpaceBetween>
      </FormField>
      <StateField
        label={t("Otherwise")}
        value={text(state.Default)}
        names={names}
        none={t("Fail (no Default)")}
        onChange={(v) => set("Default", v)}
      />
    </SpaceBetween>
  );
}

function Rule({
  rule,
  names,
  onChange,
}: {
  rule: JsonObject;
  names: readonly string[];
  onChange: (rule: JsonObject) => void;
}) {
  const operator = operatorOf(rule);
  const logic = (["And", "Or", "Not"] as const).find((key) => rule[key] !== undefined);
  const keep = (parts: JsonObject): JsonObject => ({
    ...parts,
    ...Object.fromEntries(
      Object.entries(rule).filter(([key]) => ["Next", "Assign", "Output", "Comment"].includes(key)),
    ),
  });
  const choose = (name: string) => {
    if (name === "And" || name === "Or" || name === "Not") onChange(keep(LOGIC[name]));
    else onChange(withOperator(logic ? keep({ Variable: "$.status" }) : rule, name));
  };
  const chosen = logic ?? operator?.name;
  const next = (
    <StateField
      label={t("Then")}
      value={text(rule.Next)}
      names={names}
      onChange={(v) => onChange({ ...rule, Next: v ?? "" })}
    />
  );
  if (rule.Condition !== undefined) {
    return (
      <SpaceBetween size="s">
        <TextField
          label={t("Condition")}
          value={text(rule.Condition)}
          onChange={(v) => onChange({ ...rule, Condition: v ?? "" })}
        />
        {next}
      </SpaceBetween>
    );
  }
  return (
    <SpaceBetween size="s">
      {!logic && (
        <TextField
          label={t("Value at")}
          value={text(rule.Variable)}
          onChange={(v) => onChange({ ...rule, Variable: v ?? "" })}
        />
      )}
      <FormField label={t("Test")}>
        <Select
          selectedOption={chosen ? { value: chosen, label: chosen } : null}
          placeholder={t("Choose a test")}
          filteringType="auto"
          options={[
            ...GROUPS,
            {
              label: t("Logic"),
              options: ["And", "Or", "Not"].map((value) => ({ value, label: value })),
            },
          ]}
          onChange={(e) => choose(e.detail.selectedOption.value ?? "")}
        />
      </FormField>
      {logic && (
        <JsonField
          label={logic}
          hint={t("Tests without Next, nested as deep as you like")}
          required
          value={rule[logic]}
          onChange={(v) => onChange({ ...rule, [logic]: v ?? null })}
        />
      )}
      {operator && <Operand rule={rule} onChange={onChange} />}
      {next}
    </SpaceBetween>
  );
}

function Operand({ rule, onChange }: { rule: JsonObject; onChange: (rule: JsonObject) => void }) {
  const operator = operatorOf(rule);
  if (!operator) return null;
  const value = rule[operator.name];
  const set = (next: Json | undefined) => onChange({ ...rule, [operator.name]: next ?? "" });
  switch (operator.operand) {
    case "boolean":
      return (
        <FormField label={t("Is")}>
          <Select
            selectedOption={{ value: String(value), label: String(value) }}
            options={[
              { value: "true", label: "true" },
              { value: "false", label: "false" },
            ]}
            onChange={(e) => set(e.detail.selectedOption.value === "true")}
          />
        </FormField>
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
