import { createAccessKey, deleteAccessKey, listAccessKeys } from "../../api/client";
import { Copyable } from "../machines/Sharing";
import { Credentials } from "./Credentials";

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
      title="AWS access keys"
      what="access key"
      description="For boto3, the AWS CLI, Terraform and whatever else speaks the AWS Step Functions API."
      list={listAccessKeys}
      create={createAccessKey}
      remove={deleteAccessKey}
      idColumn="Access key id"
      told={(made) => (
        <>
          <Copyable text={made.id} name="access key id" />
          <Copyable text={made.secret} name="secret access key" />
          <Copyable text={environment(made, region)} name="environment" />
        </>
      )}
    />
  );
}
