import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import { deleteMachine, getDeletion } from "../../api/client";
import { messageOf } from "../../api/http";
import type { Deletion, MachineSummary } from "../../api/types";
import { Confirm } from "../../ui/dialogs";
import { flash } from "../../ui/flash";
import { counted } from "../../ui/format";

/** What goes with the machine, as a sentence. */
function inWords(deletion: Deletion): string {
  const parts = [
    counted(deletion.revisions, "revision"),
    counted(deletion.executions, "execution"),
    counted(deletion.share_links, "share link"),
  ];
  return `Its ${parts.slice(0, -1).join(", ")} and ${parts.at(-1)} go with it.`;
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
  const remove = useMutation({
    mutationFn: () => deleteMachine(machine.id),
    onSuccess: (left) => {
      flash(
        "success",
        left ? `${machine.name} goes when its executions have ended` : `${machine.name} is deleted`,
      );
      queries.removeQueries({ queryKey: ["machine", machine.id] });
      void queries.invalidateQueries({ queryKey: ["machines"] });
      onClose();
      navigate("/machines");
    },
  });
  const running = deletion.data?.running_executions ?? 0;
  return (
    <Confirm
      title={`Delete ${machine.name}?`}
      action="Delete"
      busy={remove.isPending}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      <SpaceBetween size="m">
        {(deletion.error ?? remove.error) && (
          <Alert type="error">{messageOf(deletion.error ?? remove.error)}</Alert>
        )}
        {deletion.isPending && <Spinner />}
        {deletion.data && <Box>{inWords(deletion.data)} This cannot be undone.</Box>}
        {running > 0 && (
          <Alert type="info">
            {counted(running, "execution")} still {running === 1 ? "runs" : "run"}. Nothing new can
            start; the machine goes when {running === 1 ? "it has" : "they have"} ended.
          </Alert>
        )}
      </SpaceBetween>
    </Confirm>
  );
}
