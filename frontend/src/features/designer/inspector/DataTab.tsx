import Box from "@cloudscape-design/components/box";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { docOf } from "../../../asl/fields";
import type { StateType } from "../../../asl/model";
import { t } from "../../../i18n";
import { JsonField, PathField } from "./fields";
import type { PanelProps } from "./panel";

const PATHS: Record<StateType, readonly string[]> = {
  Task: ["InputPath", "Parameters", "ResultSelector", "ResultPath", "OutputPath"],
  Parallel: ["InputPath", "Parameters", "ResultSelector", "ResultPath", "OutputPath"],
  Map: ["InputPath", "ResultSelector", "ResultPath", "OutputPath"],
  Pass: ["InputPath", "Parameters", "ResultPath", "OutputPath"],
  Wait: ["InputPath", "OutputPath"],
  Choice: ["InputPath", "OutputPath"],
  Succeed: ["InputPath", "OutputPath"],
  Fail: [],
};
const EXPRESSIONS: Record<StateType, readonly string[]> = {
  Task: ["Arguments", "Output"],
  Parallel: ["Arguments", "Output"],
  Map: ["Output"],
  Pass: ["Output"],
  Wait: ["Output"],
  Choice: ["Output"],
  Succeed: ["Output"],
  Fail: [],
};
const LABELS: Record<string, string> = {
  InputPath: t("Take from the input"),
  Parameters: t("Send"),
  ResultSelector: t("Pick from the result"),
  ResultPath: t("Put the result at"),
  OutputPath: t("Hand on"),
  Arguments: t("Send"),
  Output: t("Hand on"),
};
const TEMPLATES = new Set(["Parameters", "ResultSelector", "Arguments", "Output"]);

/** How data goes through the state: five fields in JSONPath, two in JSONata, and what stands there wrongly. */
export function DataTab({ path, state, set, jsonata }: PanelProps) {
  const type = state.Type as StateType;
  const right = (jsonata ? EXPRESSIONS : PATHS)[type] ?? [];
  // Fields of the other language are an error; they are shown so that they can be taken out.
  const wrong = ((jsonata ? PATHS : EXPRESSIONS)[type] ?? []).filter(
    (key) => state[key] !== undefined,
  );
  return (
    <SpaceBetween size="m">
      {[...right, ...wrong].map((key) => {
        const Field = TEMPLATES.has(key) ? JsonField : PathField;
        return (
          <Field
            key={key}
            path={[...path, key]}
            label={`${LABELS[key] ?? key} (${key})`}
            hint={docOf(key)}
            value={state[key]}
            warning={
              wrong.includes(key)
                ? t("{field} belongs to {language}: the other language is chosen here", {
                    field: key,
                    language: jsonata ? "JSONPath" : "JSONata",
                  })
                : undefined
            }
            onChange={(v) => set(key, v)}
          />
        );
      })}
      {jsonata && (
        <Box color="text-body-secondary">
          {t("Data is in $states.input, the result in $states.result, variables in $name.")}
        </Box>
      )}
    </SpaceBetween>
  );
}
