import Box from "@cloudscape-design/components/box";
import Spinner from "@cloudscape-design/components/spinner";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useParams } from "react-router";
import { t } from "../../i18n";
import { Unopened } from "../../ui/Unopened";
import "./designer.css";
import { Editor } from "./Editor";
import { machineToEdit } from "./opened";

export default function DesignerPage() {
  const { id = "" } = useParams();
  const queries = useQueryClient();
  const machine = useQuery(machineToEdit(id));
  // Who comes back reads it anew: by then it is an old text.
  useEffect(
    () => () => queries.removeQueries({ queryKey: machineToEdit(id).queryKey }),
    [queries, id],
  );
  if (machine.error) {
    return (
      <Unopened
        header={t("This machine could not be opened")}
        error={machine.error}
        to="/machines"
        action={t("To the machines")}
      />
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
