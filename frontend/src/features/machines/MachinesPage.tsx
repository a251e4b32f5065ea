import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Cards from "@cloudscape-design/components/cards";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import TextFilter from "@cloudscape-design/components/text-filter";
import { keepPreviousData, useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useDeferredValue, useEffect, useState } from "react";
import { useNavigate } from "react-router";
import { fetchAnew } from "../../api/anew";
import { listMachines, pictureUrl } from "../../api/client";
import { messageOf } from "../../api/http";
import { watchExecutions } from "../../api/socket";
import type { MachineSummary } from "../../api/types";
import { Page } from "../../app/Page";
import { layouter } from "../../canvas/elk";
import { t } from "../../i18n";
import { ExecutionStatusPill } from "../../ui/ExecutionStatus";
import { ago } from "../../ui/format";
import { whenIdle } from "../../ui/idle";
import { useTheme } from "../../ui/theme";
import { PANELS } from "../designer/parts";
import { CreateDialog } from "./CreateDialog";
import { DeleteDialog } from "./DeleteDialog";
import { ImportDialog } from "./ImportDialog";

type Open =
  | { kind: "create" }
  | { kind: "import"; file?: File }
  | { kind: "delete"; machine: MachineSummary }
  | null;

function Counts({ machine }: { machine: MachineSummary }) {
  const { counts } = machine;
  const parts: [number, "in-progress" | "success" | "error" | "stopped", string][] = [
    [counts.running, "in-progress", t("running")],
    [counts.succeeded, "success", t("succeeded")],
    [counts.failed + counts.timed_out, "error", t("failed")],
    [counts.aborted, "stopped", t("aborted")],
  ];
  const shown = parts.filter(([count]) => count > 0);
  if (shown.length === 0) return <Box color="text-body-secondary">{t("Never run")}</Box>;
  return (
    <SpaceBetween direction="horizontal" size="s">
      {shown.map(([count, type, words]) => (
        <StatusIndicator key={words} type={type}>
          {count} {words}
        </StatusIndicator>
      ))}
    </SpaceBetween>
  );
}

