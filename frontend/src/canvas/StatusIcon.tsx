import type { Status } from "../executions/events";
import { t } from "../i18n";

export const STATUS_WORDS: Record<Status, string> = {
  running: t("running"),
  retrying: t("retrying"),
  waiting: t("waiting"),
  failed: t("failed"),
  timed_out: t("timed out"),
  aborted: t("aborted"),
  caught: t("caught error"),
  succeeded: t("succeeded"),
};

/** A shape a status, so that colour is never the only sign. */
const SHAPES: Record<Status, string> = {
  running: "M8 1.5a6.5 6.5 0 1 1-6.5 6.5",
  retrying: "M2 8a6 6 0 0 1 10.5-4M14 8a6 6 0 0 1-10.5 4M12.8 1v3.4H9.4M3.2 15v-3.4h3.4",
  waiting: "M8 1.5a6.5 6.5 0 1 0 .01 0M8 4.5V8l2.5 2",
  failed: "M8 1.5a6.5 6.5 0 1 0 .01 0M5.5 5.5l5 5M10.5 5.5l-5 5",
  timed_out: "M3.5 1.5h9M3.5 14.5h9M4.5 1.5c0 4 7 9 7 13M11.5 1.5c0 4-7 9-7 13",
  aborted: "M8 1.5a6.5 6.5 0 1 0 .01 0M4.5 8h7",
  caught: "M8 1.5L15 14H1zM8 6v4M8 12v.5",
  succeeded: "M8 1.5a6.5 6.5 0 1 0 .01 0M5 8.2l2.2 2.2L11 6",
};

export function StatusIcon({ status }: { status: Status }) {
  return (
    <svg viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="1.7" aria-hidden="true">
      <path d={SHAPES[status]} strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  );
}

export function Legend() {
  return (
    <div className="legend">
      {(Object.keys(STATUS_WORDS) as Status[]).map((status) => (
        <span key={status} className={`status-${status}`}>
          <StatusIcon status={status} />
          {STATUS_WORDS[status]}
        </span>
      ))}
    </div>
  );
}
