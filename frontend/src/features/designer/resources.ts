import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import {
  getSdkAction,
  listActivities,
  listCeleryTasks,
  listFunctions,
  listIntegrations,
  searchSdkActions,
} from "../../api/client";
import type { Activity, CeleryTask, FunctionInfo, SdkAction } from "../../api/types";
import { argumentsOf, briefly, type Integration } from "../../asl/catalogue";
import type { JsonObject } from "../../asl/model";
import { t } from "../../i18n";

/** What a Task may call, as the designer offers it. */
export interface ResourceOption {
  readonly value: string;
  readonly label: string;
  readonly description: string;
  /** What somebody may type for it besides the ARN. */
  readonly alias?: string;
  /** What it is called with at least, in the query language of a state. */
  readonly values?: (jsonata: boolean) => JsonObject;
}

export interface World {
  readonly functions: readonly FunctionInfo[];
  readonly integrations: readonly Integration[];
  readonly celery: readonly CeleryTask[];
  readonly activities: readonly Activity[];
  readonly folder: string | null;
}

/**
 * Functions, integrations and Celery tasks, asked for once they are `due`; what cannot be had is left out, the rest is
 * there.
 */
export function useWorld(due = true): World {
  const functions = useQuery({
    queryKey: ["functions"],
    queryFn: listFunctions,
    enabled: due,
    staleTime: 30_000,
  });
  const integrations = useQuery({
    queryKey: ["integrations"],
    queryFn: listIntegrations,
    enabled: due,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const celery = useQuery({
    queryKey: ["celery-tasks"],
    queryFn: listCeleryTasks,
    enabled: due,
    staleTime: 60_000,
    retry: false,
  });
  const activities = useQuery({
    queryKey: ["activities"],
    queryFn: listActivities,
    enabled: due,
    staleTime: 30_000,
  });
  return useMemo(
    () => ({
      activities: activities.data?.results ?? [],
      functions: functions.data?.results ?? [],
      integrations: (integrations.data?.results ?? []) as unknown as readonly Integration[],
      celery: celery.data?.results ?? [],
      folder: functions.data?.folder ?? null,
    }),
    [functions.data, integrations.data, celery.data, activities.data],
  );
}

const PATTERNS: Record<string, string> = {
  "": t("Goes on with the answer"),
  ".sync": t("Waits until the work is done"),
  ".sync:2": t("Waits until the work is done; its output is JSON"),
  ".waitForTaskToken": t("Waits until somebody sends the token back"),
};

const CELERY = "arn:aws:states:::celery:sendTask.sync";

export function resourceOptions(world: World): ResourceOption[] {
  return [
    ...world.functions.map(
      (f): ResourceOption => ({
        value: f.arn,
        label: f.name,
        description: f.description || f.file,
        alias: f.name,
      }),
    ),
    ...world.celery.map(
      (task): ResourceOption => ({
        // The name tells the tasks of one resource apart.
        value: `${CELERY}#${task.name}`,
        label: task.name,
        description: task.description || task.signature,
        alias: task.name,
        values: () => ({ Task: task.name, Kwargs: {} }),
      }),
    ),
    ...world.activities.map(
      (activity): ResourceOption => ({
        value: activity.arn,
        label: activity.name,
        description: t("An activity: workers ask for its work"),
        alias: activity.name,
      }),
    ),
    ...world.integrations.flatMap((entry) =>
      entry.patterns.map(
        (pattern): ResourceOption => ({
          value: entry.resource + pattern,
          label: `${entry.service}:${entry.action}${pattern}`,
          description: `${PATTERNS[pattern] ?? pattern}. ${briefly(entry.description)}`,
          values: (jsonata) => argumentsOf(entry, pattern, jsonata),
        }),
      ),
    ),
  ];
}

const LEAST_LETTERS = 3;
const WAIT_MS = 250;

export interface SdkSearch {
  /** While others are looked for, those of the words before. */
  readonly actions: readonly SdkAction[];
  readonly looking: boolean;
}

/** Actions of AWS services that have these words in their names; none until there are a few letters. */
export function useSdkSearch(search: string): SdkSearch {
  const [wanted, setWanted] = useState(search);
  useEffect(() => {
    const timer = setTimeout(() => setWanted(search), WAIT_MS);
    return () => clearTimeout(timer);
  }, [search]);
  const words = wanted.trim();
  const found = useQuery({
    queryKey: ["aws-sdk", words],
    queryFn: ({ signal }) => searchSdkActions(words, signal),
    enabled: words.length >= LEAST_LETTERS,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  const typed = search.trim();
  return {
    actions:
      words.length >= LEAST_LETTERS && typed.length >= LEAST_LETTERS
        ? (found.data?.results ?? NO_ACTIONS)
        : NO_ACTIONS,
    looking: typed.length >= LEAST_LETTERS && (typed !== words || found.isFetching),
  };
}
const NO_ACTIONS: readonly SdkAction[] = [];

export const useSdkActions = (search: string): readonly SdkAction[] => useSdkSearch(search).actions;

export const describeSdk = (action: SdkAction): string =>
  t("{service} of the AWS SDK", { service: action.service });

export function sdkOption(action: SdkAction): ResourceOption {
  return {
    value: action.resource,
    label: `aws-sdk:${action.service}:${action.action}`,
    description: describeSdk(action),
  };
}

const SDK = /^arn:aws:states:::aws-sdk:([^:.]+):([^:.]+)$/;

/** What an action of an AWS service has to be called with; null where that cannot be asked, or it is none. */
export async function sdkArguments(resource: string, jsonata: boolean): Promise<JsonObject | null> {
  const [, service, action] = SDK.exec(resource) ?? [];
  if (service === undefined || action === undefined) return null;
  try {
    const entry = (await getSdkAction(service, action)) as unknown as Integration;
    return argumentsOf(entry, "", jsonata);
  } catch {
    return null;
  }
}

/** The resource of an option's value, without what told two options of it apart. */
export function resourceOf(value: string): string {
  return value.split("#")[0] ?? value;
}

export function useResources(): { options: readonly ResourceOption[]; folder: string | null } {
  const world = useWorld();
  const options = useMemo(() => resourceOptions(world), [world]);
  return { options, folder: world.folder };
}

export type Resolved =
  | { readonly ok: true; readonly value: string; readonly option?: ResourceOption }
  | { readonly ok: false; readonly problem: string };

/**
 * What is written for what was typed: an ARN or another URI as it is, a placeholder of a deployment tool too,
 * and for the bare name of a function its ARN.
 */
export function resolveResource(typed: string, options: readonly ResourceOption[]): Resolved {
  const wanted = typed.trim();
  const named = options.find((o) => [o.alias, o.label, o.value].includes(wanted));
  if (named) return { ok: true, value: resourceOf(named.value), option: named };
  if (wanted === "" || wanted.includes(":") || wanted.includes("${"))
    return { ok: true, value: wanted };
  return {
    ok: false,
    problem: t("There is no function {name}: take one of the list, or give an ARN", {
      name: wanted,
    }),
  };
}
