import { Page } from "../../app/Page";
import { ExecutionTable } from "./ExecutionTable";

export default function ExecutionsPage() {
  return (
    <Page title="Executions">
      <ExecutionTable machine={null} />
    </Page>
  );
}
