import { useQuery } from "@tanstack/react-query";
import { getExecution, getHistory, listExecutions } from "../../api/client";
import type { HistoryEvent } from "../../api/types";
import type { Json } from "../../asl/model";

/** What the last run of a machine had to do with: its input, and what each state was given and came to. */
export interface LastRun {
  readonly input: Json;
  readonly states: Readonly<Record<string, Visited>>;
}
export interface Visited {
  readonly input?: Json;
  /** What its work came to. */
  readonly result?: Json;
}

const MOST_EVENTS = 500;

function read(text: unknown): Json | undefined {
  try {
    return typeof text === "string" ? (JSON.parse(text) as Json) : undefined;
  } catch {
    return undefined;
  }
}

/** The latest visit of each state. */
export function visitsOf(events: readonly HistoryEvent[]): Record<string, Visited> {
  const found: Record<string, Visited> = {};
  for (const { state, type, details } of events) {
    if (!state) continue;
    const told = details as Readonly<Record<string, unknown>>;
    const input = type.endsWith("StateEntered") ? read(told.input) : undefined;
    const result = /(Task|Function|Activity)Succeeded$/.test(type) ? read(told.output) : undefined;
    if (input !== undefined) found[state] = { input };
    else if (result !== undefined) found[state] = { ...found[state], result };
  }
  return found;
}

async function lastRun(machine: string): Promise<LastRun | null> {
  const newest = (await listExecutions({ machine })).results[0];
  if (!newest) return null;
  const [execution, history] = await Promise.all([
    getExecution(newest.id),
    getHistory(newest.id, 0, MOST_EVENTS),
  ]);
  return { input: execution.input, states: visitsOf(history.events) };
}

/** Asked for once it is `due`. */
export function useLastRun(machine: string, due: boolean): LastRun | null {
  const found = useQuery({
    queryKey: ["last-run", machine],
    queryFn: () => lastRun(machine),
    enabled: due,
    staleTime: 60_000,
  });
  return found.data ?? null;
}
