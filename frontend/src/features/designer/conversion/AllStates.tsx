import Box from "@cloudscape-design/components/box";
import Checkbox from "@cloudscape-design/components/checkbox";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import type { ConvertedState } from "../../../api/types";
import { t } from "../../../i18n";
import { tallyOf, verdict } from "./conversion";

/** Every state with what its comparison came to. Those that differ are only converted when they are ticked. */
export function AllStates(props: {
  states: readonly ConvertedState[];
  wanted: ReadonlySet<string>;
  onChange: (wanted: ReadonlySet<string>) => void;
}) {
  const { states, wanted, onChange } = props;
  if (states.length === 0) return <Box>{t("Every state is in JSONata already.")}</Box>;
  const put = (name: string, on: boolean) => {
    const next = new Set(wanted);
    if (on) next.add(name);
    else next.delete(name);
    onChange(next);
  };
  return (
    <SpaceBetween size="xs">
      {states.map((state) => {
        const tally = tallyOf(state);
        const reason = state.diagnostics.find((one) => one.severity === "ERROR")?.message;
        const loose = state.diagnostics.find((one) => one.severity === "WARNING")?.message;
        return (
          <div key={state.name} className="convert-row">
            <Checkbox
              checked={state.converted !== null && wanted.has(state.name)}
              disabled={state.converted === null}
              description={reason ?? loose}
              onChange={(e) => put(state.name, e.detail.checked)}
            >
              {state.name}
            </Checkbox>
            {state.converted !== null && (
              <StatusIndicator
                type={tally.different.length > 0 ? "error" : tally.equal > 0 ? "success" : "info"}
              >
                {verdict(tally)}
              </StatusIndicator>
            )}
          </div>
        );
      })}
    </SpaceBetween>
  );
}
