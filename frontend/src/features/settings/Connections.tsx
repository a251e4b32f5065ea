import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { fetchAnew } from "../../api/anew";
import { deleteConnection, listConnections } from "../../api/client";
import { messageOf } from "../../api/http";
import type { Connection } from "../../api/types";
import { t } from "../../i18n";
import { Confirm } from "../../ui/dialogs";
import { when } from "../../ui/format";
import { useWrite } from "../../ui/useWrite";
import { ConnectionDialog, KIND_WORDS } from "./ConnectionDialog";

/** What HTTP tasks are authorised with. The server never tells a secret again. */
export function Connections() {
  const queries = useQueryClient();
  const found = useQuery({ queryKey: ["connections"], queryFn: listConnections });
  const [editing, setEditing] = useState<Connection | "new" | null>(null);
  const [doomed, setDoomed] = useState<Connection | null>(null);
  const done = () => void fetchAnew(queries, { queryKey: ["connections"] });
  const remove = useWrite({
    mutationFn: (row: Connection) => deleteConnection(row.id),
    onSettled: (_, __, gone) => {
      setDoomed((now) => (now === gone ? null : now));
      done();
    },
  });
  const error = found.error ?? remove.error;
  return (
    <SpaceBetween size="s">
      {error && <Alert type="error">{messageOf(error)}</Alert>}
      <Table
        wrapLines
        items={found.data?.results ?? []}
        trackBy="id"
        loading={found.isPending}
        loadingText={t("Fetching connections")}
        header={
          <Header
            description={t("What tasks that call an HTTPS API are authorised with.")}
            actions={<Button onClick={() => setEditing("new")}>{t("Create a connection")}</Button>}
          >
            {t("Connections")}
          </Header>
        }
        empty={
          <Box textAlign="center">
            {t(
              "No connections yet: a task with http:invoke needs one. Create it above, then name its ARN in the task.",
            )}
          </Box>
        }
        columnDefinitions={[
          { id: "name", header: t("Name"), cell: (row) => row.name, isRowHeader: true },
          { id: "kind", header: t("Authorisation"), cell: (row) => KIND_WORDS[row.kind].title },
          { id: "arn", header: "ARN", cell: (row) => row.arn },
          { id: "changed", header: t("Changed"), cell: (row) => when(row.updated_at) },
          {
            id: "actions",
            header: t("Actions"),
            cell: (row) => (
              <SpaceBetween direction="horizontal" size="xs">
                <Button
                  variant="inline-link"
                  ariaLabel={t("Replace the secret of {name}", { name: row.name })}
                  onClick={() => setEditing(row)}
                >
                  {t("Replace")}
                </Button>
                <Button
                  variant="inline-link"
                  ariaLabel={t("Delete connection {name}", { name: row.name })}
                  onClick={() => setDoomed(row)}
                >
                  {t("Delete")}
                </Button>
              </SpaceBetween>
            ),
          },
        ]}
      />
      {editing && (
        <ConnectionDialog
          connection={editing === "new" ? null : editing}
          onSaved={done}
          onClose={() => setEditing(null)}
        />
      )}
      {doomed && (
        <Confirm
          title={t("Delete the connection {name}?", { name: doomed.name })}
          action={t("Delete")}
          busy={remove.isPending}
          onConfirm={() => remove.mutate(doomed)}
          onClose={() => setDoomed(null)}
        >
          {t("Tasks that name it fail from then on.")}
        </Confirm>
      )}
    </SpaceBetween>
  );
}
