import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input, { type InputProps } from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Tiles from "@cloudscape-design/components/tiles";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { fetchAnew } from "../../api/anew";
import { createMachine } from "../../api/client";
import { printText } from "../../asl/patch";
import { t } from "../../i18n";
import { Dialog } from "../../ui/dialogs";
import { Form } from "../../ui/Form";
import { nameProblem } from "../../ui/names";
import { Refusal } from "../../ui/Refusal";
import { useFirstFocus } from "../../ui/useFirstFocus";
import { useWrite } from "../../ui/useWrite";
import { madeMachine } from "./made";
import { STARTERS } from "./starters";

export function CreateDialog({ onClose }: { onClose: () => void }) {
  const queries = useQueryClient();
  const [name, setName] = useState("");
  const input = useFirstFocus<InputProps.Ref>();
  const problem = nameProblem(name);
  const why = name === "" ? t("Give it a name first") : problem;
  const [starter, setStarter] = useState("pass");
  const create = useWrite({
    mutationFn: () => {
      const chosen = STARTERS.find((s) => s.id === starter) ?? STARTERS[0];
      return createMachine({
        name,
        definition: printText(chosen?.definition ?? {}, "json"),
        format: "json",
      });
    },
    onSuccess: () => void fetchAnew(queries, { queryKey: ["machines"] }),
    leads: madeMachine,
  });
  return (
    <Dialog
      title={t("New machine")}
      onClose={onClose}
      actions={
        <Button
          variant="primary"
          disabled={why !== null}
          disabledReason={why ?? ""}
          loading={create.isPending}
          onClick={() => create.mutate()}
        >
          {t("Create and edit")}
        </Button>
      }
    >
      <Form why={why} onSend={create.mutate}>
        <SpaceBetween size="l">
          <Refusal error={create.error} />
          <FormField
            label={t("Name")}
            description={t("Up to 80 characters, without blanks")}
            errorText={problem}
          >
            <Input ref={input} value={name} onChange={(e) => setName(e.detail.value)} />
          </FormField>
          <FormField label={t("Begin with")} stretch>
            <Tiles
              value={starter}
              columns={2}
              onChange={(e) => setStarter(e.detail.value)}
              items={STARTERS.map((s) => ({
                value: s.id,
                label: s.title,
                description: s.description,
              }))}
            />
          </FormField>
        </SpaceBetween>
      </Form>
    </Dialog>
  );
}
