import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Modal, { type ModalProps } from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { ReactNode } from "react";
import { t } from "../i18n";

interface DialogProps {
  readonly title: string;
  readonly children: ReactNode;
  readonly onClose: () => void;
  readonly size?: ModalProps.Size;
  readonly actions?: ReactNode;
  /** "" for a question that has to be answered. */
  readonly closeLabel?: string;
}

export function Dialog({
  title,
  children,
  onClose,
  size,
  actions,
  closeLabel = t("Cancel"),
}: DialogProps) {
  return (
    <Modal
      visible
      header={title}
      size={size ?? "medium"}
      onDismiss={onClose}
      closeAriaLabel={t("Close")}
      {...(closeLabel === "" ? { className: "no-way-out" } : {})}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            {closeLabel !== "" && (
              <Button variant="link" onClick={onClose}>
                {closeLabel}
              </Button>
            )}
            {actions}
          </SpaceBetween>
        </Box>
      }
    >
      {children}
    </Modal>
  );
}

export function Confirm(props: {
  title: string;
  action: string;
  children: ReactNode;
  busy?: boolean;
  onConfirm: () => void;
  onClose: () => void;
}) {
  return (
    <Dialog
      title={props.title}
      onClose={props.onClose}
      actions={
        <Button variant="primary" loading={props.busy ?? false} onClick={props.onConfirm}>
          {props.action}
        </Button>
      }
    >
      {props.children}
    </Dialog>
  );
}
