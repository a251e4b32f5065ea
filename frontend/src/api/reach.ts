import { createStore } from "zustand";

/** Whether the last request that was tried has reached the server, whatever it answered. */
export const reach = createStore<{ readonly reached: boolean }>(() => ({ reached: true }));

export function noteReached(reached: boolean): void {
  if (reach.getState().reached !== reached) reach.setState({ reached });
}
