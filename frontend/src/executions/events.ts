/** What the reducer needs of a history event; the socket's frames carry just this. */
export interface StateEvent {
  readonly id: number;
  readonly type: string;
  readonly timestamp?: string;
  readonly scope: string;
  readonly state: string | null;
  readonly note: "retry" | "caught" | "fatal" | null;
}

export const STATUSES = [
  "running",
  "retrying",
  "waiting",
  "failed",
  "timed_out",
  "aborted",
  "caught",
  "succeeded",
] as const;
export type Status = (typeof STATUSES)[number];

const TYPES: Record<string, string> = {
  Task: "Task",
  Pass: "Pass",
  Choice: "Choice",
  Wait: "Wait",
  Parallel: "Parallel",
  Map: "Map",
  Succeed: "Succeed",
  Fail: "Fail",
};

export type Change =
  | { kind: "entered"; stateType: string }
  | { kind: "exited" }
  | { kind: "scheduled" }
  | { kind: "started" }
  | { kind: "attemptFailed"; timedOut: boolean }
  | { kind: "aborted" }
  /** What is open then: in the execution itself, and inside a container. */
  | { kind: "executionEnded"; outer: Status; inner: Status }
  /** The execution goes on where it ended badly. */
  | { kind: "redriven" }
  | { kind: "other" };

/** AWS has some seventy event types; these are the nine things that they can mean for a state. */
export function changeOf(event: StateEvent): Change {
  const { type } = event;
  switch (type) {
    case "ExecutionFailed":
      return { kind: "executionEnded", outer: "failed", inner: "aborted" };
    case "ExecutionRedriven":
      return { kind: "redriven" };
    case "ExecutionAborted":
      return { kind: "executionEnded", outer: "aborted", inner: "aborted" };
    case "ExecutionTimedOut":
      return { kind: "executionEnded", outer: "timed_out", inner: "timed_out" };
    case "MapIterationFailed":
    case "MapIterationAborted":
    case "MapIterationStarted":
    case "MapIterationSucceeded":
      return { kind: "other" };
  }
  if (event.state === null) return { kind: "other" };
  if (type.endsWith("StateEntered")) {
    return { kind: "entered", stateType: TYPES[type.slice(0, -"StateEntered".length)] ?? "Task" };
  }
  if (type.endsWith("StateExited")) return { kind: "exited" };
  if (type.endsWith("StateAborted")) return { kind: "aborted" };
  if (type.endsWith("Scheduled")) return { kind: "scheduled" };
  if (type === "MapStateStarted" || type === "ParallelStateStarted") return { kind: "scheduled" };
  if (type.endsWith("Started")) return { kind: "started" };
  if (type.endsWith("TimedOut")) return { kind: "attemptFailed", timedOut: true };
  if (type.endsWith("Failed")) return { kind: "attemptFailed", timedOut: false };
  return { kind: "other" };
}
