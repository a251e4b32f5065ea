import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input, { type InputProps } from "@cloudscape-design/components/input";
import Select, { type SelectProps } from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { createAlias, updateAlias } from "../../api/client";
import { messageOf } from "../../api/http";
import type { Alias, Route, Version } from "../../api/types";
import { t } from "../../i18n";
import { Dialog } from "../../ui/dialogs";
import { Form } from "../../ui/Form";
import { useFirstFocus } from "../../ui/useFirstFocus";
import { useWrite } from "../../ui/useWrite";

/** "2 (90 %), 1 (10 %)" */
export function shares(routes: readonly Route[]): string {
  return routes.length === 1
    ? String(routes[0]?.version)
    : routes.map((one) => `${one.version} (${one.weight} %)`).join(", ");
}

/** The routes of a form: all to the first, or what is left over to the second. Null while they cannot be. */
export function routesOf(first: number, second: number | null, percent: string): Route[] | null {
  if (second === null) return [{ version: first, weight: 100 }];
  const weight = Number(percent);
  if (!/^\d{1,3}$/.test(percent.trim()) || weight > 100 || first === second) return null;
  return [
    { version: first, weight: 100 - weight },
    { version: second, weight },
  ];
}

const NAME = /^(?=.*[a-zA-Z_\-.])[a-zA-Z0-9_\-.]{1,80}$/;

export function AliasDialog(props: {
  machine: string;
  alias: Alias | null;
  versions: readonly Version[];
  onSaved: () => void;
  onClose: () => void;
}) {
  const { alias, versions } = props;
  const nameInput = useFirstFocus<InputProps.Ref>(alias === null);
  const versionSelect = useFirstFocus<SelectProps.Ref>(alias !== null);
  const [name, setName] = useState(alias?.name ?? "");
  const [description, setDescription] = useState(alias?.description ?? "");
  const [first, setFirst] = useState(alias?.routes[0]?.version ?? versions[0]?.number ?? 1);
  const [second, setSecond] = useState<number | null>(alias?.routes[1]?.version ?? null);
  const [percent, setPercent] = useState(String(alias?.routes[1]?.weight ?? 10));
  const routes = routesOf(first, second, percent);
  const save = useWrite({
    mutationFn: () => {
      const body = { description, routes: routes ?? [] };
      return alias
        ? updateAlias(props.machine, alias.name, body)
        : createAlias(props.machine, { name, ...body });
    },
    onSuccess: props.onSaved,
    closes: props.onClose,
  });
  const options = versions.map((one) => ({
    value: String(one.number),
    label: String(one.number),
    description: one.description,
  }));
  const none = { value: "", label: t("None") };
  const incomplete =
    routes === null ? t("Choose two different versions and a weight from 0 to 100") : null;
  const why = NAME.test(name) ? incomplete : t("Give it a name first");
  return (
    <Dialog
      title={alias ? t("Move alias {name}", { name: alias.name }) : t("Create an alias")}
      onClose={props.onClose}
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
          <FormField
            label={t("Name")}
            errorText={
              name === "" || NAME.test(name)
                ? null
                : t("Letters, digits, _, - and ., up to 80, and not a number alone")
            }
          >
            <Input
              ref={nameInput}
              value={name}
              disabled={alias !== null}
              onChange={(e) => setName(e.detail.value)}
            />
          </FormField>
          <FormField label={t("Version")}>
            <Select
              ref={versionSelect}
              selectedOption={options.find((one) => one.value === String(first)) ?? null}
              options={options}
              onChange={(e) => setFirst(Number(e.detail.selectedOption.value))}
            />
          </FormField>
          <FormField
            label={t("Second version")}
            description={t("Gets a part of the executions, to try it out")}
            errorText={first === second ? t("This is the same version") : null}
          >
            <Select
              selectedOption={options.find((one) => one.value === String(second)) ?? none}
              options={[none, ...options]}
              onChange={(e) =>
                setSecond(
                  e.detail.selectedOption.value ? Number(e.detail.selectedOption.value) : null,
                )
              }
            />
          </FormField>
          {second !== null && (
            <FormField
              label={t("Percent of the second version")}
              errorText={routes === null && first !== second ? t("A whole number, 0 to 100") : null}
            >
              <Input type="number" value={percent} onChange={(e) => setPercent(e.detail.value)} />
            </FormField>
          )}
          <FormField label={t("Description")}>
            <Input value={description} onChange={(e) => setDescription(e.detail.value)} />
          </FormField>
        </SpaceBetween>
      </Form>
    </Dialog>
  );
}
