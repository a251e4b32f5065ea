import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import FormField from "@cloudscape-design/components/form-field";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Tabs from "@cloudscape-design/components/tabs";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { useStore } from "zustand";
import { listTasks } from "../../api/client";
import type { Execution, TaskAttempt } from "../../api/types";
import type { GraphNode } from "../../asl/graph";
import { STATUS_WORDS, StatusIcon } from "../../canvas/StatusIcon";
import type { Visit } from "../../executions/statuses";
import { count, t } from "../../i18n";
import { Cause } from "../../ui/Cause";
import { between, duration, when } from "../../ui/format";
import type { LiveRun } from "./live";
import { MapRuns } from "./MapRuns";
import { dataOf, pretty, useDetails } from "./payloads";

const FAILED_FIRST = [
  "failed",
  "timed_out",
  "aborted",
  "retrying",
  "running",
  "waiting",
  "caught",
  "succeeded",
];

const ATTEMPT_WORDS: Record<TaskAttempt["status"], string> = {
  QUEUED: t("queued"),
  OFFERED: t("offered to a worker"),
  BEGUN: STATUS_WORDS.running,
  WAITING: STATUS_WORDS.waiting,
  POLLING: t("polling"),
  SUCCEEDED: STATUS_WORDS.succeeded,
  FAILED: STATUS_WORDS.failed,
  TIMED_OUT: STATUS_WORDS.timed_out,
  ABORTED: STATUS_WORDS.aborted,
  LOST: t("lost"),
};

/** `0/2` reads as "iteration 1, then 3": where a visit took place. */
function place(visit: Visit): string {
  if (visit.scope === "") return "";
  return visit.scope
    .split("/")
    .map((segment) => `#${Number(segment.split(".")[1] ?? 0) + 1}`)
    .join(" › ");
}

export function StepPanel({
  run,
  execution: { id: execution, ...whole },
  node,
}: {
  run: LiveRun;
  execution: Execution;
  node: GraphNode;
}) {
  const n = useStore(run, (s) => s.n);
  // biome-ignore lint/correctness/useExhaustiveDependencies: visits change in place, `n` says when
  const visits = useMemo(() => [...run.statuses.visitsOf(node.name)], [run, node.name, n]);
  const [chosen, setChosen] = useState<number | null>(null);
  // Kept here: a redrive reads the history anew, and has no events for a moment.
  const [tab, setTab] = useState("data");
  // biome-ignore lint/correctness/useExhaustiveDependencies: another state, another choice
  useEffect(() => setChosen(null), [node.name]);
  const ordered = useMemo(
    () =>
      visits
        .map((visit, index) => ({ visit, index }))
        .sort(
          (a, b) =>
            FAILED_FIRST.indexOf(a.visit.status) - FAILED_FIRST.indexOf(b.visit.status) ||
            b.index - a.index,
        ),
    [visits],
  );
  const visit = visits.find((v) => v.id === chosen) ?? visits.at(-1) ?? null;
  const details = useDetails(execution, visit, n);
  const events = details.data?.events ?? [];
  const data = dataOf(events);
  // A state that fails by itself, as a Choice without a match, has no event of its own for it: it ends the execution.
  const ended = visit?.scope === "" && (visit.status === "failed" || visit.status === "timed_out");
  const told = data.error !== null || !ended ? data : whole;

  if (!visit) {
    return (
      <div className="step">
        <Box variant="h3" tagOverride="h2">
          {node.name}
        </Box>
        <Box color="text-body-secondary">{t("{type} · not started", { type: node.type })}</Box>
      </div>
    );
  }
  const tabs = [
    {
      id: "data",
      label: t("Data"),
      content: (
        <SpaceBetween size="s">
          <FormField label={t("Input")} stretch>
            <pre className="payload" data-part="input">
              {pretty(data.input) || "–"}
            </pre>
          </FormField>
          <FormField label={t("Output")} stretch>
            <pre className="payload" data-part="output">
              {pretty(data.output) || (visit.open ? t("not yet") : t("none"))}
            </pre>
          </FormField>
        </SpaceBetween>
      ),
    },
    ...(node.type === "Task"
      ? [
          {
            id: "tasks",
            label: t("Attempts"),
            content: <Attempts execution={execution} visit={visit} n={visit.events.length} />,
          },
        ]
      : []),
    ...(events.some((event) => event.type === "MapRunStarted")
      ? [
          {
            id: "map-runs",
            label: t("Map Run"),
            content: <MapRuns execution={execution} visit={visit.id} />,
          },
        ]
      : []),
    {
      id: "events",
      label: t("Events"),
      content: (
        <SpaceBetween size="xs">
          {events.map((event) => (
            <details key={event.id} className="raw-event">
              <summary>
                {event.id}. {event.type} {event.note && <i>({event.note})</i>}
              </summary>
              <pre className="payload">{pretty(event.details ?? {})}</pre>
            </details>
          ))}
        </SpaceBetween>
      ),
    },
  ];
  return (
    <div className={`step status-${visit.status}`}>
      <SpaceBetween size="s">
        <div>
          <Box variant="h3" tagOverride="h2">
            {node.name}
          </Box>
          <span className="step-status">
            <StatusIcon status={visit.status} /> {STATUS_WORDS[visit.status]}
          </span>
        </div>
        {visits.length > 1 && (
          <FormField label={count(visits.length, "{n} visit", "{n} visits, failed ones first")}>
            <Select
              filteringType={visits.length > 10 ? "auto" : "none"}
              virtualScroll
              selectedOption={{
                value: String(visit.id),
                label: visitLabel(visit, visits.indexOf(visit)),
              }}
              options={ordered.map(({ visit: v, index }) => ({
                value: String(v.id),
                label: visitLabel(v, index),
                description: when(v.enteredAt),
              }))}
              onChange={(e) => setChosen(Number(e.detail.selectedOption.value))}
            />
          </FormField>
        )}
        {told.error !== null && visit.status !== "succeeded" && (
          <Alert type={visit.status === "caught" ? "warning" : "error"} header={told.error}>
            <Cause cause={told.cause} />
          </Alert>
        )}
        <KeyValuePairs
          columns={2}
          items={[
            { label: t("Began"), value: when(visit.enteredAt) },
            {
              label: t("Took"),
              value: visit.endedAt
                ? duration(run.statuses.ran(Date.parse(visit.enteredAt), Date.parse(visit.endedAt)))
                : t("still going"),
            },
            ...(visit.attempts > 0 ? [{ label: t("Attempts"), value: visit.attempts }] : []),
            ...(place(visit) ? [{ label: t("Place"), value: place(visit) }] : []),
          ]}
        />
        <Tabs
          ariaLabel={t("Step")}
          activeTabId={tabs.some(({ id }) => id === tab) ? tab : "data"}
          onChange={(e) => setTab(e.detail.activeTabId)}
          tabs={tabs}
        />
      </SpaceBetween>
    </div>
  );
}

