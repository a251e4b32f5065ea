import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import { useNavigate, useParams } from "react-router";
import { useStore } from "zustand";
import { fetchAnew } from "../../api/anew";
import {
  getExecution,
  getExecutionDefinition,
  redriveExecution,
  retryExecution,
  stopExecution,
} from "../../api/client";
import { barring } from "../../api/http";
import type { Execution } from "../../api/types";
import { guessFormat, parseText } from "../../asl/document";
import { toGraph, walkNodes } from "../../asl/graph";
import { isObject } from "../../asl/model";
import { type FocusControl, idOfFocus } from "../../canvas/CanvasFocus";
import { GraphCanvas } from "../../canvas/GraphCanvas";
import { Legend } from "../../canvas/StatusIcon";
import { useLayout } from "../../canvas/useLayout";
import { walk } from "../../canvas/walk";
import { t } from "../../i18n";
import { Cause } from "../../ui/Cause";
import { Code } from "../../ui/Code";
import { Confirm } from "../../ui/dialogs";
import { ExecutionStatusPill } from "../../ui/ExecutionStatus";
import { flash, flashError } from "../../ui/flash";
import { duration, when } from "../../ui/format";
import { TabBar } from "../../ui/TabBar";
import { Unopened } from "../../ui/Unopened";
import { useWrite } from "../../ui/useWrite";
import { EventsTable } from "./EventsTable";
import { StartDialog } from "./StartDialog";
import "./executions.css";
import { Follow } from "./Follow";
import { type LiveRun, newLiveRun } from "./live";
import { pretty } from "./payloads";
import { StepPanel } from "./StepPanel";
import { Timeline } from "./Timeline";

export default function ExecutionPage() {
  const { id = "" } = useParams();
  return <Watch key={id} id={id} />;
}

