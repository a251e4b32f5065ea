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
import { t } from "../../i18n";
import { Confirm } from "../../ui/dialogs";
import { ago, when } from "../../ui/format";
import { Copyable } from "../machines/Sharing";
import { useSession } from "../session/useSession";
import { LanguageChoice } from "./LanguageChoice";

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
    <Page title={t("Settings")}>
      <SpaceBetween size="l">
        <Header
          variant="h1"
          description={
            session.data
              ? t("Signed in as {name}. Treadle {version}", {
                  name: session.data.user.name,
                  version: session.data.version,
                })
              : ""
          }
          actions={
            <Button loading={out.isPending} onClick={() => out.mutate()}>
              {t("Sign out")}
            </Button>
          }
        >
          {t("Settings")}
        </Header>
        <LanguageChoice />
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
        <Alert type="success" header={t("The token, shown this once")}>
          <Copyable text={create.data.token} name={t("token")} />
        </Alert>
      )}
      <Table
        items={tokens.data?.results ?? []}
        trackBy="id"
        loading={tokens.isPending}
        loadingText={t("Fetching tokens")}
        header={
          <Header
            description={t(
              "For programs that call the API: send it as Authorization: Bearer TOKEN.",
            )}
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
                    placeholder={t("What it is for")}
                    ariaLabel={t("Name of the token")}
                    onChange={(e) => setName(e.detail.value)}
                  />
                  <Button
                    disabled={name.trim() === ""}
                    loading={create.isPending}
                    onClick={() => create.mutate()}
                    formAction="none"
                  >
                    {t("Create a token")}
                  </Button>
                </SpaceBetween>
              </form>
            }
          >
            {t("API tokens")}
          </Header>
        }
        empty={<Box textAlign="center">{t("No tokens")}</Box>}
        columnDefinitions={[
          { id: "name", header: t("Name"), cell: (token) => token.name, isRowHeader: true },
          { id: "made", header: t("Made"), cell: (token) => when(token.created_at) },
          { id: "used", header: t("Last used"), cell: (token) => ago(token.last_used_at) },
          {
            id: "delete",
            header: t("Actions"),
            cell: (token) => (
              <Button
                variant="inline-link"
                ariaLabel={t("Delete token {name}", { name: token.name })}
                onClick={() => setDoomed(token)}
              >
                {t("Delete")}
              </Button>
            ),
          },
        ]}
      />
      {doomed && (
        <Confirm
          title={t("Delete the token {name}?", { name: doomed.name })}
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
