import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Spinner from "@cloudscape-design/components/spinner";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "react-router";
import { getMachine } from "../../api/client";
import { messageOf } from "../../api/http";
import { t } from "../../i18n";
import "./designer.css";
import { Editor } from "./Editor";

export default function DesignerPage() {
  const { id = "" } = useParams();
  const machine = useQuery({
    queryKey: ["machine", id, "edit"],
    queryFn: () => getMachine(id),
    // The editor is the owner of its text from here on; nothing may replace it behind its back.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
  if (machine.error) {
    return (
      <Box padding="xl">
        <Alert type="error" header={t("This machine could not be opened")}>
          {messageOf(machine.error)}
        </Alert>
      </Box>
    );
  }
  if (!machine.data) {
    return (
      <Box padding="xxl" textAlign="center">
        <Spinner size="large" />
      </Box>
    );
  }
  return <Editor key={id} machine={machine.data} />;
}
