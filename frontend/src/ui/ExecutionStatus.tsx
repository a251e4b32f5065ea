import StatusIndicator, {
  type StatusIndicatorProps,
} from "@cloudscape-design/components/status-indicator";
import type { ExecutionStatus } from "../api/types";

const LOOKS: Record<ExecutionStatus, [StatusIndicatorProps.Type, string]> = {
  RUNNING: ["in-progress", "Running"],
  SUCCEEDED: ["success", "Succeeded"],
  FAILED: ["error", "Failed"],
  TIMED_OUT: ["warning", "Timed out"],
  ABORTED: ["stopped", "Aborted"],
};

export function ExecutionStatusPill({
  status,
  stuck,
}: {
  status: ExecutionStatus;
  stuck?: boolean;
}) {
  if (stuck) return <StatusIndicator type="warning">Stuck</StatusIndicator>;
  const [type, words] = LOOKS[status];
  return <StatusIndicator type={type}>{words}</StatusIndicator>;
}
