import { createStore, type StoreApi } from "zustand";
import { getHistory } from "../../api/client";
import { messageOf } from "../../api/http";
import { type Liveness, watchExecution } from "../../api/socket";
import type { ExecutionStatus, HistoryEvent } from "../../api/types";
import { newStatusStore, type StatusStore } from "../../canvas/statusStore";
import { Statuses } from "../../executions/statuses";
import { t } from "../../i18n";

/**
 * A run as it is watched: the history until now, then the socket from its last event on. Statuses are
 * worked out as events come and shown once a frame.
 */
export interface RunState {
  readonly events: readonly HistoryEvent[];
  readonly status: ExecutionStatus | null;
  readonly stoppedAt: string | null;
  readonly liveness: Liveness;
  readonly loaded: boolean;
  readonly problem: string | null;
  /** Counts up whenever `statuses` has changed. */
  readonly n: number;
}
export interface LiveRun extends StoreApi<RunState> {
  readonly shown: StatusStore;
  readonly statuses: Statuses;
  start(): () => void;
}

const MOST_DOTS = 20;
const DOT_MS = 500;

export function newLiveRun(id: string): LiveRun {
  const store = createStore<RunState>(() => ({
    events: [],
    status: null,
    stoppedAt: null,
    liveness: "live",
    loaded: false,
    problem: null,
    n: 0,
  }));
  const shown = newStatusStore();
  const statuses = new Statuses();
  const all: HistoryEvent[] = [];
  const touched = new Set<string>();
  const lastExit = new Map<string, string>();
  let dots: { key: string; from: string; to: string }[] = [];
  let frame = 0;
  let pending: Partial<RunState> = {};

  const paint = () => {
    frame = 0;
    const byName = { ...shown.getState().byName };
    for (const name of touched) {
      const now = statuses.shown(name);
      if (now) byName[name] = now;
    }
    touched.clear();
    shown.setState({ byName, taken: dots });
    store.setState((s) => ({ ...pending, events: [...all], n: s.n + 1 }));
    pending = {};
  };
  const schedule = () => {
    // A hidden page draws no frames, but its picture must be right when it is looked at again.
    if (frame === 0)
      frame = document.hidden ? window.setTimeout(paint, 50) : requestAnimationFrame(paint);
  };

  const follow = (events: readonly HistoryEvent[]) => {
    for (const event of events) {
      if (event.state === null) continue;
      if (event.type.endsWith("StateExited")) lastExit.set(event.scope, event.state);
      else if (event.type.endsWith("StateEntered")) {
        const from = lastExit.get(event.scope);
        if (from === undefined || !store.getState().loaded || dots.length >= MOST_DOTS) continue;
        const dot = { key: `${event.id}`, from, to: event.state };
        dots = [...dots.filter((d) => d.from !== from || d.to !== event.state), dot];
        setTimeout(() => {
          dots = dots.filter((d) => d !== dot);
          schedule();
        }, DOT_MS);
      }
    }
  };

  const take = (
    events: readonly HistoryEvent[],
    status: ExecutionStatus,
    stoppedAt: string | null,
  ) => {
    const fresh = events.filter((event) => event.id > statuses.lastEventId);
    all.push(...fresh);
    follow(fresh);
    for (const name of statuses.apply(fresh)) touched.add(name);
    pending = { ...pending, status, ...(stoppedAt === null ? {} : { stoppedAt }) };
    schedule();
  };

  return {
    ...store,
    shown,
    statuses,
    start() {
      let closed = false;
      let stop: (() => void) | undefined;
      let again: ReturnType<typeof setTimeout> | undefined;
      const load = async () => {
        try {
          for (;;) {
            const history = await getHistory(id, statuses.lastEventId);
            if (closed) return;
            take(history.events, history.status, null);
            if (history.events.length === 0 || statuses.lastEventId >= history.last_event_id) break;
          }
          store.setState({ loaded: true, problem: null });
          stop = watchExecution(id, statuses.lastEventId, {
            onEvents: take,
            onLiveness: (liveness) => store.setState({ liveness }),
            onRefused: (code) =>
              store.setState({
                problem:
                  code === 4404
                    ? t("This execution is gone")
                    : t("Sign in again to watch this execution"),
              }),
          });
        } catch (error) {
          store.setState({ problem: messageOf(error) });
          again = setTimeout(() => void load(), 3000);
        }
      };
      void load();
      return () => {
        closed = true;
        clearTimeout(again);
        stop?.();
      };
    },
  };
}
