import { Page } from "../../app/Page";
import { t } from "../../i18n";
import { ExecutionTable } from "./ExecutionTable";

export default function ExecutionsPage() {
  return (
    <Page title={t("Executions")}>
      <ExecutionTable machine={null} />
    </Page>
  );
}
