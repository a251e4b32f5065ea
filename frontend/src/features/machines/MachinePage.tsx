import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import ContentLayout from "@cloudscape-design/components/content-layout";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input, { type InputProps } from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import Tabs from "@cloudscape-design/components/tabs";
import Textarea from "@cloudscape-design/components/textarea";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useNavigate, useParams, useSearchParams } from "react-router";
import { fetchAnew } from "../../api/anew";
import {
  bundleUrl,
  createRevision,
  exportUrl,
  getMachine,
  patchMachine,
  pictureUrl,
} from "../../api/client";
import { barring, messageOf } from "../../api/http";
import type { Machine } from "../../api/types";
import { Page } from "../../app/Page";
import { GraphView } from "../../canvas/GraphView";
import { t } from "../../i18n";
import { Code, EDITOR } from "../../ui/Code";
import { Dialog } from "../../ui/dialogs";
import { Form } from "../../ui/Form";
import { ago } from "../../ui/format";
import { whenIdle } from "../../ui/idle";
import { nameProblem } from "../../ui/names";
import { useFirstFocus } from "../../ui/useFirstFocus";
import { useWrite } from "../../ui/useWrite";
import { ExecutionTable } from "../executions/ExecutionTable";
import { StartDialog } from "../executions/StartDialog";
import { DeleteDialog } from "./DeleteDialog";
import { Revisions } from "./Revisions";
import { Sharing } from "./Sharing";
import { Versions } from "./Versions";

const TRAIL = [{ text: t("Machines"), href: "/machines" }];

export default function MachinePage() {
  const { id = "" } = useParams();
  const machine = useQuery({ queryKey: ["machine", id], queryFn: () => getMachine(id) });
  const error = barring(machine);
  if (error) {
    return (
      <Page title={t("Machine")} trail={TRAIL}>
        <Alert type="error" header={t("This machine could not be opened")}>
          {messageOf(error)}
        </Alert>
      </Page>
    );
  }
  if (!machine.data) {
    return (
      <Page title={t("Machine")} trail={TRAIL}>
        <Spinner size="large" />
      </Page>
    );
  }
  return <Shown machine={machine.data} />;
}

