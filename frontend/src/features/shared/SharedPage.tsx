import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import ContentLayout from "@cloudscape-design/components/content-layout";
import Header from "@cloudscape-design/components/header";
import Spinner from "@cloudscape-design/components/spinner";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "react-router";
import { copyShared, getShared } from "../../api/client";
import { barring, Problem } from "../../api/http";
import { Page } from "../../app/Page";
import { GraphView } from "../../canvas/GraphView";
import { t } from "../../i18n";
import { Code } from "../../ui/Code";
import { flashError } from "../../ui/flash";
import { ago } from "../../ui/format";
import { useWrite } from "../../ui/useWrite";
import { useSession } from "../session/useSession";

export default function SharedPage() {
  const { token = "" } = useParams();
  const session = useSession();
  const shared = useQuery({ queryKey: ["shared", token], queryFn: () => getShared(token) });
  const copy = useWrite({
    mutationFn: () => copyShared(token),
    leads: ({ id, name }) => ({ to: `/machines/${id}`, told: t("{name} is made", { name }) }),
    onError: flashError,
  });
  const error = barring(shared);
  if (error) {
    const gone = error instanceof Problem && error.status === 404;
    return (
      <Page title={t("Shared machine")}>
        <Alert
          type={gone ? "info" : "error"}
          header={gone ? t("This link leads nowhere any more") : t("This link could not be opened")}
        >
          {gone
            ? t("It was revoked, or it has expired, or a part of it is missing. Ask for a new one.")
            : error.message}
        </Alert>
      </Page>
    );
  }
  if (!shared.data) {
    return (
      <Page title={t("Shared machine")}>
        <Spinner size="large" />
      </Page>
    );
  }
  const machine = shared.data;
  return (
    <Page title={machine.name}>
      <ContentLayout
        header={
          <Header
            variant="h1"
            description={`${machine.description ? `${machine.description} · ` : ""}${t(
              "Shared to look at. Revision {revision}, changed {ago}",
              { revision: machine.revision, ago: ago(machine.updated_at) },
            )}`}
            actions={
              session.data && (
                <Button variant="primary" loading={copy.isPending} onClick={() => copy.mutate()}>
                  {t("Copy to my machines")}
                </Button>
              )
            }
          >
            {machine.name}
          </Header>
        }
      >
        <div className="two-up">
          <GraphView definition={machine.definition} height="72vh" />
          <div className="code-frame" style={{ height: "72vh" }}>
            <Code value={machine.definition} format={machine.format} label={t("Definition")} />
          </div>
        </div>
      </ContentLayout>
    </Page>
  );
}
