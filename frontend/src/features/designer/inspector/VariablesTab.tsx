import { docOf } from "../../../asl/fields";
import type { Json } from "../../../asl/model";
import { t } from "../../../i18n";
import { Assignments } from "./Assignments";
import type { PanelProps } from "./panel";

export function VariablesTab({ state, set, jsonata }: PanelProps) {
  return (
    <Assignments
      label={t("Variables set here")}
      hint={docOf("Assign")}
      value={state.Assign}
      jsonata={jsonata}
      onChange={(value: Json | undefined) => set("Assign", value)}
    />
  );
}
