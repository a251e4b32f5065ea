import { createStore, type StoreApi } from "zustand";
import type { SimulatedEvent } from "../../../api/types";
import { newStatusStore, type StatusStore } from "../../../canvas/statusStore";
import { type Shown, Statuses } from "../../../executions/statuses";

/**
 * A simulated run, played event by event: the picture at an event is what the reducer of the execution view
 * makes of all events up to it.
 */
export interface PlayerState {
  readonly events: readonly SimulatedEvent[];
  /** How many events are in the picture. */
  readonly at: number;
  readonly playing: boolean;
  readonly speed: number;
}
export interface Player extends StoreApi<PlayerState> {
  readonly shown: StatusStore;
  load(events: readonly SimulatedEvent[]): void;
  play(): void;
  pause(): void;
  seek(at: number): void;
  step(by: 1 | -1): void;
  setSpeed(speed: number): void;
  clear(): void;
}
export const SPEEDS = [1, 2, 5, 20] as const;
const EVENT_MS = 220;

export function newPlayer(): Player {
  const store = createStore<PlayerState>(() => ({ events: [], at: 0, playing: false, speed: 2 }));
  const { getState, setState } = store;
  const shown = newStatusStore();
  let statuses = new Statuses();
  let applied = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const paint = () => {
    const byName: Record<string, Shown> = {};
    for (const name of statuses.names()) {
      const now = statuses.shown(name);
      if (now) byName[name] = now;
    }
    shown.setState({ byName, taken: [] });
  };
  const put = (at: number) => {
    const { events } = getState();
    if (at < applied) {
      statuses = new Statuses();
      applied = 0;
    }
    statuses.apply(events.slice(applied, at));
    applied = at;
    setState({ at });
    paint();
  };
  const pause = () => {
    clearTimeout(timer);
    setState({ playing: false });
  };
  const tick = () => {
    const { at, events, playing, speed } = getState();
    if (!playing) return;
    if (at >= events.length) return pause();
    put(at + 1);
    timer = setTimeout(tick, EVENT_MS / speed);
  };
  return {
    ...store,
    shown,
    load(events) {
      pause();
      statuses = new Statuses();
      applied = 0;
      setState({ events, at: 0 });
      paint();
    },
    play() {
      const { at, events, playing } = getState();
      if (playing || events.length === 0) return;
      if (at >= events.length) put(0);
      setState({ playing: true });
      tick();
    },
    pause,
    seek(at) {
      pause();
      put(Math.max(0, Math.min(at, getState().events.length)));
    },
    step(by) {
      pause();
      put(Math.max(0, Math.min(getState().at + by, getState().events.length)));
    },
    setSpeed: (speed) => setState({ speed }),
    clear() {
      this.load([]);
    },
  };
}
