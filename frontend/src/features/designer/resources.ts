import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { listFunctions } from "../../api/client";
import { t } from "../../i18n";

/** What a Task may call, as the designer offers it. A catalogue of services is merged in here. */
export interface ResourceOption {
  readonly value: string;
  readonly label: string;
  readonly description: string;
  /** What somebody may type for it besides the ARN. */
  readonly alias?: string;
}

export function useResources(): { options: readonly ResourceOption[]; folder: string | null } {
  const functions = useQuery({
    queryKey: ["functions"],
    queryFn: listFunctions,
    staleTime: 30_000,
  });
  const options = useMemo(
    () => [
      ...(functions.data?.results ?? []).map(
        (f): ResourceOption => ({
          value: f.arn,
          label: f.name,
          description: f.description || f.file,
          alias: f.name,
        }),
      ),
      {
        value: "arn:aws:states:::lambda:invoke",
        label: "lambda:invoke",
        description: t("A function by its name in the parameters, with the whole answer"),
      },
      {
        value: "arn:aws:states:::lambda:invoke.waitForTaskToken",
        label: "lambda:invoke.waitForTaskToken",
        description: t("A function that gets a token; somebody sends it back later"),
      },
    ],
    [functions.data],
  );
  return { options, folder: functions.data?.folder ?? null };
}

export type Resolved =
  | { readonly ok: true; readonly value: string }
  | { readonly ok: false; readonly problem: string };

/**
 * What is written for what was typed: an ARN or another URI as it is, a placeholder of a deployment tool too,
 * and for the bare name of a function its ARN.
 */
export function resolveResource(typed: string, options: readonly ResourceOption[]): Resolved {
  const wanted = typed.trim();
  const named = options.find((option) => option.alias === wanted || option.label === wanted);
  if (named) return { ok: true, value: named.value };
  if (wanted === "" || wanted.includes(":") || wanted.includes("${"))
    return { ok: true, value: wanted };
  return {
    ok: false,
    problem: t("There is no function {name}: take one of the list, or give an ARN", {
      name: wanted,
    }),
  };
}
