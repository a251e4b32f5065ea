import FormField from "@cloudscape-design/components/form-field";
import Select from "@cloudscape-design/components/select";
import { useQuery } from "@tanstack/react-query";
import { listAliases, listVersions } from "../../api/client";
import { t } from "../../i18n";

export interface Target {
  readonly key: string;
  readonly body: { version?: number; alias?: string };
}
export const LATEST: Target = { key: "latest", body: {} };

/** The latest revision, a version or an alias. Nothing is asked where there is nothing to choose. */
export function WhatRuns(props: {
  machine: string;
  target: Target;
  onChange: (target: Target) => void;
}) {
  const versions = useQuery({
    queryKey: ["versions", props.machine],
    queryFn: () => listVersions(props.machine),
  });
  const aliases = useQuery({
    queryKey: ["aliases", props.machine],
    queryFn: () => listAliases(props.machine),
  });
  const choices = [
    { label: t("Latest revision"), target: LATEST },
    ...(aliases.data?.results ?? []).map(({ name }) => ({
      label: t("Alias {name}", { name }),
      target: { key: `alias:${name}`, body: { alias: name } },
    })),
    ...(versions.data?.results ?? []).map(({ number }) => ({
      label: t("Version {number}", { number }),
      target: { key: `version:${number}`, body: { version: number } },
    })),
  ];
  if (choices.length === 1) return null;
  const options = choices.map(({ label, target }) => ({ value: target.key, label }));
  return (
    <FormField label={t("What runs")}>
      <Select
        selectedOption={options.find((one) => one.value === props.target.key) ?? null}
        options={options}
        onChange={(e) => {
          const found = choices.find((one) => one.target.key === e.detail.selectedOption.value);
          if (found) props.onChange(found.target);
        }}
      />
    </FormField>
  );
}
