import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table, { type TableProps } from "@cloudscape-design/components/table";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { fetchAnew } from "../../api/anew";
import { messageOf } from "../../api/http";
import { t } from "../../i18n";
import { Confirm } from "../../ui/dialogs";
import { Form } from "../../ui/Form";
import { ago, when } from "../../ui/format";
import { useWrite } from "../../ui/useWrite";

interface Credential {
  readonly id: string;
  readonly name: string;
  readonly created_at: string;
  readonly last_used_at: string | null;
}

/** What the table says of what it holds, in the user's language. */
export interface Words {
  readonly title: string;
  readonly description: string;
  readonly shownOnce: string;
  readonly fetching: string;
  readonly nameOf: string;
  readonly create: string;
  readonly none: string;
  readonly deleteOne: (name: string) => string;
  readonly reallyDelete: (name: string) => string;
}

interface Props<Row extends Credential, Made> {
  queryKey: string;
  words: Words;
  list: () => Promise<{ results: Row[] }>;
  create: (name: string) => Promise<Made>;
  remove: (id: string) => Promise<unknown>;
  /** What of a new one is shown, this once. */
  told: (made: Made) => ReactNode;
  /** The header of a column of ids, where they are worth showing. */
  idColumn?: string;
}

/** A table of what programs sign in with: made here, shown once, deleted here. */
export function Credentials<Row extends Credential, Made extends { readonly id: string }>(
  props: Props<Row, Made>,
) {
  const { queryKey, words, idColumn } = props;
  const queries = useQueryClient();
  const found = useQuery({ queryKey: [queryKey], queryFn: props.list });
  const [name, setName] = useState("");
  const [doomed, setDoomed] = useState<Row | null>(null);
  const done = () => void fetchAnew(queries, { queryKey: [queryKey] });
  const create = useWrite({
    mutationFn: () => props.create(name.trim()),
    onSuccess: () => {
      setName("");
      done();
    },
  });
  const remove = useWrite({
    mutationFn: (row: Row) => props.remove(row.id),
    onSettled: (_, __, gone) => setDoomed((now) => (now === gone ? null : now)),
    onSuccess: (_, row) => {
      // What is refused from now on is nothing to copy.
      if (create.data?.id === row.id) create.reset();
      done();
    },
  });
  const why = name.trim() === "" ? t("Say first what it is for") : null;
  const error = found.error ?? create.error ?? remove.error;
  const ids: TableProps.ColumnDefinition<Row>[] =
    idColumn === undefined
      ? []
      : [{ id: "id", header: idColumn, cell: (row) => <span className="mono">{row.id}</span> }];
  return (
    <SpaceBetween size="m">
      {error && <Alert type="error">{messageOf(error)}</Alert>}
      <Table
        items={found.data?.results ?? []}
        trackBy="id"
        loading={found.isPending}
        loadingText={words.fetching}
        header={
          <Header
            description={words.description}
            actions={
              <Form why={why} onSend={create.mutate}>
                <SpaceBetween direction="horizontal" size="xs">
                  <Input
                    value={name}
                    placeholder={t("What it is for")}
                    ariaLabel={words.nameOf}
                    onChange={(e) => setName(e.detail.value)}
                  />
                  <Button
                    disabled={why !== null}
                    disabledReason={why ?? ""}
                    loading={create.isPending}
                    onClick={() => create.mutate()}
                    formAction="none"
                  >
                    {words.create}
                  </Button>
                </SpaceBetween>
              </Form>
            }
          >
            {words.title}
          </Header>
        }
        // Below the button that made it: nothing moves under a pointer, and Tab goes on to it.
        filter={
          <div role="status">
            {create.data !== undefined && (
              <Alert type="success" header={words.shownOnce}>
                {props.told(create.data)}
              </Alert>
            )}
          </div>
        }
        empty={<Box textAlign="center">{words.none}</Box>}
        columnDefinitions={[
          { id: "name", header: t("Name"), cell: (row) => row.name, isRowHeader: true },
          ...ids,
          { id: "made", header: t("Made"), cell: (row) => when(row.created_at) },
          { id: "used", header: t("Last used"), cell: (row) => ago(row.last_used_at) },
          {
            id: "delete",
            header: t("Actions"),
            cell: (row) => (
              <Button
                variant="inline-link"
                ariaLabel={words.deleteOne(row.name)}
                onClick={() => setDoomed(row)}
              >
                {t("Delete")}
              </Button>
            ),
          },
        ]}
      />
      {doomed && (
        <Confirm
          title={words.reallyDelete(doomed.name)}
          action={t("Delete")}
          busy={remove.isPending}
          onConfirm={() => remove.mutate(doomed)}
          onClose={() => setDoomed(null)}
        >
          {t("Programs that use it are refused from then on.")}
        </Confirm>
      )}
    </SpaceBetween>
  );
}
