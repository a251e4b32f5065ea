import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input, { type InputProps } from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { createConnection, updateConnection } from "../../api/client";
import { messageOf } from "../../api/http";
import type { Connection } from "../../api/types";
import { t } from "../../i18n";
import { Dialog } from "../../ui/dialogs";
import { Form } from "../../ui/Form";
import { useFirstFocus } from "../../ui/useFirstFocus";
import { useWrite } from "../../ui/useWrite";

type Kind = Connection["kind"];
export const KIND_WORDS: Record<Kind, { title: string; user: string; secret: string }> = {
  BASIC: { title: t("User and password"), user: t("User"), secret: t("Password") },
  API_KEY: { title: t("API key in a header"), user: t("Header"), secret: t("Key") },
  OAUTH_CLIENT_CREDENTIALS: {
    title: t("OAuth client credentials"),
    user: t("Client id"),
    secret: t("Client secret"),
  },
};
const KINDS = Object.entries(KIND_WORDS).map(([value, { title }]) => ({ value, label: title }));

export function ConnectionDialog(props: {
  connection: Connection | null;
  onSaved: () => void;
  onClose: () => void;
}) {
  const { connection } = props;
  const kept = (key: string) => {
    const value = connection?.settings[key];
    return typeof value === "string" ? value : "";
  };
  const [name, setName] = useState(connection?.name ?? "");
  const [kind, setKind] = useState<Kind>(connection?.kind ?? "BASIC");
  const [user, setUser] = useState(kept("name"));
  const [secret, setSecret] = useState("");
  const [tokenUrl, setTokenUrl] = useState(kept("token_url"));
  const [scope, setScope] = useState(kept("scope"));
  const words = KIND_WORDS[kind];
  // Who replaces a secret has the rest already.
  const nameInput = useFirstFocus<InputProps.Ref>(connection === null);
  const secretInput = useFirstFocus<InputProps.Ref>(connection !== null);
  const oauth = kind === "OAUTH_CLIENT_CREDENTIALS";
  const save = useWrite({
    mutationFn: () => {
      const more = oauth ? { token_url: tokenUrl, ...(scope ? { scope } : {}) } : {};
      const body = { ...connection?.settings, kind, user, secret, ...more };
      return connection
        ? updateConnection(connection.id, body)
        : createConnection({ name, kind, user, secret, ...more });
    },
    onSuccess: props.onSaved,
    closes: props.onClose,
  });
  const complete = name !== "" && user !== "" && secret !== "" && (!oauth || tokenUrl !== "");
  const why = complete ? null : t("Fill in every field first; the scope may stay empty");
  return (
    <Dialog
      title={
        connection
          ? t("Replace the secret of {name}", { name: connection.name })
          : t("Create a connection")
      }
      onClose={props.onClose}
      actions={
        <Button
          variant="primary"
          disabled={why !== null}
          disabledReason={why ?? ""}
          loading={save.isPending}
          onClick={() => save.mutate()}
        >
          {t("Save")}
        </Button>
      }
    >
      <Form why={why} onSend={save.mutate}>
        <SpaceBetween size="m">
          {save.error && <Alert type="error">{messageOf(save.error)}</Alert>}
          {connection && (
            <Alert type="info">
              {t(
                "All secrets of it are replaced. Headers, query and body values that were given over the API go: give them there again.",
              )}
            </Alert>
          )}
          <FormField label={t("Name")}>
            <Input
              ref={nameInput}
              value={name}
              disabled={connection !== null}
              onChange={(e) => setName(e.detail.value)}
            />
          </FormField>
          <FormField label={t("Authorisation")}>
            <Select
              selectedOption={KINDS.find((one) => one.value === kind) ?? null}
              options={KINDS}
              disabled={connection !== null}
              onChange={(e) => setKind(e.detail.selectedOption.value as Kind)}
            />
          </FormField>
          <FormField label={words.user}>
            <Input value={user} onChange={(e) => setUser(e.detail.value)} />
          </FormField>
          <FormField label={words.secret} description={t("Kept encrypted, and never shown again")}>
            <Input
              ref={secretInput}
              type="password"
              value={secret}
              autoComplete={false}
              onChange={(e) => setSecret(e.detail.value)}
            />
          </FormField>
          {oauth && (
            <>
              <FormField label={t("Address of the token")}>
                <Input value={tokenUrl} onChange={(e) => setTokenUrl(e.detail.value)} />
              </FormField>
              <FormField label={t("Scope")}>
                <Input value={scope} onChange={(e) => setScope(e.detail.value)} />
              </FormField>
            </>
          )}
        </SpaceBetween>
      </Form>
    </Dialog>
  );
}
