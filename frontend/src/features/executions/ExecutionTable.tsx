import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";
import TextFilter from "@cloudscape-design/components/text-filter";
import {
  type InfiniteData,
  keepPreviousData,
  useInfiniteQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { type ReactNode, useDeferredValue, useEffect, useMemo, useState } from "react";
import { useNavigate } from "react-router";
import { fetchAnew } from "../../api/anew";
import { listExecutions } from "../../api/client";
import { messageOf } from "../../api/http";
import { type Liveness, watchExecutions } from "../../api/socket";
import type { ExecutionStatus, ExecutionSummary, Page } from "../../api/types";
import { t } from "../../i18n";
import { ExecutionStatusPill, statusWords } from "../../ui/ExecutionStatus";
import { duration, when } from "../../ui/format";

type Pages = InfiniteData<Page<ExecutionSummary>, string | null>;
const STATES: readonly (ExecutionStatus | "")[] = [
  "",
  "RUNNING",
  "SUCCEEDED",
  "FAILED",
  "TIMED_OUT",
  "ABORTED",
];
const words = (status: ExecutionStatus | "") =>
  status === "" ? t("Any status") : statusWords(status);

/** Put a summary where it belongs: over its older self, or on top when it is new and fits the filter. */
function merge(
  pages: Pages | undefined,
  summary: ExecutionSummary,
  fits: (e: ExecutionSummary) => boolean,
): Pages | undefined {
  if (!pages) return pages;
  const known = pages.pages.some((page) => page.results.some((e) => e.id === summary.id));
  return {
    ...pages,
    pages: pages.pages.map((page, i) => {
      const results = page.results.flatMap((e) =>
        e.id !== summary.id ? [e] : fits(summary) ? [summary] : [],
      );
      return {
        ...page,
        results: !known && i === 0 && fits(summary) ? [summary, ...results] : results,
      };
    }),
  };
}

export function ExecutionTable({
  machine,
  actions,
}: {
  machine: string | null;
  actions?: ReactNode;
}) {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [status, setStatus] = useState<ExecutionStatus | "">("");
  const [typed, setTyped] = useState("");
  const search = useDeferredValue(typed.trim());
  const [liveness, setLiveness] = useState<Liveness>("live");
  const queryKey = useMemo(
    () => ["executions", machine, status, search],
    [machine, status, search],
  );
  const list = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam }) =>
      listExecutions({
        ...(machine === null ? {} : { machine }),
        status,
        search,
        cursor: pageParam,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    // What was found stays until what is found next is there.
    placeholderData: keepPreviousData,
  });
  useEffect(() => {
    const fits = (e: ExecutionSummary) =>
      (status === "" || e.status === status) && e.name.toLowerCase().includes(search.toLowerCase());
    return watchExecutions(
      machine,
      (frame) =>
        queries.setQueryData<Pages>(queryKey, (pages) => merge(pages, frame.execution, fits)),
      (next) =>
        setLiveness((before) => {
          // What happened while nothing was heard is fetched at once when the line is back.
          if (before === "reconnecting" && next === "live") void fetchAnew(queries, { queryKey });
          return next;
        }),
    );
  }, [machine, status, search, queries, queryKey]);

  const items = list.data?.pages.flatMap((page) => page.results) ?? [];
  const link = (path: string, label: string) => (
    <Link
      href={path}
      onFollow={(event) => {
        event.preventDefault();
        navigate(path);
      }}
    >
      {label}
    </Link>
  );
  return (
    <Table
      variant={machine === null ? "full-page" : "container"}
      items={items}
      trackBy="id"
      loading={list.isPending}
      loadingText={t("Fetching executions")}
      wrapLines
      header={
        <Header
          variant={machine === null ? "h1" : "h2"}
          counter={list.data ? `(${items.length}${list.hasNextPage ? "+" : ""})` : ""}
          actions={actions}
          description={
            liveness === "reconnecting" ? (
              <StatusIndicator type="loading">{t("Reconnecting")}</StatusIndicator>
            ) : undefined
          }
        >
          {t("Executions")}
        </Header>
      }
      filter={
        <SpaceBetween direction="horizontal" size="xs">
          <TextFilter
            filteringText={typed}
            filteringPlaceholder={t("Find by name")}
            filteringClearAriaLabel={t("Clear")}
            filteringAriaLabel={t("Find executions by name")}
            onChange={(e) => setTyped(e.detail.filteringText)}
          />
          <Select
            ariaLabel={t("Status")}
            selectedOption={{ value: status, label: words(status) }}
            options={STATES.map((s) => ({ value: s, label: words(s) }))}
            onChange={(e) =>
              setStatus((e.detail.selectedOption.value ?? "") as ExecutionStatus | "")
            }
          />
        </SpaceBetween>
      }
      empty={
        <Box textAlign="center" padding="m">
          {list.error
            ? messageOf(list.error)
            : search || status
              ? t("Nothing fits this filter")
              : t("Nothing has run yet: press Run")}
        </Box>
      }
      footer={
        list.hasNextPage && (
          <Box textAlign="center">
            <Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
              {t("Load more")}
            </Button>
          </Box>
        )
      }
      columnDefinitions={[
        {
          id: "name",
          header: t("Name"),
          cell: (e) => link(`/executions/${e.id}`, e.name),
          isRowHeader: true,
        },
        ...(machine === null
          ? [
              {
                id: "machine",
                header: t("Machine"),
                cell: (e: ExecutionSummary) => link(`/machines/${e.machine.id}`, e.machine.name),
              },
            ]
          : []),
        {
          id: "status",
          header: t("Status"),
          minWidth: 140,
          cell: (e) => <ExecutionStatusPill status={e.status} stuck={e.stuck} />,
        },
        { id: "revision", header: t("Revision"), cell: (e) => e.revision },
        { id: "started", header: t("Started"), cell: (e) => when(e.started_at) },
        {
          id: "took",
          header: t("Took"),
          cell: (e) => (e.duration_ms === null ? "–" : duration(e.duration_ms)),
        },
      ]}
    />
  );
}
