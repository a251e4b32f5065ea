import { changeOf, type StateEvent, type Status } from "./events";

/** One stay in a state: entered once, left at most once, with as many attempts as it took. */
export interface Visit {
  /** The id of its ...StateEntered event, which also names the scopes inside it. */
  readonly id: number;
  readonly state: string;
  readonly scope: string;
  readonly stateType: string;
  status: Status;
  attempts: number;
  open: boolean;
  /** The last attempt failed and a Catcher takes it. */
  catching: boolean;
  /** Its container began again: what happened here counts no more. */
  superseded: boolean;
  readonly enteredAt: string;
  endedAt: string | null;
  readonly events: number[];
}

export interface Shown {
  readonly status: Status;
  readonly visits: number;
  readonly counts: Readonly<Partial<Record<Status, number>>>;
  readonly attempts: number;
}

const URGENT_NOW: readonly Status[] = ["running", "retrying", "waiting"];
const URGENT_ENDED: readonly Status[] = ["failed", "timed_out", "aborted"];

/**
 * Statuses of states, from events in the order of their ids. Mutable inside for speed (a history may have
 * 25,000 events); feed it with `apply`, read it with `shown`. `apply` answers the names that changed.
 */
export class Statuses {
  readonly visits: Visit[] = [];
  lastEventId = 0;
  /** When the execution lay between an end and the redrive after it, in milliseconds since 1970. */
  private readonly rests: { readonly from: number; readonly to: number }[] = [];
  private endedAt: number | null = null;
  private readonly current = new Map<string, Visit>();
  private readonly byState = new Map<string, Visit[]>();
  private readonly byId = new Map<number, Visit>();

  apply(events: readonly StateEvent[]): Set<string> {
    const touched = new Set<string>();
    for (const event of events) {
      if (event.id <= this.lastEventId) continue;
      this.lastEventId = event.id;
      this.step(event, touched);
    }
    return touched;
  }

  /** Milliseconds that the execution ran between two times: what it lay ended before a redrive does not count. */
  ran(from: number, to: number): number {
    const rested = this.rests.map((rest) => Math.min(rest.to, to) - Math.max(rest.from, from));
    return rested.reduce((left, one) => left - Math.max(0, one), to - from);
  }

  names(): Iterable<string> {
    return this.byState.keys();
  }

  visitsOf(state: string): readonly Visit[] {
    return this.byState.get(state) ?? [];
  }

  shown(state: string): Shown | undefined {
    const visits = this.byState.get(state);
    const latest = visits?.at(-1);
    if (!visits || !latest) return undefined;
    const counts: Partial<Record<Status, number>> = {};
    for (const visit of visits) counts[visit.status] = (counts[visit.status] ?? 0) + 1;
    const status =
      URGENT_NOW.find((s) => counts[s]) ??
      URGENT_ENDED.find((s) => counts[s] && visits.some((v) => v.status === s && this.live(v))) ??
      latest.status;
    return { status, visits: visits.length, counts, attempts: latest.attempts };
  }

  /** A visit is live while nothing around it has ended well, been caught or begun again. */
  private live(visit: Visit): boolean {
    if (visit.superseded) return false;
    return (
      visit.scope === "" ||
      visit.scope.split("/").every((segment) => {
        const container = this.byId.get(Number(segment.split(".")[0]));
        return container?.status !== "succeeded" && container?.status !== "caught";
      })
    );
  }

