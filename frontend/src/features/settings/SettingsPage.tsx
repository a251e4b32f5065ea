import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import { signOut } from "../../api/client";
import { Page } from "../../app/Page";
import { t } from "../../i18n";
import { forgetUnsent } from "../../ui/useUnsent";
import { useWrite } from "../../ui/useWrite";
import { useSession } from "../session/useSession";
import { AccessKeys } from "./AccessKeys";
import { Connections } from "./Connections";
import { LanguageChoice } from "./LanguageChoice";
import { Tokens } from "./Tokens";

export default function SettingsPage() {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const session = useSession();
  const out = useWrite({
    leaves: true,
    mutationFn: signOut,
    onSuccess: () => {
      queries.clear();
      forgetUnsent();
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
        <AccessKeys region={session.data?.aws.region ?? "us-east-1"} />
        <Connections />
      </SpaceBetween>
    </Page>
  );
}
