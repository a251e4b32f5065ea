import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import Header from "@cloudscape-design/components/header";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { fetchAnew } from "../../api/anew";
import { createShare, listShares, revokeShare } from "../../api/client";
import { messageOf } from "../../api/http";
import type { Machine, Share } from "../../api/types";
import { t } from "../../i18n";
import { Confirm } from "../../ui/dialogs";
import { ago, when } from "../../ui/format";
import { useWrite } from "../../ui/useWrite";

const EXPIRIES = [
  { value: "0", label: t("Never ends by itself") },
  { value: "1", label: t("Ends in a day") },
  { value: "7", label: t("Ends in a week") },
  { value: "30", label: t("Ends in 30 days") },
];

function state(share: Share) {
  if (share.revoked_at)
    return (
      <StatusIndicator type="stopped">
        {t("Revoked {revoked_at}", { revoked_at: ago(share.revoked_at) })}
      </StatusIndicator>
    );
  if (share.expires_at && new Date(share.expires_at) < new Date())
    return <StatusIndicator type="stopped">{t("Expired")}</StatusIndicator>;
  return <StatusIndicator type="success">{t("Open")}</StatusIndicator>;
}

export function Sharing({ machine }: { machine: Machine }) {
  const queries = useQueryClient();
  const queryKey = ["shares", machine.id];
  const shares = useQuery({ queryKey, queryFn: () => listShares(machine.id) });
  const [days, setDays] = useState("0");
  const [doomed, setDoomed] = useState<Share | null>(null);
  const done = () => void fetchAnew(queries, { queryKey });
  const create = useWrite({
    mutationFn: () =>
      createShare(
        machine.id,
        days === "0"
          ? {}
          : { expires_at: new Date(Date.now() + Number(days) * 86_400_000).toISOString() },
      ),
    onSuccess: done,
  });
  const revoke = useWrite({
    mutationFn: (share: Share) => revokeShare(machine.id, share.id),
    onSettled: (_, __, gone) => setDoomed((now) => (now === gone ? null : now)),
    onSuccess: (_, share) => {
      // A dead link is nothing to copy.
      if (create.data?.id === share.id) create.reset();
      done();
    },
  });
  const error = shares.error ?? create.error ?? revoke.error;
  const url = create.data?.url && new URL(create.data.url, location.origin).href;
  const picture = create.data?.svg_url && new URL(create.data.svg_url, location.origin).href;
  return (
    <SpaceBetween size="m">
      {error && <Alert type="error">{messageOf(error)}</Alert>}
      <Table
        items={shares.data?.results ?? []}
        trackBy="id"
        loading={shares.isPending}
        loadingText={t("Fetching links")}
        header={
          <Header
            description={t(
              "Whoever has the link can look at the graph and the definition, without signing in, and can change nothing.",
            )}
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                <Select
                  ariaLabel={t("When the link ends")}
                  selectedOption={EXPIRIES.find((e) => e.value === days) ?? null}
                  options={EXPIRIES}
                  onChange={(e) => setDays(e.detail.selectedOption.value ?? "0")}
                />
                {/* A list that is still on its way would come without the new link. */}
                <Button
                  disabled={shares.isPending}
                  loading={create.isPending}
                  onClick={() => create.mutate()}
                >
                  {t("Create a link")}
                </Button>
              </SpaceBetween>
            }
          >
            {t("Links to look at")}
          </Header>
        }
        // Below the button that made it: nothing moves under a pointer, and Tab goes on to it.
        filter={
          <div role="status">
            {url && (
              <Alert type="success" header={t("The link, shown this once")}>
                <SpaceBetween size="xs">
                  <Copyable text={url} label={t("Page")} />
                  {picture && <Copyable text={picture} label={t("Picture")} />}
                </SpaceBetween>
              </Alert>
            )}
          </div>
        }
        empty={<Box textAlign="center">{t("No links: nobody else can see this machine")}</Box>}
        columnDefinitions={[
          { id: "made", header: t("Made"), cell: (s) => when(s.created_at), isRowHeader: true },
          { id: "state", header: t("State"), cell: state },
          {
            id: "ends",
            header: t("Ends"),
            cell: (s) => (s.expires_at ? when(s.expires_at) : t("never")),
          },
          { id: "seen", header: t("Last looked at"), cell: (s) => ago(s.last_seen_at) },
          {
            id: "revoke",
            header: t("Actions"),
            cell: (s) =>
              !s.revoked_at && (
                <Button
                  variant="inline-link"
                  ariaLabel={t("Revoke the link made {when}", { when: when(s.created_at) })}
                  onClick={() => setDoomed(s)}
                >
                  {t("Revoke")}
                </Button>
              ),
          },
        ]}
      />
      {doomed && (
        <Confirm
          title={t("Revoke this link?")}
          action={t("Revoke")}
          busy={revoke.isPending}
          onConfirm={() => revoke.mutate(doomed)}
          onClose={() => setDoomed(null)}
        >
          {t("Whoever has it sees nothing from then on, and it cannot be opened again.")}
        </Confirm>
      )}
    </SpaceBetween>
  );
}

/** A value to take along, under the name that it goes by elsewhere. */
export function Copyable({ text, label }: { text: string; label: string }) {
  return (
    <div>
      <Box variant="awsui-key-label">{label}</Box>
      <SpaceBetween direction="horizontal" size="xs" alignItems="center">
        <CopyToClipboard
          variant="icon"
          textToCopy={text}
          copyButtonAriaLabel={t("Copy: {label}", { label })}
          copySuccessText={t("Copied")}
          copyErrorText={t("Could not be copied")}
        />
        <span className="mono">{text}</span>
      </SpaceBetween>
    </div>
  );
}
