import { useQuery } from "@tanstack/react-query";
import { getHistory } from "../../api/client";
import type { HistoryEvent } from "../../api/types";
import type { Json } from "../../asl/model";
import type { Visit } from "../../executions/statuses";

/** Frames carry no payloads; the events of a visit are fetched with theirs when it is looked at. */
export function useDetails(execution: string, visit: Visit | null, n: number) {
  const from = visit?.events[0] ?? 0;
  const to = visit?.events.at(-1) ?? 0;
  return useQuery({
    queryKey: ["details", execution, from, to],
    enabled: visit !== null,
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: (old) => old,
    queryFn: async () => {
      const wanted = new Set(visit?.events ?? []);
      const found: HistoryEvent[] = [];
      let after = from - 1;
      while (after < to) {
        const history = await getHistory(
          execution,
          after,
          Math.min(1000, Math.max(50, to - after)),
        );
        if (history.events.length === 0) break;
        found.push(...history.events.filter((event) => wanted.has(event.id)));
        after = history.events.at(-1)?.id ?? to;
      }
      return { n, events: found };
    },
  });
}

function parsed(value: Json | undefined): Json | undefined {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value) as Json;
  } catch {
    return value;
  }
}

export interface VisitData {
  readonly input: Json | undefined;
  readonly output: Json | undefined;
  readonly error: string | null;
  readonly cause: string | null;
}

/** AWS keeps payloads as JSON text inside the details. */
export function dataOf(events: readonly HistoryEvent[]): VisitData {
  const entered = events.find((event) => event.type.endsWith("StateEntered"));
  const exited = events.find((event) => event.type.endsWith("StateExited"));
  const failed = [...events].reverse().find((event) => typeof event.details?.error === "string");
  return {
    input: parsed(entered?.details?.input),
    output: parsed(exited?.details?.output),
    error: failed ? String(failed.details?.error) : null,
    cause: failed?.details?.cause === undefined ? null : String(failed.details.cause),
  };
}

export function pretty(value: Json | undefined): string {
  return value === undefined ? "" : JSON.stringify(value, null, 2);
}
