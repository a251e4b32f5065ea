import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { t } from "../i18n";

/** In the place of a part of the page that could not be fetched: what stands around it goes on. */
export function Unfetched({ again, onClose }: { again: () => void; onClose?: () => void }) {
  return (
    <Alert
      type="warning"
      header={t("A part of this page could not be fetched")}
      {...(onClose && { dismissible: true, dismissAriaLabel: t("Dismiss"), onDismiss: onClose })}
    >
      <SpaceBetween size="s">
        {t(
          "The server cannot be reached, or Treadle was updated: then load the page again. Your edits are kept in this browser.",
        )}
        <SpaceBetween direction="horizontal" size="xs">
          <Button onClick={again}>{t("Try again")}</Button>
          <Button onClick={() => location.reload()}>{t("Reload")}</Button>
        </SpaceBetween>
      </SpaceBetween>
    </Alert>
  );
}
