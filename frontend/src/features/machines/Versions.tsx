import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { fetchAnew } from "../../api/anew";
import {
  deleteAlias,
  deleteVersion,
  listAliases,
  listVersions,
  publishVersion,
} from "../../api/client";
import { messageOf } from "../../api/http";
import type { Alias, Machine, Version } from "../../api/types";
import { t } from "../../i18n";
import { Confirm } from "../../ui/dialogs";
import { Form } from "../../ui/Form";
import { when } from "../../ui/format";
import { useWrite } from "../../ui/useWrite";
import { AliasDialog, shares } from "./AliasDialog";

type Doomed = { readonly version: number } | { readonly alias: string };

/** Versions name a revision for ever; aliases are names that can be moved from one to another. */
export function Versions({ machine }: { machine: Machine }) {
  const queries = useQueryClient();
  const versions = useQuery({
    queryKey: ["versions", machine.id],
    queryFn: () => listVersions(machine.id),
  });
  const aliases = useQuery({
    queryKey: ["aliases", machine.id],
    queryFn: () => listAliases(machine.id),
  });
  const [description, setDescription] = useState("");
  const [editing, setEditing] = useState<Alias | "new" | null>(null);
  const [doomed, setDoomed] = useState<Doomed | null>(null);
  const done = () => {
    for (const queryKey of [
      ["versions", machine.id],
      ["aliases", machine.id],
    ])
      void fetchAnew(queries, { queryKey });
  };
  const publish = useWrite({
    mutationFn: () => publishVersion(machine.id, description.trim()),
    onSuccess: () => {
      setDescription("");
      done();
    },
  });
  const remove = useWrite({
    mutationFn: (what: Doomed) =>
      "version" in what
        ? deleteVersion(machine.id, what.version)
        : deleteAlias(machine.id, what.alias),
    onSettled: (_, __, gone) => {
      setDoomed((now) => (now === gone ? null : now));
      done();
    },
  });
  const rows: readonly Version[] = versions.data?.results ?? [];
  const error = versions.error ?? aliases.error ?? publish.error ?? remove.error;
  return (
    <SpaceBetween size="l">
      {error && <Alert type="error">{messageOf(error)}</Alert>}
      <Table
        wrapLines
        items={rows}
        trackBy="arn"
        loading={versions.isPending}
        loadingText={t("Fetching versions")}
        header={
          <Header
            description={t(
              "A version keeps running what it was published with, whatever is saved later.",
            )}
            actions={
              <Form onSend={publish.mutate}>
                <SpaceBetween direction="horizontal" size="xs">
                  <Input
                    value={description}
                    placeholder={t("What it is for")}
                    ariaLabel={t("Description of the version")}
                    onChange={(e) => setDescription(e.detail.value)}
                  />
                  <Button
                    formAction="none"
                    loading={publish.isPending}
                    onClick={() => publish.mutate()}
                  >
                    {t("Publish revision {revision}", { revision: machine.revision })}
                  </Button>
                </SpaceBetween>
              </Form>
            }
          >
            {t("Versions")}
          </Header>
        }
        empty={
          <Box textAlign="center">
            {t("No versions yet: publish the latest revision, and programs can rely on it.")}
          </Box>
        }
        columnDefinitions={[
          { id: "number", header: t("Version"), cell: (row) => row.number, isRowHeader: true },
          { id: "revision", header: t("Revision"), cell: (row) => row.revision },
          { id: "for", header: t("Description"), cell: (row) => row.description },
          { id: "made", header: t("Published"), cell: (row) => when(row.created_at) },
          { id: "arn", header: "ARN", cell: (row) => row.arn },
          {
            id: "delete",
            header: t("Actions"),
            cell: (row) => (
              <Button
                variant="inline-link"
                ariaLabel={t("Delete version {number}", { number: row.number })}
                onClick={() => setDoomed({ version: row.number })}
              >
                {t("Delete")}
              </Button>
            ),
          },
        ]}
      />
      <Table
        wrapLines
        items={aliases.data?.results ?? []}
        trackBy="name"
        loading={aliases.isPending}
        loadingText={t("Fetching aliases")}
        header={
          <Header
            description={t(
              "A name for one version, or for two by weight: callers keep it, you move it.",
            )}
            actions={
              <Button
                disabled={rows.length === 0}
                disabledReason={t("An alias points at a version: publish one first.")}
                onClick={() => setEditing("new")}
              >
                {t("Create an alias")}
              </Button>
            }
          >
            {t("Aliases")}
          </Header>
        }
        empty={
          <Box textAlign="center">
            {rows.length === 0
              ? t("An alias points at a version: publish one first.")
              : t(
                  "No aliases yet: create one above, and programs call it in the place of a version.",
                )}
          </Box>
        }
        columnDefinitions={[
          { id: "name", header: t("Name"), cell: (row) => row.name, isRowHeader: true },
          { id: "routes", header: t("Versions"), cell: (row) => shares(row.routes) },
          { id: "for", header: t("Description"), cell: (row) => row.description },
          { id: "arn", header: "ARN", cell: (row) => row.arn },
          {
            id: "actions",
            header: t("Actions"),
            cell: (row) => (
              <SpaceBetween direction="horizontal" size="xs">
                <Button
                  variant="inline-link"
                  ariaLabel={t("Move alias {name}", { name: row.name })}
                  onClick={() => setEditing(row)}
                >
                  {t("Move")}
                </Button>
                <Button
                  variant="inline-link"
                  ariaLabel={t("Delete alias {name}", { name: row.name })}
                  onClick={() => setDoomed({ alias: row.name })}
                >
                  {t("Delete")}
                </Button>
              </SpaceBetween>
            ),
          },
        ]}
      />
      {editing && (
        <AliasDialog
          machine={machine.id}
          alias={editing === "new" ? null : editing}
          versions={rows}
          onSaved={done}
          onClose={() => setEditing(null)}
        />
      )}
      {doomed && (
        <Confirm
          title={
            "version" in doomed
              ? t("Delete version {number}?", { number: doomed.version })
              : t("Delete the alias {name}?", { name: doomed.alias })
          }
          action={t("Delete")}
          busy={remove.isPending}
          onConfirm={() => remove.mutate(doomed)}
          onClose={() => setDoomed(null)}
        >
          {t("Programs that start executions by it are refused from then on.")}
        </Confirm>
      )}
    </SpaceBetween>
  );
}
