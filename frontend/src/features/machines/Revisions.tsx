import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import Table from "@cloudscape-design/components/table";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { getRevision, listRevisions, putDraft } from "../../api/client";
import { messageOf } from "../../api/http";
import type { Machine, Revision } from "../../api/types";
import { GraphView } from "../../canvas/GraphView";
import { t } from "../../i18n";
import { Dialog } from "../../ui/dialogs";
import { when } from "../../ui/format";
import { useWrite } from "../../ui/useWrite";
import { GraphDiff } from "./GraphDiff";

export function Revisions({ machine }: { machine: Machine }) {
  const [shown, setShown] = useState<number | null>(null);
  const list = useInfiniteQuery({
    queryKey: ["revisions", machine.id],
    queryFn: ({ pageParam }) => listRevisions(machine.id, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });
  const items = list.data?.pages.flatMap((page) => page.results) ?? [];
  return (
    <>
      <Table
        items={items}
        trackBy="number"
        loading={list.isPending}
        loadingText={t("Fetching revisions")}
        header={
          <Header description={t("A revision never changes. Restoring one makes it the draft.")}>
            {t("Revisions")}
          </Header>
        }
        columnDefinitions={[
          {
            id: "number",
            header: t("Revision"),
            cell: (r) =>
              r.number === machine.revision ? t("{n} (latest)", { n: r.number }) : r.number,
            isRowHeader: true,
          },
          { id: "comment", header: t("What changed"), cell: (r) => r.comment || "–" },
          { id: "author", header: t("By"), cell: (r) => r.author ?? "–" },
          { id: "when", header: t("Saved"), cell: (r) => when(r.created_at) },
          {
            id: "actions",
            header: t("Actions"),
            cell: (r) => (
              <Button
                variant="inline-link"
                ariaLabel={`${t("Look at it")}: ${t("Revision {number}", { number: r.number })}`}
                onClick={() => setShown(r.number)}
              >
                {t("Look at it")}
              </Button>
            ),
          },
        ]}
        footer={
          list.hasNextPage && (
            <Box textAlign="center">
              <Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
                {t("Load more")}
              </Button>
            </Box>
          )
        }
      />
      {shown !== null && <Look machine={machine} number={shown} onClose={() => setShown(null)} />}
    </>
  );
}

function Look({
  machine,
  number,
  onClose,
}: {
  machine: Machine;
  number: number;
  onClose: () => void;
}) {
  const revision = useQuery({
    queryKey: ["revision", machine.id, number],
    queryFn: () => getRevision(machine.id, number),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const restore = useWrite({
    mutationFn: (old: Revision) =>
      putDraft(
        machine.id,
        { text: old.definition ?? "", format: old.format, base_revision: machine.revision },
        machine.draft?.saves ?? null,
      ),
    leads: () => ({
      to: `/machines/${machine.id}/edit`,
      told: t("Revision {number} is the draft of {name}", { number, name: machine.name }),
    }),
  });
  const old = revision.data;
  const latest = number === machine.revision;
  const ways = [
    { value: "", label: t("By itself") },
    ...(latest ? [] : [{ value: "latest", label: t("Against the latest revision") }]),
    ...(machine.has_draft ? [{ value: "draft", label: t("Against the draft") }] : []),
  ];
  const [against, setAgainst] = useState(latest ? "" : "latest");
  return (
    <Dialog
      title={t("Revision {number}", { number })}
      size="max"
      onClose={onClose}
      closeLabel={t("Close")}
      actions={
        !latest && (
          <Button
            variant="primary"
            disabled={!old}
            loading={restore.isPending}
            onClick={() => old && restore.mutate(old)}
          >
            {t("Restore as draft")}
          </Button>
        )
      }
    >
      <SpaceBetween size="m">
        {(revision.error ?? restore.error) && (
          <Alert type="error">{messageOf(revision.error ?? restore.error)}</Alert>
        )}
        {machine.has_draft && !latest && (
          <Alert type="warning">
            {t("There is a draft. Restoring this revision replaces it.")}
          </Alert>
        )}
        {!old && !revision.error && <Spinner />}
        {ways.length > 1 && (
          <SegmentedControl
            label={t("How it is shown")}
            selectedId={against}
            options={ways.map(({ value, label }) => ({ id: value, text: label }))}
            onChange={(e) => setAgainst(e.detail.selectedId)}
          />
        )}
        {old?.definition !== undefined &&
          (against === "" ? (
            <GraphView definition={old.definition} height="60vh" />
          ) : (
            <GraphDiff
              left={{ title: t("Revision {number}", { number }), text: old.definition }}
              right={
                against === "draft"
                  ? { title: t("The draft"), text: machine.draft?.text ?? machine.definition }
                  : {
                      title: t("Revision {revision} (latest)", { revision: machine.revision }),
                      text: machine.definition,
                    }
              }
            />
          ))}
      </SpaceBetween>
    </Dialog>
  );
}
