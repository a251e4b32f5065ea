import { createToken, deleteToken, listTokens } from "../../api/client";
import { t } from "../../i18n";
import { Copyable } from "../machines/Sharing";
import { Credentials, type Words } from "./Credentials";

const WORDS: Words = {
  title: t("API tokens"),
  description: t("For programs that call the API: send it as Authorization: Bearer TOKEN."),
  shownOnce: t("The token, shown this once"),
  fetching: t("Fetching tokens"),
  nameOf: t("Name of the token"),
  create: t("Create a token"),
  none: t("No tokens yet: say above what one is for, and create it. A program signs in with it."),
  deleteOne: (name) => t("Delete token {name}", { name }),
  reallyDelete: (name) => t("Delete the token {name}?", { name }),
};

export function Tokens() {
  return (
    <Credentials
      queryKey="tokens"
      words={WORDS}
      list={listTokens}
      create={createToken}
      remove={deleteToken}
      told={(made) => <Copyable text={made.token} label={t("Token")} />}
    />
  );
}
