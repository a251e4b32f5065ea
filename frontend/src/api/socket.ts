import PartySocket from "partysocket/ws";
import { getHistory } from "./client";
import type { ExecutionFrame, ExecutionStatus, HistoryEvent, ListFrame } from "./types";

export type Liveness = "live" | "reconnecting";
const SILENCE_MS = 12_000;

interface Watched<Frame> {
  url: () => string;
  onFrame: (frame: Frame) => void;
  onLiveness: (liveness: Liveness) => void;
  /** Close codes after which trying again makes no sense. */
  onRefused?: (code: number) => void;
}

function socketUrl(path: string): string {
  return `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws/${path}`;
}

/** A socket that comes back by itself, and says so when nothing was heard for longer than two heartbeats. */
function watch<Frame>({ url, onFrame, onLiveness, onRefused }: Watched<Frame>): () => void {
  const socket = new PartySocket(url, [], {
    minReconnectionDelay: 300,
    maxReconnectionDelay: 5_000,
    connectionTimeout: 5_000,
  });
  let silence: ReturnType<typeof setTimeout> | undefined;
  const heard = () => {
    clearTimeout(silence);
    silence = setTimeout(() => {
      onLiveness("reconnecting");
      socket.reconnect();
    }, SILENCE_MS);
  };
  socket.addEventListener("open", heard);
  socket.addEventListener("message", (message) => {
    heard();
    onLiveness("live");
    onFrame(JSON.parse(String(message.data)) as Frame);
  });
  socket.addEventListener("close", (event) => {
    onLiveness("reconnecting");
    if (event.code >= 4400 && event.code < 4500) {
      socket.close();
      clearTimeout(silence);
      onRefused?.(event.code);
    }
  });
  const offline = () => onLiveness("reconnecting");
  const online = () => socket.reconnect();
  window.addEventListener("offline", offline);
  window.addEventListener("online", online);
  heard();
  return () => {
    clearTimeout(silence);
    window.removeEventListener("offline", offline);
    window.removeEventListener("online", online);
    socket.close();
  };
}

export interface ExecutionFeed {
  onEvents: (events: HistoryEvent[], status: ExecutionStatus, stoppedAt: string | null) => void;
  onLiveness: (liveness: Liveness) => void;
  onRefused: (code: number) => void;
}

/**
 * The events of an execution from the one after `after`, in order, each once, for as long as it is
 * watched. A frame that does not follow what came before makes it fetch what is missing.
 */
export function watchExecution(id: string, after: number, feed: ExecutionFeed): () => void {
  let last = after;
  let closed = false;
  let work: Promise<void> = Promise.resolve();

  const take = (events: HistoryEvent[], status: ExecutionStatus, stoppedAt: string | null) => {
    const fresh = events.filter((event) => event.id > last);
    last = fresh.at(-1)?.id ?? last;
    feed.onEvents(fresh, status, stoppedAt);
  };
  const fill = async (upTo: number) => {
    while (!closed && last < upTo) {
      const history = await getHistory(id, last);
      if (history.events.length === 0) return;
      take(history.events, history.status, null);
    }
  };
  const onFrame = (frame: ExecutionFrame) => {
    if (frame.type !== "events") return;
    // One after the other: a fetch for a gap must be done before the next frame is looked at.
    work = work
      .then(async () => {
        if (closed) return;
        const first = frame.events.find((event) => event.id > last);
        const gap = first ? first.id > last + 1 : frame.last_event_id > last;
        if (gap) await fill(frame.last_event_id);
        if (!closed) take(frame.events, frame.status, frame.stopped_at);
      })
      .catch(() => feed.onLiveness("reconnecting"));
  };
  const stop = watch<ExecutionFrame>({
    url: () => socketUrl(`executions/${encodeURIComponent(id)}/?last_event_id=${last}`),
    onFrame,
    onLiveness: feed.onLiveness,
    onRefused: feed.onRefused,
  });
  return () => {
    closed = true;
    stop();
  };
}

/** Summaries of executions as they change: of one machine, or of all of mine. */
export function watchExecutions(
  machine: string | null,
  onFrame: (frame: Extract<ListFrame, { type: "execution" }>) => void,
  onLiveness: (liveness: Liveness) => void,
): () => void {
  const path =
    machine === null ? "executions/" : `machines/${encodeURIComponent(machine)}/executions/`;
  return watch<ListFrame>({
    url: () => socketUrl(path),
    onFrame: (frame) => {
      if (frame.type === "execution") onFrame(frame);
    },
    onLiveness,
  });
}
