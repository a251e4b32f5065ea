import type { FunctionInfo } from "../../api/types";
import { type NewState, newState } from "../../asl/edits";
import type { Fragment } from "../../asl/fragments";
import type { Json, StateType } from "../../asl/model";
import { t } from "../../i18n";

export interface PaletteItem {
  readonly id: string;
  readonly group: "Flow" | "Tasks";
  readonly type: StateType;
  readonly title: string;
  readonly description: string;
  readonly resource?: string;
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

export function paletteItems(functions: readonly FunctionInfo[]): PaletteItem[] {
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
  ];
}

export function stateOf(item: PaletteItem, root: Json | undefined): NewState {
  return newState(item.type, root, item.resource);
}

export function matching(items: readonly PaletteItem[], search: string): PaletteItem[] {
  const wanted = search.trim().toLowerCase();
  return items.filter((item) => `${item.title} ${item.description}`.toLowerCase().includes(wanted));
}