  private step(event: StateEvent, touched: Set<string>): void {
    const change = changeOf(event);
    if (change.kind === "entered") {
      this.enter(event, change.stateType);
      touched.add(event.state as string);
      return;
    }
    if (change.kind === "executionEnded") {
      this.endedAt = Date.parse(event.timestamp ?? "");
      for (const visit of this.visits)
        this.end(visit, visit.scope === "" ? change.outer : change.inner, event, touched);
      return;
    }
    if (change.kind === "redriven") {
      const to = Date.parse(event.timestamp ?? "");
      if (this.endedAt !== null && this.endedAt < to) this.rests.push({ from: this.endedAt, to });
      this.endedAt = null;
      for (const visit of this.visits) this.reopen(visit, touched);
      return;
    }
    const visit = this.current.get(`${event.scope}|${event.state}`);
    if (!visit) return;
    visit.events.push(event.id);
    if (change.kind === "other") return;
    touched.add(visit.state);
    switch (change.kind) {
      case "scheduled":
        visit.attempts += 1;
        if (visit.open) visit.status = "running";
        break;
      case "started":
        if (visit.open) visit.status = "running";
        break;
      case "attemptFailed":
        this.attemptFailed(visit, event, change.timedOut, touched);
        break;
      case "exited":
        visit.status = visit.catching ? "caught" : "succeeded";
        this.close(visit, event);
        break;
      case "aborted":
        this.endInside(visit, "aborted", event, touched);
        this.end(visit, "aborted", event, touched);
        break;
      default:
        change satisfies never;
    }
  }

  private enter(event: StateEvent, stateType: string): void {
    const state = event.state as string;
    const fails = stateType === "Fail";
    const visit: Visit = {
      id: event.id,
      state,
      scope: event.scope,
      stateType,
      status: fails ? "failed" : stateType === "Wait" ? "waiting" : "running",
      attempts: 0,
      open: !fails,
      catching: false,
      superseded: false,
      enteredAt: event.timestamp ?? "",
      endedAt: fails ? (event.timestamp ?? "") : null,
      events: [event.id],
    };
    this.visits.push(visit);
    this.byId.set(visit.id, visit);
    this.current.set(`${event.scope}|${state}`, visit);
    const all = this.byState.get(state);
    if (all) all.push(visit);
    else this.byState.set(state, [visit]);
  }

  private attemptFailed(
    visit: Visit,
    event: StateEvent,
    timedOut: boolean,
    touched: Set<string>,
  ): void {
    const container = event.type === "MapStateFailed" || event.type === "ParallelStateFailed";
    if (container) this.endInside(visit, "aborted", event, touched);
    if (event.note === "retry") {
      visit.status = "retrying";
      visit.catching = false;
      for (const inner of this.inside(visit)) inner.superseded = true;
    } else if (event.note === "caught") {
      visit.catching = true;
    } else if (event.note === "fatal" || container) {
      visit.status = timedOut ? "timed_out" : "failed";
      this.close(visit, event);
    }
  }

  private inside(container: Visit): Visit[] {
    const segment = new RegExp(`(^|/)${container.id}\\.`);
    return this.visits.filter((visit) => visit.id > container.id && segment.test(visit.scope));
  }

  private endInside(
    container: Visit,
    status: Status,
    event: StateEvent,
    touched: Set<string>,
  ): void {
    if (container.stateType !== "Map" && container.stateType !== "Parallel") return;
    for (const visit of this.inside(container))
      if (visit.open) this.end(visit, status, event, touched);
  }

  private end(visit: Visit, status: Status, event: StateEvent, touched: Set<string>): void {
    if (!visit.open) return;
    visit.status = status;
    this.close(visit, event);
    touched.add(visit.state);
  }

  /** A redrive takes up what failed or was given up, unless it was caught or begun again since. */
  private reopen(visit: Visit, touched: Set<string>): void {
    if (visit.open || !URGENT_ENDED.includes(visit.status) || !this.live(visit)) return;
    visit.open = true;
    visit.endedAt = null;
    visit.status = visit.stateType === "Wait" ? "waiting" : "running";
    touched.add(visit.state);
  }

  private close(visit: Visit, event: StateEvent): void {
    visit.open = false;
    visit.endedAt = event.timestamp ?? "";
  }
}

export function statusesOf(events: readonly StateEvent[]): Record<string, Status> {
  const statuses = new Statuses();
  statuses.apply(events);
  const result: Record<string, Status> = {};
  for (const name of statuses.names()) {
    const shown = statuses.shown(name);
    if (shown) result[name] = shown.status;
  }
  return result;
}