function Shown({ machine }: { machine: Machine }) {
  const navigate = useNavigate();
  const [params, setParams] = useSearchParams();
  const [open, setOpen] = useState<"start" | "delete" | "rename" | null>(null);
  const queries = useQueryClient();
  const draft = machine.has_draft ? machine.draft : null;
  const saveDraft = async () => {
    if (!draft) return true;
    const { text, format, base_revision, saves } = draft;
    const head = await createRevision(
      machine.id,
      { definition: text, format, comment: "", draft: saves },
      base_revision,
    );
    void fetchAnew(queries, { queryKey: ["machine", machine.id] });
    return head.number > base_revision;
  };
  // The start dialog begins in an editor, which takes the focus: it is to be there at once.
  useEffect(() => whenIdle(() => void EDITOR.load().catch(() => undefined)), []);
  const deleting = machine.status === "DELETING";
  const edit = `/machines/${machine.id}/edit`;
  const more = (id: string) => {
    if (id === "delete" || id === "rename") setOpen(id);
    else if (id === "bundle") location.assign(bundleUrl(machine.id));
    else if (id === "json" || id === "yaml") location.assign(exportUrl(machine.id, id));
    else if (id === "svg" || id === "png")
      window.open(pictureUrl(machine.id, id), "_blank", "noopener");
  };
  return (
    <Page title={machine.name} trail={TRAIL}>
      <ContentLayout
        header={
          <Header
            variant="h1"
            description={`${machine.description ? `${machine.description} · ` : ""}${t(
              "Revision {revision}, changed {ago}",
              { revision: machine.revision, ago: ago(machine.updated_at) },
            )}`}
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                <ButtonDropdown
                  onItemClick={(e) => more(e.detail.id)}
                  items={[
                    { id: "rename", text: t("Rename") },
                    { id: "json", text: t("Export JSON") },
                    { id: "yaml", text: t("Export YAML") },
                    { id: "bundle", text: t("Export with all revisions") },
                    { id: "svg", text: t("Picture (SVG)") },
                    { id: "png", text: t("Picture (PNG)") },
                    { id: "delete", text: t("Delete"), disabled: deleting },
                  ]}
                >
                  {t("More")}
                </ButtonDropdown>
                <Button
                  href={edit}
                  disabled={deleting}
                  onFollow={(e) => {
                    e.preventDefault();
                    navigate(edit);
                  }}
                >
                  {machine.has_draft ? t("Edit draft") : t("Edit")}
                </Button>
                <Button
                  variant="primary"
                  iconName="caret-right-filled"
                  disabled={deleting}
                  onClick={() => setOpen("start")}
                >
                  {t("Run")}
                </Button>
              </SpaceBetween>
            }
          >
            {machine.name}
          </Header>
        }
      >
        <SpaceBetween size="m">
          {deleting && (
            <Alert type="info">
              {t("This machine is being deleted; it goes when its executions have ended.")}
            </Alert>
          )}
          <Tabs
            activeTabId={params.get("tab") ?? "executions"}
            onChange={(e) => setParams({ tab: e.detail.activeTabId }, { replace: true })}
            tabs={[
              {
                id: "executions",
                label: t("Executions"),
                content: <ExecutionTable machine={machine.id} />,
              },
              {
                id: "definition",
                label: t("Definition"),
                content: (
                  <div className="two-up">
                    <GraphView definition={machine.definition} height="64vh" />
                    <div className="code-frame" style={{ height: "64vh" }}>
                      <Code
                        value={machine.definition}
                        format={machine.format}
                        label={t("Definition")}
                      />
                    </div>
                  </div>
                ),
              },
              { id: "revisions", label: t("Revisions"), content: <Revisions machine={machine} /> },
              { id: "versions", label: t("Versions"), content: <Versions machine={machine} /> },
              { id: "sharing", label: t("Sharing"), content: <Sharing machine={machine} /> },
            ]}
          />
        </SpaceBetween>
      </ContentLayout>
      {open === "start" && (
        <StartDialog
          machine={machine}
          published
          saveFirst={false}
          unsaved={draft && { revision: machine.revision, save: saveDraft }}
          onClose={() => setOpen(null)}
        />
      )}
      {open === "delete" && <DeleteDialog machine={machine} onClose={() => setOpen(null)} />}
      {open === "rename" && <Rename machine={machine} onClose={() => setOpen(null)} />}
    </Page>
  );
}

function Rename({ machine, onClose }: { machine: Machine; onClose: () => void }) {
  const queries = useQueryClient();
  const [name, setName] = useState(machine.name);
  const [description, setDescription] = useState(machine.description);
  const input = useFirstFocus<InputProps.Ref>();
  const why = name === "" ? t("Give it a name first") : nameProblem(name);
  const save = useWrite({
    mutationFn: () => patchMachine(machine.id, { name, description }),
    onSuccess: () => {
      void fetchAnew(queries, { queryKey: ["machine", machine.id] });
      void fetchAnew(queries, { queryKey: ["machines"] });
    },
    closes: onClose,
  });
  return (
    <Dialog
      title={t("Rename")}
      onClose={onClose}
      actions={
        <Button
          variant="primary"
          disabled={why !== null}
          disabledReason={why ?? ""}
          loading={save.isPending}
          onClick={() => save.mutate()}
        >
          {t("Save")}
        </Button>
      }
    >
      <Form why={why} onSend={save.mutate}>
        <SpaceBetween size="m">
          {save.error && <Alert type="error">{messageOf(save.error)}</Alert>}
          <FormField label={t("Name")} errorText={nameProblem(name)}>
            <Input ref={input} value={name} onChange={(e) => setName(e.detail.value)} />
          </FormField>
          <FormField label={t("Description")}>
            <Textarea value={description} onChange={(e) => setDescription(e.detail.value)} />
          </FormField>
          <Box color="text-body-secondary">{t("Executions and share links keep working.")}</Box>
        </SpaceBetween>
      </Form>
    </Dialog>
  );
}
