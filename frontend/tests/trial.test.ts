import { describe, expect, it } from "vitest";
import type { SimulatedEvent } from "../src/api/types";
import { toGraph } from "../src/asl/graph";
import {
  answersOfRun,
  askedOf,
  bodyOf,
  EMPTY,
  unanswered,
} from "../src/features/designer/trial/mocks";
import { newPlayer } from "../src/features/designer/trial/player";
import { POLLER } from "./samples";

const event = (id: number, type: string, state: string | null): SimulatedEvent => ({
  id,
  previous_event_id: id - 1,
  type,
  timestamp: "2026-01-01T00:00:00.000Z",
  scope: "",
  state,
  note: null,
  details: {},
});

describe("made-up answers", () => {
  const asked = askedOf(toGraph(POLLER), POLLER);

  it("are asked of every Task", () => {
    expect(asked.map((one) => one.name)).toEqual([
      "Submit Job",
      "Get Job Status",
      "Get Final Job Status",
    ]);
  });

  it("become one mock an attempt, with their time", () => {
    const answers = {
      "Get Job Status": [
        { ...EMPTY, kind: "error" as const, text: "Busy", cause: "later" },
        { ...EMPTY, text: '{"status": "SUCCEEDED"}', seconds: "1.5" },
      ],
    };
    expect(bodyOf(answers, asked)).toEqual({
      ok: true,
      items: {},
      mocks: {
        "Get Job Status": [
          { error: "Busy", cause: "later", milliseconds: 0 },
          { result: { status: "SUCCEEDED" }, milliseconds: 1500 },
        ],
      },
    });
  });

  it("name the state whose answer is no JSON", () => {
    const answers = { "Submit Job": [{ ...EMPTY, text: "{" }] };
    expect(bodyOf(answers, asked)).toEqual({ ok: false, problem: "Submit Job" });
  });
});

describe("a simulation that ends badly", () => {
  const asked = askedOf(toGraph(POLLER), POLLER);
  const reached = new Set(["Submit Job", "Get Job Status"]);

  it("names the Tasks that it reached and that have no answer", () => {
    expect(unanswered(asked, { "Submit Job": [EMPTY] }, reached)).toEqual(["Get Job Status"]);
  });

  it("can take their answers from the last run", () => {
    const last = { input: {}, states: { "Get Job Status": { input: 1, result: { done: true } } } };
    expect(answersOfRun(["Submit Job", "Get Job Status"], last)).toEqual({
      "Get Job Status": [{ ...EMPTY, text: '{"done":true}' }],
    });
  });
});

describe("a simulated run", () => {
  it("shows at every event what the execution view would, forwards and backwards", () => {
    const player = newPlayer();
    player.load([
      event(1, "ExecutionStarted", null),
      event(2, "PassStateEntered", "A"),
      event(3, "PassStateExited", "A"),
      event(4, "FailStateEntered", "B"),
    ]);
    const seen = () =>
      Object.fromEntries(
        Object.entries(player.shown.getState().byName).map(([name, shown]) => [name, shown.status]),
      );
    player.seek(4);
    expect(seen()).toEqual({ A: "succeeded", B: "failed" });
    player.step(-1);
    expect(seen()).toEqual({ A: "succeeded" });
    player.seek(2);
    expect(seen()).toEqual({ A: "running" });
    player.clear();
    expect(seen()).toEqual({});
  });
});
