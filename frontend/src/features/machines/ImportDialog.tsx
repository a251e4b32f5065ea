import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Cards from "@cloudscape-design/components/cards";
import FileUpload from "@cloudscape-design/components/file-upload";
import FormField from "@cloudscape-design/components/form-field";
import Input, { type InputProps } from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Tabs from "@cloudscape-design/components/tabs";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import { fetchAnew } from "../../api/anew";
import { createMachine, importMachine, listMachines, listSamples } from "../../api/client";
import type { Sample } from "../../api/types";
import { guessFormat } from "../../asl/document";
import { printText } from "../../asl/patch";
import { count, t } from "../../i18n";
import { Code } from "../../ui/Code";
import { Dialog } from "../../ui/dialogs";
import { Form } from "../../ui/Form";
import { flash } from "../../ui/flash";
import { nameProblem, toName } from "../../ui/names";
import { Refusal } from "../../ui/Refusal";
import { unreadable } from "../../ui/unreadable";
import { useFirstFocus } from "../../ui/useFirstFocus";
import { useUnsent } from "../../ui/useUnsent";
import { useWrite } from "../../ui/useWrite";
import { inputKey } from "../executions/StartDialog";
import { omittedRevisions } from "./bundle";
import { madeMachine } from "./made";

function sampleText(sample: Sample): string {
  return typeof sample.definition === "string"
    ? sample.definition
    : printText(sample.definition, "json");
}

async function free(title: string): Promise<string> {
  const taken = new Set(
    (await listMachines({ search: title })).results.map((machine) => machine.name),
  );
  let name = title;
  for (let n = 2; taken.has(name); n++) name = `${title}-${n}`;
  return name;
}

