import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import { fetchAnew } from "../../api/anew";
import { deleteMachine, getDeletion } from "../../api/client";
import { messageOf } from "../../api/http";
import type { Deletion, MachineSummary } from "../../api/types";
import { count, t } from "../../i18n";
import { Confirm } from "../../ui/dialogs";
import { flash } from "../../ui/flash";
import { useWrite } from "../../ui/useWrite";

/** What goes with the machine, as a sentence. */
function inWords(deletion: Deletion): string {
  return t("Its {revisions}, {executions} and {links} go with it.", {
    revisions: count(deletion.revisions, "{n} revision", "{n} revisions"),
    executions: count(deletion.executions, "{n} execution", "{n} executions"),
    links: count(deletion.share_links, "{n} share link", "{n} share links"),
  });
}

export function DeleteDialog({
  machine,
  onClose,
}: {
  machine: MachineSummary;
  onClose: () => void;
}) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const deletion = useQuery({
    queryKey: ["deletion", machine.id],
    queryFn: () => getDeletion(machine.id),
    staleTime: 0,
  });
  const remove = useWrite({
    mutationFn: () => deleteMachine(machine.id),
    onSuccess: (left) => {
      flash(
        "success",
        left
          ? t("{name} goes when its executions have ended", { name: machine.name })
          : t("{name} is deleted", { name: machine.name }),
      );
      queries.removeQueries({ queryKey: ["machine", machine.id] });
      void fetchAnew(queries, { queryKey: ["machines"] });
      // Away from what is no more; who is elsewhere by now stays there.
      if (location.pathname.startsWith(`/machines/${machine.id}`)) navigate("/machines");
    },
    closes: onClose,
  });
  const running = deletion.data?.running_executions ?? 0;
  return (
    <Confirm
      title={t("Delete {name}?", { name: machine.name })}
      action={t("Delete")}
      busy={remove.isPending}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      <SpaceBetween size="m">
        {(deletion.error ?? remove.error) && (
          <Alert type="error">{messageOf(deletion.error ?? remove.error)}</Alert>
        )}
        {deletion.isPending && <Spinner />}
        {deletion.data && (
          <Box>{t("{data} This cannot be undone.", { data: inWords(deletion.data) })}</Box>
        )}
        {running > 0 && (
          <Alert type="info">
            {count(
              running,
              "{n} execution still runs. Nothing new can start; the machine goes when it has ended.",
              "{n} executions still run. Nothing new can start; the machine goes when they have ended.",
            )}
          </Alert>
        )}
      </SpaceBetween>
    </Confirm>
  );
}
