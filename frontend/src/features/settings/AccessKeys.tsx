import { createAccessKey, deleteAccessKey, listAccessKeys } from "../../api/client";
import { t } from "../../i18n";
import { Copyable } from "../machines/Sharing";
import { Credentials, type Words } from "./Credentials";

const WORDS: Words = {
  title: t("AWS access keys"),
  description: t(
    "For boto3, the AWS CLI, Terraform and whatever else speaks the AWS Step Functions API.",
  ),
  shownOnce: t("The access key, shown this once"),
  fetching: t("Fetching access keys"),
  nameOf: t("Name of the access key"),
  create: t("Create an access key"),
  none: t("No access keys yet: say above what one is for, and create it. boto3 signs in with it."),
  deleteOne: (name) => t("Delete access key {name}", { name }),
  reallyDelete: (name) => t("Delete the access key {name}?", { name }),
};

/** What boto3, the AWS CLI and Terraform need to talk to this server. */
function environment(key: { id: string; secret: string }, region: string): string {
  const variables = {
    AWS_ENDPOINT_URL_SFN: window.location.origin,
    AWS_DISABLE_HOST_PREFIX_INJECTION: "true",
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: key.id,
    AWS_SECRET_ACCESS_KEY: key.secret,
  };
  const pairs = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  return `export ${pairs.join(" ")}`;
}

export function AccessKeys({ region }: { region: string }) {
  return (
    <Credentials
      queryKey="access-keys"
      words={WORDS}
      list={listAccessKeys}
      create={createAccessKey}
      remove={deleteAccessKey}
      idColumn={t("Access key ID")}
      told={(made) => (
        <>
          <Copyable text={made.id} label={t("Access key ID")} />
          <Copyable text={made.secret} label={t("Secret access key")} />
          <Copyable
            text={environment(made, region)}
            label={t("Environment variables, for a shell")}
          />
        </>
      )}
    />
  );
}