export function ImportDialog({
  onClose,
  file = null,
}: {
  onClose: () => void;
  /** One that was dropped on the page. */
  file?: File | null;
}) {
  const queries = useQueryClient();
  // A file is read again from where it lies; what was pasted may be nowhere else.
  const kept = (what: string) => (file ? null : `import ${what}`);
  const [content, setContent, forgetContent] = useUnsent(kept("content"), "");
  const [name, setName, forgetName] = useUnsent(kept("name"), "");
  // The name that the last file gave it.
  const [named, setNamed, forgetNamed] = useUnsent(kept("name of the file"), "");
  const [tab, setTab] = useState(file ? "file" : content ? "paste" : "samples");
  const [files, setFiles] = useState<File[]>([]);
  const [unread, setUnread] = useState<Error | null>(null);
  // A file that was dropped is there already: what is left to do is its name.
  const nameInput = useFirstFocus<InputProps.Ref>(file !== null);
  const samples = useQuery({ queryKey: ["samples"], queryFn: listSamples });
  const done = () => void fetchAnew(queries, { queryKey: ["machines"] });
  const omitted = useMemo(() => omittedRevisions(content), [content]);
  const missing =
    omitted > 0 &&
    count(
      omitted,
      "The bundle goes without {n} older revision, which did not fit into it.",
      "The bundle goes without {n} older revisions, which did not fit into it.",
    );
  const bring = useWrite({
    mutationFn: () => importMachine({ content, ...(name.trim() ? { name: name.trim() } : {}) }),
    onSuccess: () => {
      // Told once more where it is missed: nothing on the server knows of them.
      if (missing) flash("info", missing);
      forgetContent();
      forgetName();
      forgetNamed();
      done();
    },
    leads: madeMachine,
  });
  const use = useWrite({
    mutationFn: async (sample: Sample) => {
      const definition = sampleText(sample);
      return createMachine({
        name: await free(toName(sample.name)),
        definition,
        format: guessFormat(definition),
        description: sample.description,
      });
    },
    onSuccess: (machine, sample) => {
      // Its name may have been taken, and its definition is there to be changed: what it runs with stays known.
      localStorage.setItem(inputKey(machine.id), JSON.stringify(sample.input, null, 2));
      done();
    },
    leads: madeMachine,
  });
  const latest = useRef<File | null>(null);
  const take = async (chosen: File[]) => {
    setFiles(chosen);
    setUnread(null);
    const file = chosen[0] ?? null;
    latest.current = file;
    if (!file) {
      setContent("");
      setName((typed) => (typed === named ? "" : typed));
      return;
    }
    const text = await file.text().catch(() => null);
    // Another one may have been chosen, or a name typed, while this one was read.
    if (latest.current !== file) return;
    if (text === null) return setUnread(unreadable(file));
    setContent(text);
    const called = toName(file.name.replace(/(\.asl)?\.(json|ya?ml)$/i, ""));
    setName((typed) => (typed === "" || typed === named ? called : typed));
    setNamed(called);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: taken once, when the dialog opens
  useEffect(() => {
    if (file) void take([file]);
  }, []);
  const why =
    content.trim() === "" ? t("Choose a file or paste a definition first") : nameProblem(name);
  const nameField = (
    <Form why={why} onSend={bring.mutate}>
      <FormField
        label={t("Name")}
        description={t("Left empty, a bundle keeps its own and a definition is called Imported")}
        errorText={nameProblem(name)}
      >
        <Input ref={nameInput} value={name} onChange={(e) => setName(e.detail.value)} />
      </FormField>
    </Form>
  );
  return (
    <Dialog
      title={t("Import a machine")}
      size="large"
      onClose={onClose}
      actions={
        tab !== "samples" && (
          <Button
            variant="primary"
            disabled={why !== null}
            disabledReason={why ?? ""}
            loading={bring.isPending}
            onClick={() => bring.mutate()}
          >
            {t("Import")}
          </Button>
        )
      }
    >
      <SpaceBetween size="m">
        <Refusal
          error={tab === "samples" ? (use.error ?? samples.error) : (unread ?? bring.error)}
        />
        {tab !== "samples" && missing && <Alert type="info">{missing}</Alert>}
        <Tabs
          activeTabId={tab}
          onChange={(e) => setTab(e.detail.activeTabId)}
          tabs={[
            {
              id: "samples",
              label: t("Samples"),
              content: (
                <Cards
                  items={samples.data?.results ?? []}
                  loading={samples.isPending}
                  loadingText={t("Fetching samples")}
                  empty={<Box textAlign="center">{t("This server has no samples")}</Box>}
                  cardsPerRow={[{ cards: 1 }, { minWidth: 600, cards: 2 }]}
                  cardDefinition={{
                    header: (sample) => sample.title,
                    sections: [
                      { id: "what", content: (sample) => sample.description },
                      {
                        id: "teaches",
                        header: t("What it teaches"),
                        content: (sample) => sample.teaches,
                      },
                      {
                        id: "use",
                        content: (sample) => (
                          <Button
                            loading={use.isPending && use.variables?.name === sample.name}
                            onClick={() => use.mutate(sample)}
                            ariaLabel={t("Use this: {title}", { title: sample.title })}
                          >
                            {t("Use this")}
                          </Button>
                        ),
                      },
                    ],
                  }}
                />
              ),
            },
            {
              id: "paste",
              label: t("Paste"),
              content: (
                <SpaceBetween size="m">
                  {nameField}
                  <FormField label={t("Definition or bundle, JSON or YAML")} stretch>
                    <div className="code-frame" style={{ height: 280 }}>
                      <Code
                        value={content}
                        format={guessFormat(content)}
                        label={t("Text to import")}
                        onChange={setContent}
                      />
                    </div>
                  </FormField>
                </SpaceBetween>
              ),
            },
            {
              id: "file",
              label: t("File"),
              content: (
                <SpaceBetween size="m">
                  <FileUpload
                    value={files}
                    onChange={(e) => void take(e.detail.value)}
                    accept=".json,.yaml,.yml"
                    showFileSize
                    constraintText={t("JSON or YAML, up to 2 MiB")}
                    i18nStrings={{
                      uploadButtonText: () => t("Choose a file"),
                      dropzoneText: () => t("Drop a file here"),
                      removeFileAriaLabel: () => t("Remove the file"),
                      limitShowFewer: t("Fewer"),
                      limitShowMore: t("More"),
                      errorIconAriaLabel: t("Error"),
                    }}
                  />
                  {nameField}
                </SpaceBetween>
              ),
            },
          ]}
        />
      </SpaceBetween>
    </Dialog>
  );
}