export default function MachinesPage() {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const theme = useTheme((s) => s.theme);
  const [typed, setTyped] = useState("");
  const search = useDeferredValue(typed);
  const [open, setOpen] = useState<Open>(null);
  const machines = useInfiniteQuery({
    queryKey: ["machines", search],
    queryFn: ({ pageParam }) => listMachines({ search, cursor: pageParam }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    refetchInterval: 30_000,
    // While one types, what was found stays until what is found next is there.
    placeholderData: keepPreviousData,
  });

  // Who is here opens one of them next.
  // What most people do next is to open one: its page and the layout engine are ready by then.
  useEffect(
    () =>
      whenIdle(() => {
        layouter().warm();
        void import("../designer/DesignerPage").catch(() => undefined);
        void PANELS.load().catch(() => undefined);
      }),
    [],
  );

  // Counts and last runs follow the executions; several changes at once cause one fetch.
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = watchExecutions(
      null,
      () => {
        clearTimeout(timer);
        timer = setTimeout(() => void fetchAnew(queries, { queryKey: ["machines"] }), 400);
      },
      () => undefined,
    );
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [queries]);

  // A file may be dropped anywhere on the page.
  useEffect(() => {
    const over = (event: DragEvent) => {
      if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
    };
    const drop = (event: DragEvent) => {
      const file = event.dataTransfer?.files[0];
      // The drop zone of the dialog takes its files itself.
      if (!file || event.defaultPrevented) return;
      event.preventDefault();
      setOpen({ kind: "import", file });
    };
    window.addEventListener("dragover", over);
    window.addEventListener("drop", drop);
    return () => {
      window.removeEventListener("dragover", over);
      window.removeEventListener("drop", drop);
    };
  }, []);

  const items = machines.data?.pages.flatMap((page) => page.results) ?? [];
  const go = (path: string) => (event: { preventDefault: () => void }) => {
    event.preventDefault();
    navigate(path);
  };
  return (
    <Page title={t("Machines")}>
      {machines.error && (
        <Alert type="error" header={t("The machines could not be fetched")}>
          {messageOf(machines.error)}
        </Alert>
      )}
      <Cards
        variant="full-page"
        stickyHeader={false}
        loading={machines.isPending}
        loadingText={t("Fetching machines")}
        items={items}
        trackBy="id"
        cardsPerRow={[{ cards: 1 }, { minWidth: 640, cards: 2 }, { minWidth: 1000, cards: 3 }]}
        header={
          <Header
            variant="awsui-h1-sticky"
            counter={machines.data ? `(${items.length}${machines.hasNextPage ? "+" : ""})` : ""}
            description={t("A machine is drawn once and run as often as you like.")}
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                <Button onClick={() => setOpen({ kind: "import" })}>{t("Import")}</Button>
                <Button variant="primary" onClick={() => setOpen({ kind: "create" })}>
                  {t("New machine")}
                </Button>
              </SpaceBetween>
            }
          >
            {t("Machines")}
          </Header>
        }
        filter={
          <TextFilter
            filteringText={typed}
            filteringPlaceholder={t("Find by name")}
            filteringClearAriaLabel={t("Clear")}
            filteringAriaLabel={t("Find machines by name")}
            onChange={(event) => setTyped(event.detail.filteringText)}
          />
        }
        empty={
          <Box textAlign="center" padding="l">
            <SpaceBetween size="m">
              <b>{search ? t("No machine has such a name") : t("No machines yet")}</b>
              {!search && (
                <>
                  <Box variant="p">
                    {t("Draw one from scratch, or begin with a sample that runs at once.")}
                  </Box>
                  <SpaceBetween direction="horizontal" size="xs" alignItems="center">
                    <Button onClick={() => setOpen({ kind: "import" })}>
                      {t("Look at the samples")}
                    </Button>
                    <Button variant="primary" onClick={() => setOpen({ kind: "create" })}>
                      {t("New machine")}
                    </Button>
                  </SpaceBetween>
                </>
              )}
            </SpaceBetween>
          </Box>
        }
        cardDefinition={{
          header: (machine) => (
            <Link
              fontSize="heading-m"
              href={`/machines/${machine.id}`}
              onFollow={go(`/machines/${machine.id}`)}
            >
              {machine.name}
            </Link>
          ),
          sections: [
            {
              id: "picture",
              content: (machine) => (
                <div className="thumb">
                  <img
                    loading="lazy"
                    src={pictureUrl(machine.id, "svg", { revision: machine.revision, theme })}
                    alt={t("Graph of {name}", { name: machine.name })}
                  />
                </div>
              ),
            },
            { id: "counts", content: (machine) => <Counts machine={machine} /> },
            {
              id: "last",
              content: (machine) =>
                machine.status === "DELETING" ? (
                  <StatusIndicator type="pending">
                    {t("Being deleted when its executions have ended")}
                  </StatusIndicator>
                ) : machine.last_execution ? (
                  <SpaceBetween direction="horizontal" size="xs">
                    <ExecutionStatusPill {...machine.last_execution} />
                    <Link
                      href={`/executions/${machine.last_execution.id}`}
                      onFollow={go(`/executions/${machine.last_execution.id}`)}
                    >
                      {ago(machine.last_execution.started_at)}
                    </Link>
                  </SpaceBetween>
                ) : (
                  <Box color="text-body-secondary">
                    {t("Revision {revision}, changed {ago}", {
                      revision: machine.revision,
                      ago: ago(machine.updated_at),
                    })}
                  </Box>
                ),
            },
            {
              id: "actions",
              content: (machine) =>
                machine.status === "DELETING" ? null : (
                  <SpaceBetween direction="horizontal" size="xs">
                    <Button
                      href={`/machines/${machine.id}/edit`}
                      onFollow={go(`/machines/${machine.id}/edit`)}
                      ariaLabel={t(machine.has_draft ? "Edit draft {name}" : "Edit {name}", {
                        name: machine.name,
                      })}
                    >
                      {machine.has_draft ? t("Edit draft") : t("Edit")}
                    </Button>
                    <Button
                      iconName="remove"
                      variant="icon"
                      ariaLabel={t("Delete {name}", { name: machine.name })}
                      onClick={() => setOpen({ kind: "delete", machine })}
                    />
                  </SpaceBetween>
                ),
            },
          ],
        }}
      />
      {machines.hasNextPage && (
        <Box textAlign="center" padding="m">
          <Button
            loading={machines.isFetchingNextPage}
            onClick={() => void machines.fetchNextPage()}
          >
            {t("Load more than {n} machines", { n: items.length })}
          </Button>
        </Box>
      )}
      {open?.kind === "create" && <CreateDialog onClose={() => setOpen(null)} />}
      {open?.kind === "import" && (
        <ImportDialog
          key={open.file?.name ?? ""}
          file={open.file ?? null}
          onClose={() => setOpen(null)}
        />
      )}
      {open?.kind === "delete" && (
        <DeleteDialog machine={open.machine} onClose={() => setOpen(null)} />
      )}
    </Page>
  );
}
