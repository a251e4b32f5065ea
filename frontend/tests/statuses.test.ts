import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { StateEvent, Status } from "../src/executions/events";
import { Statuses, statusesOf } from "../src/executions/statuses";

const folder = new URL("../../tests/vectors/statuses/", import.meta.url);
interface Vector {
  name: string;
  events: StateEvent[];
  expected: Record<string, Status>;
}
const vectors = readdirSync(folder)
  .filter((file) => file.endsWith(".json"))
  .map((file) => JSON.parse(readFileSync(new URL(file, folder), "utf8")) as Vector);

describe("statuses of states", () => {
  it.each(vectors.map((v): [string, Vector] => [v.name, v]))("%s", (_name, vector) => {
    expect(statusesOf(vector.events)).toEqual(vector.expected);
  });

  it("are the same when events come one by one, twice and in pieces", () => {
    for (const vector of vectors) {
      const statuses = new Statuses();
      for (const event of vector.events) {
        statuses.apply([event]);
        statuses.apply([event]);
      }
      statuses.apply(vector.events);
      for (const [name, status] of Object.entries(vector.expected)) {
        expect(statuses.shown(name)?.status).toBe(status);
      }
    }
  });

  it("count attempts and visits", () => {
    const retried = vectors.find((v) => v.name === "success after a retry is success");
    const statuses = new Statuses();
    statuses.apply(retried?.events ?? []);
    expect(statuses.shown("Pay")).toMatchObject({ attempts: 2, visits: 1 });
  });

  it("do not count the time between an end and a redrive as time that something ran", () => {
    const at = (minute: number) => `2026-01-01T00:0${minute}:00.000Z`;
    const event = (id: number, type: string, minute: number, state: string | null = null) => ({
      id,
      type,
      timestamp: at(minute),
      scope: "",
      state,
      note: null,
    });
    const statuses = new Statuses();
    statuses.apply([
      event(1, "ExecutionStarted", 0),
      event(2, "TaskStateEntered", 1, "Pay"),
      event(3, "ExecutionFailed", 2),
      event(4, "ExecutionRedriven", 5),
      event(5, "TaskStateExited", 6, "Pay"),
      event(6, "ExecutionAborted", 7),
      event(7, "ExecutionRedriven", 8),
    ]);
    const ran = (from: number, to: number) =>
      statuses.ran(Date.parse(at(from)), Date.parse(at(to))) / 60_000;
    expect(ran(1, 6)).toBe(2);
    expect(ran(0, 9)).toBe(5);
    expect(ran(3, 4)).toBe(0);
    expect(ran(5, 6)).toBe(1);
  });
});
