import StatusIndicator, {
  type StatusIndicatorProps,
} from "@cloudscape-design/components/status-indicator";
import type { ExecutionStatus } from "../api/types";
import { t } from "../i18n";

const LOOKS: Record<ExecutionStatus, [StatusIndicatorProps.Type, string]> = {
  RUNNING: ["in-progress", t("Running")],
  SUCCEEDED: ["success", t("Succeeded")],
  FAILED: ["error", t("Failed")],
  TIMED_OUT: ["warning", t("Timed out")],
  ABORTED: ["stopped", t("Aborted")],
};

export function statusWords(status: string): string {
  return LOOKS[status as ExecutionStatus]?.[1] ?? status;
}

export function ExecutionStatusPill({
  status,
  stuck,
}: {
  status: ExecutionStatus;
  stuck?: boolean;
}) {
  if (stuck) return <StatusIndicator type="warning">{t("Stuck")}</StatusIndicator>;
  const [type, words] = LOOKS[status];
  return (
    <StatusIndicator type={type} wrapText={false}>
      {words}
    </StatusIndicator>
  );
}
