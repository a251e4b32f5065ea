import Box from "@cloudscape-design/components/box";
import Link from "@cloudscape-design/components/link";
import ProgressBar from "@cloudscape-design/components/progress-bar";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import { listExecutions, listMapRuns } from "../../api/client";
import type { MapRun } from "../../api/types";
import { count, t } from "../../i18n";
import { ExecutionStatusPill, statusWords } from "../../ui/ExecutionStatus";

const LOOK_AGAIN_MS = 1000;

/** How far the Map Runs of one visit of a Distributed Map are, and the children worth a look: failed ones first. */
export function MapRuns({ execution, visit }: { execution: string; visit: number }) {
  const runs = useQuery({
    queryKey: ["map-runs", execution],
    queryFn: () => listMapRuns(execution),
    refetchInterval: (query) =>
      query.state.data?.some((run) => run.status === "RUNNING") ? LOOK_AGAIN_MS : false,
  });
  const own = (runs.data ?? []).filter((run) => run.id.includes(`:maprun:${visit}.`));
  return (
    <SpaceBetween size="m">
      {own.map((run) => (
        <OneRun key={run.id} run={run} />
      ))}
    </SpaceBetween>
  );
}

function OneRun({ run }: { run: MapRun }) {
  const { total, succeeded, failed, timed_out, aborted } = run.item_counts;
  const ended = succeeded + failed + timed_out + aborted;
  const states = { RUNNING: "in-progress", SUCCEEDED: "success" } as const;
  const unwell = failed + timed_out;
  return (
    <SpaceBetween size="xs">
      <ProgressBar
        label={count(total, "Map Run of {n} item", "Map Run of {n} items")}
        status={states[run.status as keyof typeof states] ?? "error"}
        value={total === 0 ? 0 : (100 * ended) / total}
        resultText={t("{status}: {succeeded} succeeded, {failed} failed, {aborted} aborted", {
          status: statusWords(run.status),
          succeeded,
          failed: unwell,
          aborted,
        })}
        additionalInfo={[
          t("{succeeded} succeeded, {failed} failed, {n} running", {
            succeeded,
            failed: unwell,
            n: run.running_children,
          }),
          ...(run.pending_redrive > 0
            ? [
                count(
                  run.pending_redrive,
                  "{n} child waits to run again",
                  "{n} children wait to run again",
                ),
              ]
            : []),
          ...(run.redrive_count > 0
            ? [count(run.redrive_count, "redriven once", "redriven {n} times")]
            : []),
        ].join(" · ")}
      />
      <Children run={run} failed={unwell > 0} />
    </SpaceBetween>
  );
}

function Children({ run, failed }: { run: MapRun; failed: boolean }) {
  const navigate = useNavigate();
  const children = useQuery({
    queryKey: ["children", run.id, failed, run.children],
    queryFn: () => listExecutions({ map_run: run.id, status: failed ? "FAILED" : "" }),
    placeholderData: (old) => old,
  });
  const found = children.data?.results ?? [];
  if (found.length === 0) return null;
  return (
    <div>
      <Box variant="awsui-key-label">{failed ? t("Children that failed") : t("Children")}</Box>
      <ul className="children">
        {found.map((child) => (
          <li key={child.id}>
            <Link
              href={`/executions/${child.id}`}
              onFollow={(event) => {
                event.preventDefault();
                navigate(`/executions/${child.id}`);
              }}
            >
              {child.name}
            </Link>{" "}
            <ExecutionStatusPill status={child.status} stuck={child.stuck} />
          </li>
        ))}
      </ul>
      {children.data?.next && (
        <Box color="text-body-secondary">
          {t("The newest {n}; all of them by REST.", { n: found.length })}
        </Box>
      )}
    </div>
  );
}