function Watch({ id }: { id: string }) {
  const [run, setRun] = useState(() => newLiveRun(id));
  useEffect(() => run.start(), [run]);
  const queries = useQueryClient();
  const execution = useQuery({
    queryKey: ["execution", id],
    queryFn: () => getExecution(id),
    // Frames do not say that an execution got stuck.
    refetchInterval: (query) => (query.state.data?.status === "RUNNING" ? 5000 : false),
  });
  // A live view closes its books with an execution's end: whoever redrives it, another one opens them again.
  const redriven = execution.data?.redrive_count;
  const [followed, setFollowed] = useState(redriven);
  if (redriven !== undefined && redriven !== followed) {
    setFollowed(redriven);
    if (followed !== undefined) setRun(newLiveRun(id));
  }
  const definition = useQuery({
    queryKey: ["execution", id, "definition"],
    queryFn: () => getExecutionDefinition(id),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const status = useStore(run, (s) => s.status);
  // The end brings what frames do not carry: output, error, the time it stopped.
  useEffect(() => {
    if (status !== null) void fetchAnew(queries, { queryKey: ["execution", id], exact: true });
  }, [status, queries, id]);
  useEffect(() => {
    if (execution.data) document.title = `${execution.data.name} · Treadle`;
  }, [execution.data]);
  const error = barring(execution) ?? barring(definition);
  if (error) {
    return (
      <Unopened
        header={t("This execution could not be opened")}
        error={error}
        to="/executions"
        action={t("To the executions")}
      />
    );
  }
  if (!execution.data || definition.data?.definition === undefined) {
    return (
      <Box padding="xxl" textAlign="center">
        <Spinner size="large" />
      </Box>
    );
  }
  return <Run run={run} execution={execution.data} definition={definition.data.definition} />;
}

const TABS = [
  ["events", t("Events")],
  ["timeline", t("Timeline")],
  ["definition", t("Definition")],
] as const;
const TAB_LABELS: ReadonlyMap<string, string> = new Map(TABS);

/** As in executions.css. */
const NARROW = "(max-width: 900px)";

const KEY_STEPS = {
  ArrowUp: "up",
  ArrowDown: "down",
  ArrowLeft: "left",
  ArrowRight: "right",
  "[": "out",
  "]": "in",
} as const;

function Run({
  run,
  execution,
  definition,
}: {
  run: LiveRun;
  execution: Execution;
  definition: string;
}) {
  const format = guessFormat(definition);
  const graph = useMemo(() => {
    const parsed = parseText(definition, format);
    return parsed.ok && isObject(parsed.value) ? toGraph(parsed.value) : null;
  }, [definition, format]);
  const { layout, current } = useLayout(graph);
  const nodes = useMemo(() => (graph ? [...walkNodes(graph)] : []), [graph]);
  const [chosen, setChosen] = useState<string | null>(null);
  const [tab, setTab] = useState<(typeof TABS)[number][0]>("events");
  const node = nodes.find((n) => n.id === chosen);
  const details = useRef<HTMLElement>(null);
  const control = useRef<FocusControl | null>(null);
  const show = (id: string | null) => {
    setChosen(id);
    // In a narrow window the details stand below the graph and the history.
    if (id !== null && matchMedia(NARROW).matches)
      requestAnimationFrame(() => details.current?.scrollIntoView());
  };
  const choose = (state: string) => show(nodes.find((n) => n.name === state)?.id ?? null);
  const selected = useMemo(() => new Set(chosen === null ? [] : [chosen]), [chosen]);
  const problem = useStore(run, (s) => s.problem);
  const keys = (event: React.KeyboardEvent) => {
    const step = KEY_STEPS[event.key as keyof typeof KEY_STEPS];
    if (!step || !graph || !layout) return;
    event.preventDefault();
    const next = walk(graph, layout, idOfFocus(event) ?? chosen, step);
    if (next === null) return;
    setChosen(next);
    control.current?.focus(next);
  };
  return (
    <main className="page-fill run">
      <RunHead run={run} execution={execution} />
      {problem && <Alert type="warning">{problem}</Alert>}
      {execution.stuck && <Stuck execution={execution} />}
      <div className="run-body">
        <div className="run-graph">
          {graph && layout ? (
            <GraphCanvas
              graph={graph}
              layout={layout}
              awaited={!current}
              mode="view"
              selected={selected}
              focusId={chosen}
              statuses={run.shown}
              onSelect={(ids) => show([...ids].at(-1) ?? null)}
              onKey={keys}
              onFocusBox={(id) => control.current?.reveal(id)}
              control={control}
            >
              <Follow run={run} layout={layout} />
            </GraphCanvas>
          ) : (
            <Spinner />
          )}
          <Legend />
        </div>
        <section className="run-lower" aria-label={t("History")}>
          <TabBar label={t("History")} tabs={TABS} active={tab} onChange={setTab} />
          <div className="run-panel" role="tabpanel" aria-label={TAB_LABELS.get(tab)}>
            {tab === "events" && <EventsTable run={run} onChoose={choose} />}
            {tab === "timeline" && <Timeline run={run} onChoose={choose} />}
            {tab === "definition" && (
              <Code value={definition} format={format} label={t("Definition at the start")} />
            )}
          </div>
        </section>
        <aside ref={details} className="run-step" aria-label={t("Step")}>
          {node ? (
            <StepPanel run={run} execution={execution} node={node} />
          ) : (
            <Whole execution={execution} />
          )}
        </aside>
      </div>
    </main>
  );
}

function RunHead({ run, execution }: { run: LiveRun; execution: Execution }) {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const status = useStore(run, (s) => s.status) ?? execution.status;
  const liveness = useStore(run, (s) => s.liveness);
  const [open, setOpen] = useState<"stop" | "again" | null>(null);
  const stop = useWrite({
    mutationFn: () => stopExecution(execution.id, { cause: t("Stopped from the page") }),
    onSuccess: () => {
      setOpen((now) => (now === "stop" ? null : now));
      void fetchAnew(queries, { queryKey: ["execution", execution.id], exact: true });
    },
    onError: flashError,
  });
  // A redrive that fails again within the blink of an eye would look as if nothing had been pressed.
  const [awaited, setAwaited] = useState<number | null>(null);
  const redrive = useWrite({
    mutationFn: () => redriveExecution(execution.id),
    onSuccess: (begun) => {
      setAwaited(begun.redrive_count);
      return fetchAnew(queries, { queryKey: ["execution", execution.id], exact: true });
    },
    onError: flashError,
  });
  useEffect(() => {
    if (awaited === null || execution.redrive_count < awaited || execution.status === "RUNNING")
      return;
    setAwaited(null);
    tellEnd(execution);
  }, [awaited, execution]);
  const running = status === "RUNNING";
  const ended = !running && status !== "SUCCEEDED";
  const go = (path: string) => (event: { preventDefault: () => void }) => {
    event.preventDefault();
    navigate(path);
  };
  return (
    <div className="run-head">
      <div className="run-title">
        <h1 title={execution.name}>{execution.name}</h1>
        <Link
          href={`/machines/${execution.machine.id}`}
          onFollow={go(`/machines/${execution.machine.id}`)}
        >
          {t("{name}, revision {revision}", {
            name: execution.machine.name,
            revision: execution.revision,
          })}
        </Link>
        <span data-execution-status={status}>
          <ExecutionStatusPill status={status} stuck={execution.stuck && running} />
        </span>
        {running && liveness === "reconnecting" && (
          <StatusIndicator type="loading">{t("Reconnecting")}</StatusIndicator>
        )}
      </div>
      <SpaceBetween direction="horizontal" size="xs">
        <Button
          href={`/machines/${execution.machine.id}/edit`}
          onFollow={go(`/machines/${execution.machine.id}/edit`)}
        >
          {t("Edit machine")}
        </Button>
        <Button onClick={() => setOpen("again")}>{t("Run again")}</Button>
        {ended && (
          <Button
            loading={redrive.isPending}
            disabled={execution.status === status && !execution.redrivable}
            onClick={() => redrive.mutate()}
          >
            {t("Redrive")}
          </Button>
        )}
        <Button disabled={!running} onClick={() => setOpen("stop")}>
          {t("Stop")}
        </Button>
      </SpaceBetween>
      {open === "stop" && (
        <Confirm
          title={t("Stop this execution?")}
          action={t("Stop")}
          busy={stop.isPending}
          onConfirm={() => stop.mutate()}
          onClose={() => setOpen(null)}
        >
          {t(
            "What runs now is told to stop, and nothing after it begins. It ends as aborted; a redrive can take it up again.",
          )}
        </Confirm>
      )}
      {open === "again" && (
        <StartDialog
          machine={execution.machine}
          initial={execution.input}
          onClose={() => setOpen(null)}
        />
      )}
    </div>
  );
}

/** How the run ended that a redrive began. */
function tellEnd({ status, error, redrive_count: n }: Execution): void {
  if (status === "SUCCEEDED") flash("success", t("Redrive {n} succeeded", { n }));
  else if (error)
    flash("error", t("Redrive {n} ended as the run before it: {error}", { n, error }));
  else flash("error", t("Redrive {n} did not succeed either", { n }));
}

function Stuck({ execution }: { execution: Execution }) {
  const queries = useQueryClient();
  const retry = useWrite({
    mutationFn: () => retryExecution(execution.id),
    onSuccess: () =>
      void fetchAnew(queries, { queryKey: ["execution", execution.id], exact: true }),
    onError: flashError,
  });
  return (
    <Alert
      type="warning"
      header={t("This execution is stuck")}
      action={
        <Button loading={retry.isPending} onClick={() => retry.mutate()}>
          {t("Try again")}
        </Button>
      }
    >
      {execution.stuck_reason ?? t("Taking the next step has failed several times.")}
    </Alert>
  );
}

function Whole({ execution }: { execution: Execution }) {
  return (
    <SpaceBetween size="m">
      <Box variant="h3" tagOverride="h2">
        {t("The execution")}
      </Box>
      {execution.error !== null && (
        <Alert type="error" header={execution.error}>
          <Cause cause={execution.cause} />
        </Alert>
      )}
      <KeyValuePairs
        columns={2}
        items={[
          { label: t("Started"), value: when(execution.started_at) },
          {
            label: t("Took"),
            value:
              execution.duration_ms === null ? t("still going") : duration(execution.duration_ms),
          },
          ...(execution.redrive_count > 0
            ? [{ label: t("Redrives"), value: execution.redrive_count }]
            : []),
        ]}
      />
      <div>
        <Box variant="awsui-key-label">{t("Input")}</Box>
        <pre className="payload">{pretty(execution.input)}</pre>
      </div>
      {execution.status === "SUCCEEDED" && (
        <div>
          <Box variant="awsui-key-label">{t("Output")}</Box>
          <pre className="payload" data-part="execution-output">
            {pretty(execution.output)}
          </pre>
        </div>
      )}
      <Box color="text-body-secondary">
        {t("Choose a state in the graph to see its input, output and attempts.")}
      </Box>
    </SpaceBetween>
  );
}
