import type { FunctionInfo } from "../../api/types";
import { type NewState, newState } from "../../asl/edits";
import type { Json, StateType } from "../../asl/model";

export interface PaletteItem {
  readonly id: string;
  readonly group: "Flow" | "Tasks";
  readonly type: StateType;
  readonly title: string;
  readonly description: string;
  readonly resource?: string;
}

const FLOW: readonly [StateType, string][] = [
  ["Choice", "Go one of several ways"],
  ["Parallel", "Do several things at once"],
  ["Map", "Do it for each item of a list"],
  ["Wait", "Pause, or wait for a time"],
  ["Pass", "Shape data, or stand in for a step"],
  ["Succeed", "End here, well"],
  ["Fail", "End here with an error"],
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
      title: "Task",
      description: "Call a function or a service",
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
