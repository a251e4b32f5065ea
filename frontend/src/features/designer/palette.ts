import type { SdkAction } from "../../api/types";
import { argumentsOf, briefly, withResource } from "../../asl/catalogue";
import { type NewState, newState } from "../../asl/edits";
import type { Fragment } from "../../asl/fragments";
import { isObject, type Json, type JsonObject, type StateType } from "../../asl/model";
import { PATTERNS, patternText } from "../../asl/patterns";
import { speaksJsonata } from "../../asl/surgery";
import { t } from "../../i18n";
import { describeSdk, sdkArguments, type World } from "./resources";

export type PaletteGroup = "Flow" | "Tasks" | "Patterns";

export interface PaletteItem {
  readonly id: string;
  readonly group: PaletteGroup;
  readonly type: StateType;
  readonly title: string;
  readonly description: string;
  readonly resource?: string;
  /** What the resource is called with at least. */
  readonly values?: JsonObject;
  /** A pattern: several states that are put in together. */
  readonly fragment?: Fragment;
}

const FLOW: readonly [StateType, string][] = [
  ["Choice", t("Go one of several ways")],
  ["Parallel", t("Do several things at once")],
  ["Map", t("Do it for each item of a list")],
  ["Wait", t("Pause, or wait for a time")],
  ["Pass", t("Shape data, or stand in for a step")],
  ["Succeed", t("End here, well")],
  ["Fail", t("End here with an error")],
];

/** The function that a pattern's tasks call until the user's own stand there. */
const STAND_IN = "arn:aws:lambda:us-east-1:000000000000:function:ReplaceMe";

export function paletteItems(world: World, jsonata: boolean): PaletteItem[] {
  const { functions } = world;
  return [
    ...FLOW.map(
      ([type, description]): PaletteItem => ({
        id: type,
        group: "Flow",
        type,
        title: type,
        description,
      }),
    ),
    {
      id: "Task",
      group: "Tasks",
      type: "Task",
      title: t("Task"),
      description: t("Call a function or a service"),
    },
    ...functions.map(
      (f): PaletteItem => ({
        id: `fn:${f.arn}`,
        group: "Tasks",
        type: "Task",
        title: f.name,
        description: f.description || f.file,
        resource: f.arn,
      }),
    ),
    ...world.celery.map(
      (task): PaletteItem => ({
        id: `celery:${task.name}`,
        group: "Tasks",
        type: "Task",
        title: task.name,
        description: task.description || task.signature,
        resource: "arn:aws:states:::celery:sendTask.sync",
        values: { Task: task.name, Kwargs: {} },
      }),
    ),
    ...world.activities.map(
      (activity): PaletteItem => ({
        id: `activity:${activity.arn}`,
        group: "Tasks",
        type: "Task",
        title: activity.name,
        description: t("An activity: workers ask for its work"),
        resource: activity.arn,
      }),
    ),
    ...world.integrations.map(
      (entry): PaletteItem => ({
        id: `service:${entry.service}:${entry.action}`,
        group: "Tasks",
        type: "Task",
        title: `${entry.service}:${entry.action}`,
        description: briefly(entry.description),
        resource: entry.resource,
        values: argumentsOf(entry, "", jsonata),
      }),
    ),
    ...PATTERNS.map((pattern): PaletteItem => {
      const fragment = pattern.build({ jsonata, work: functions[0]?.arn ?? STAND_IN });
      const first = fragment.states[fragment.start];
      return {
        id: `pattern:${pattern.id}`,
        group: "Patterns",
        type: (isObject(first) ? first.Type : "Pass") as StateType,
        ...patternText(pattern),
        fragment,
      };
    }),
  ];
}

/** An action of an AWS service. What it is called with is asked for when it is put in. */
export function sdkItem(action: SdkAction): PaletteItem {
  return {
    id: `sdk:${action.service}:${action.action}`,
    group: "Tasks",
    type: "Task",
    title: `${action.service}:${action.action}`,
    description: describeSdk(action),
    resource: action.resource,
  };
}

/** The item with what its resource is called with. */
export async function completed(item: PaletteItem, jsonata: boolean): Promise<PaletteItem> {
  if (!item.id.startsWith("sdk:") || item.resource === undefined) return item;
  const values = await sdkArguments(item.resource, jsonata);
  return values === null ? item : { ...item, values };
}

export function stateOf(item: PaletteItem, root: Json | undefined): NewState {
  const made = newState(item.type, root, item.resource);
  if (item.resource === undefined || item.values === undefined) return made;
  const value = withResource(made.value, item.resource, item.values, speaksJsonata(root));
  return { name: made.name, value };
}

export function matching(items: readonly PaletteItem[], search: string): PaletteItem[] {
  const wanted = search.trim().toLowerCase();
  return items.filter((item) => `${item.title} ${item.description}`.toLowerCase().includes(wanted));
}
