import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";
import { createToken, deleteToken, listTokens, signOut } from "../../api/client";
import { messageOf } from "../../api/http";
import type { Token } from "../../api/types";
import { Page } from "../../app/Page";
import { Confirm } from "../../ui/dialogs";
import { ago, when } from "../../ui/format";
import { Copyable } from "../machines/Sharing";
import { useSession } from "../session/useSession";

export default function SettingsPage() {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const session = useSession();
  const out = useMutation({
    mutationFn: signOut,
    onSuccess: () => {
      queries.clear();
      navigate("/signin");
    },
  });
  return (
    <Page title="Settings">
      <SpaceBetween size="l">
        <Header
          variant="h1"
          description={
            session.data
              ? `Signed in as ${session.data.user.name}. Treadle ${session.data.version}`
              : ""
          }
          actions={
            <Button loading={out.isPending} onClick={() => out.mutate()}>
              Sign out
            </Button>
          }
        >
          Settings
        </Header>
        <Tokens />
      </SpaceBetween>
    </Page>
  );
}

function Tokens() {
  const queries = useQueryClient();
  const tokens = useQuery({ queryKey: ["tokens"], queryFn: listTokens });
  const [name, setName] = useState("");
  const [doomed, setDoomed] = useState<Token | null>(null);
  const done = () => void queries.invalidateQueries({ queryKey: ["tokens"] });
  const create = useMutation({
    mutationFn: () => createToken(name.trim()),
    onSuccess: () => {
      setName("");
      done();
    },
  });
  const remove = useMutation({
    mutationFn: (token: Token) => deleteToken(token.id),
    onSuccess: () => {
      setDoomed(null);
      done();
    },
  });
  const error = tokens.error ?? create.error ?? remove.error;
  return (
    <SpaceBetween size="m">
      {error && <Alert type="error">{messageOf(error)}</Alert>}
      {create.data?.token && (
        <Alert type="success" header="The token, shown this once">
          <Copyable text={create.data.token} name="token" />
        </Alert>
      )}
      <Table
        items={tokens.data?.results ?? []}
        trackBy="id"
        loading={tokens.isPending}
        loadingText="Fetching tokens"
        header={
          <Header
            description="For programs that call the API: send it as Authorization: Bearer TOKEN."
            actions={
              <form
                onSubmit={(event) => {
                  event.preventDefault();
                  if (name.trim() !== "") create.mutate();
                }}
              >
                <SpaceBetween direction="horizontal" size="xs">
                  <Input
                    value={name}
                    placeholder="What it is for"
                    ariaLabel="Name of the token"
                    onChange={(e) => setName(e.detail.value)}
                  />
                  <Button
                    disabled={name.trim() === ""}
                    loading={create.isPending}
                    onClick={() => create.mutate()}
                    formAction="none"
                  >
                    Create a token
                  </Button>
                </SpaceBetween>
              </form>
            }
          >
            API tokens
          </Header>
        }
        empty={<Box textAlign="center">No tokens</Box>}
        columnDefinitions={[
          { id: "name", header: "Name", cell: (t) => t.name, isRowHeader: true },
          { id: "made", header: "Made", cell: (t) => when(t.created_at) },
          { id: "used", header: "Last used", cell: (t) => ago(t.last_used_at) },
          {
            id: "delete",
            header: "Actions",
            cell: (t) => (
              <Button
                variant="inline-link"
                ariaLabel={`Delete token ${t.name}`}
                onClick={() => setDoomed(t)}
              >
                Delete
              </Button>
            ),
          },
        ]}
      />
      {doomed && (
        <Confirm
          title={`Delete the token ${doomed.name}?`}
          action="Delete"
          busy={remove.isPending}
          onConfirm={() => remove.mutate(doomed)}
          onClose={() => setDoomed(null)}
        >
          Programs that use it are refused from then on.
        </Confirm>
      )}
    </SpaceBetween>
  );
}
