import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import { useRouteError } from "react-router";
import { t } from "../i18n";
import { isGonePart } from "./gone";

/** A mistake of this page, or an address that leads nowhere. Drafts are kept locally, so a reload is safe. */
export function Crash({ missing = false }: { missing?: boolean }) {
  const error = useRouteError();
  if (isGonePart(error)) return <Updated />;
  return (
    <Box padding="xxl">
      <Alert
        type={missing ? "info" : "error"}
        header={missing ? t("There is nothing at this address") : t("This page has failed")}
        action={<Button href="/machines">{t("To the machines")}</Button>}
      >
        {missing
          ? t("It may have been deleted, or the link is not whole.")
          : t("{error}. Your edits are kept in this browser; loading the page again is safe.", {
              error: error instanceof Error ? error.message : String(error),
            })}
      </Alert>
    </Box>
  );
}

/** A part of the page could not be fetched: another build is served by now, or nothing at all. */
function Updated() {
  return (
    <Box padding="xxl">
      <Alert
        type="info"
        header={t("Treadle was updated: reload")}
        action={<Button onClick={() => location.reload()}>{t("Reload")}</Button>}
      >
        {t(
          "A part of this page is no longer on the server, or the server cannot be reached. Your edits are kept in this browser.",
        )}
      </Alert>
    </Box>
  );
}
