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
});
