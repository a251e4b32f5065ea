import { createToken, deleteToken, listTokens } from "../../api/client";
import { Copyable } from "../machines/Sharing";
import { Credentials } from "./Credentials";

export function Tokens() {
  return (
    <Credentials
      queryKey="tokens"
      title="API tokens"
      what="token"
      description="For programs that call the API: send it as Authorization: Bearer TOKEN."
      list={listTokens}
      create={createToken}
      remove={deleteToken}
      told={(made) => <Copyable text={made.token} name="token" />}
    />
  );
}
