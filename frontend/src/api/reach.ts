import { createStore } from "zustand";

/** Whether the last request that was tried has reached the server, whatever it answered. */
export const reach = createStore<{ readonly reached: boolean }>(() => ({ reached: true }));

let losses = 0;

/** To be asked when a request begins; what came of it is noted with this. */
export const beginning = (): number => losses;

/** An answer. One to a request from before the server was lost says nothing of now. */
export function noteReached(began: number): void {
  if (began === losses && !reach.getState().reached) reach.setState({ reached: true });
}

export function noteLost(): void {
  losses++;
  if (reach.getState().reached) reach.setState({ reached: false });
}
