import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { Compared } from "../../../api/types";
import { t } from "../../../i18n";
import { Compare } from "../../../ui/Code";

const FIELDS: Record<string, string> = {
  status: t("How it ends"),
  output: t("Output"),
  error: t("Error"),
  next_state: t("Where it leads"),
  variables: t("Variables"),
  sent: t("What is sent"),
};
const MOST = 5;

const shown = (outcome: Compared["before"], fields: readonly string[]) => {
  const values = outcome as unknown as Record<string, unknown>;
  return JSON.stringify(Object.fromEntries(fields.map((name) => [name, values[name]])), null, 2);
};

/** Visits that the two forms of a state end otherwise: the input, and what differs of the outcome. */
export function Differences({ of }: { of: readonly Compared[] }) {
  return (
    <SpaceBetween size="s">
      {of.slice(0, MOST).map((one, index) => (
        <ExpandableSection
          key={`${one.recorded?.execution ?? ""} ${one.recorded?.event_id ?? index}`}
          defaultExpanded={index === 0}
          headerText={one.differs.map((name) => FIELDS[name] ?? name).join(", ")}
          headerDescription={
            one.recorded
              ? t("On the data of run {name}", { name: one.recorded.name })
              : t("On the data given here")
          }
        >
          <SpaceBetween size="xs">
            <pre className="payload">{JSON.stringify(one.input, null, 2)}</pre>
            <Compare
              left={{ title: t("Now, in JSONPath"), text: shown(one.before, one.differs) }}
              right={{ title: t("Then, in JSONata"), text: shown(one.after, one.differs) }}
              format="json"
            />
            {one.recorded && (
              <Link href={`/executions/${one.recorded.execution}`} target="_blank">
                {t("Open the run")}
              </Link>
            )}
          </SpaceBetween>
        </ExpandableSection>
      ))}
    </SpaceBetween>
  );
}
