import Button from "@cloudscape-design/components/button";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import FormField from "@cloudscape-design/components/form-field";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { ruleLabel } from "../../../asl/choice";
import { docOf } from "../../../asl/fields";
import { isObject, type JsonObject, type Path, text } from "../../../asl/model";
import { openRule } from "../../../asl/surgery";
import { t } from "../../../i18n";
import { Assignments } from "./Assignments";
import { withField } from "./ErrorHandling";
import { AreaField, JsonField, StateField, TextField } from "./fields";
import type { PanelProps } from "./panel";
import { Tester } from "./Tester";
import { useEntries } from "./useEntries";

/** The rules of a Choice in their order, each a test (of tests, as deep as wanted) and where it leads. */
export function ChoiceRules({ path, state, set, names, jsonata }: PanelProps) {
  const rules = Array.isArray(state.Choices) ? state.Choices : [];
  const entries = useEntries(rules, (next) => set("Choices", [...next]));
  return (
    <SpaceBetween size="s">
      <FormField label={t("Rules")} description={t("The first that holds is taken")} stretch>
        <SpaceBetween size="xs">
          {entries.all.map(({ id, value: rule }, index) => (
            <ExpandableSection
              key={id}
              headerText={`${index + 1}. ${ruleLabel(rule)}`}
              variant="footer"
              defaultExpanded={rules.length < 3}
            >
              <SpaceBetween size="s">
                {isObject(rule) && (
                  <Rule
                    rule={rule}
                    names={names}
                    jsonata={jsonata}
                    path={[...path, "Choices", index]}
                    onChange={(next) => entries.replace(index, next)}
                  />
                )}
                <SpaceBetween direction="horizontal" size="xxs">
                  <Button
                    variant="icon"
                    iconName="angle-up"
                    ariaLabel={t("Rule {index} up", { index: index + 1 })}
                    disabled={index === 0}
                    disabledReason={t("It is the first already")}
                    onClick={() => entries.move(index, -1)}
                  />
                  <Button
                    variant="icon"
                    iconName="angle-down"
                    ariaLabel={t("Rule {index} down", { index: index + 1 })}
                    disabled={index === rules.length - 1}
                    disabledReason={t("It is the last already")}
                    onClick={() => entries.move(index, 1)}
                  />
                  <Button
                    variant="icon"
                    iconName="remove"
                    ariaLabel={t("Delete rule {index}", { index: index + 1 })}
                    onClick={() => entries.remove(index)}
                  />
                </SpaceBetween>
              </SpaceBetween>
            </ExpandableSection>
          ))}
          <Button
            iconName="add-plus"
            onClick={() => entries.add(openRule(names[0] ?? "", jsonata))}
          >
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

function Rule(props: {
  rule: JsonObject;
  names: readonly string[];
  jsonata: boolean;
  path: Path;
  onChange: (rule: JsonObject) => void;
}) {
  const { rule, jsonata, path, onChange } = props;
  const byCondition = rule.Condition !== undefined;
  const more = rule.Assign !== undefined || rule.Output !== undefined || rule.Comment !== undefined;
  return (
    <SpaceBetween size="s">
      {byCondition || jsonata ? (
        <TextField
          label={t("Condition")}
          hint={docOf("Condition", "Choices")}
          value={text(rule.Condition)}
          onChange={(v) => onChange({ ...rule, Condition: v ?? "" })}
        />
      ) : (
        <Tester test={rule} onChange={onChange} />
      )}
      <StateField
        label={t("Then")}
        value={text(rule.Next)}
        names={props.names}
        onChange={(v) => onChange({ ...rule, Next: v ?? "" })}
      />
      <ExpandableSection
        headerText={t("When it is followed")}
        variant="footer"
        defaultExpanded={more}
      >
        <SpaceBetween size="s">
          <Assignments
            label={t("Variables set here")}
            hint={docOf("Assign")}
            value={rule.Assign}
            jsonata={jsonata}
            onChange={(v) => onChange(withField(rule, "Assign", v))}
          />
          {jsonata && (
            <JsonField
              label={t("Hand on")}
              hint={docOf("Output", "Choices")}
              value={rule.Output}
              path={[...path, "Output"]}
              onChange={(v) => onChange(withField(rule, "Output", v))}
            />
          )}
          <AreaField
            label={t("Comment")}
            value={text(rule.Comment)}
            onChange={(v) => onChange(withField(rule, "Comment", v))}
          />
        </SpaceBetween>
      </ExpandableSection>
    </SpaceBetween>
  );
}