function visitLabel(visit: Visit, index: number): string {
  const where = place(visit);
  return `${index + 1}. ${STATUS_WORDS[visit.status]}${where ? ` · ${where}` : ""}`;
}

function Attempts({ execution, visit, n }: { execution: string; visit: Visit; n: number }) {
  const tasks = useQuery({
    queryKey: ["tasks", execution, visit.state, n],
    queryFn: () => listTasks(execution, visit.state),
    placeholderData: (old) => old,
  });
  const mine = (tasks.data?.results ?? []).filter((task) => {
    const at = task.scheduled_at;
    const here = task.scope === visit.scope && at >= visit.enteredAt;
    return here && (visit.endedAt === null || at <= visit.endedAt);
  });
  if (mine.length === 0)
    return (
      <Box color="text-body-secondary">{tasks.isPending ? t("Fetching") : t("No attempt yet")}</Box>
    );
  return (
    <SpaceBetween size="m">
      {mine.map((task) => (
        <div key={task.id}>
          <b>
            {t("Attempt {attempt}: {value}", {
              attempt: task.attempt + 1,
              value: ATTEMPT_WORDS[task.status],
            })}
          </b>
          <Box color="text-body-secondary">
            {task.begun_at
              ? t("took {duration}", { duration: between(task.begun_at, task.ended_at) })
              : t("waits for a worker")}
            {task.worker ? ` · ${task.worker}` : ""}
          </Box>
          {task.error && (
            <Alert type="error" header={task.error}>
              <Cause cause={task.cause} />
            </Alert>
          )}
          {task.logs && <pre className="payload">{task.logs}</pre>}
          {task.logs_truncated && (
            <Box color="text-body-secondary">{t("The log was longer than is kept.")}</Box>
          )}
        </div>
      ))}
    </SpaceBetween>
  );
}
