import { createContext, useContext } from "react";
import { createStore, type StoreApi, useStore } from "zustand";
import type { Shown } from "../executions/statuses";

/**
 * Statuses live outside React Flow's nodes: a node subscribes to its own name only, so that a change
 * redraws one box. Written once a frame.
 */
export interface StatusState {
  readonly byName: Readonly<Record<string, Shown>>;
  /** Edges just taken, as `from>to` names; cleared when their dot has arrived. */
  readonly taken: readonly { key: string; from: string; to: string }[];
}
export type StatusStore = StoreApi<StatusState>;

export const newStatusStore = (): StatusStore =>
  createStore<StatusState>(() => ({ byName: {}, taken: [] }));

const empty = newStatusStore();
export const StatusContext = createContext<StatusStore>(empty);

export function useStatus(name: string): Shown | undefined {
  return useStore(useContext(StatusContext), (state) => state.byName[name]);
}

export function useTaken(from: string, to: string): string | undefined {
  return useStore(
    useContext(StatusContext),
    (state) => state.taken.find((edge) => edge.from === from && edge.to === to)?.key,
  );
}
