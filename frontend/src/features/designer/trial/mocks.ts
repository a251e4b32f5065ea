import type { GraphScope } from "../../../asl/graph";
import { walkNodes } from "../../../asl/graph";
import { at, isObject, type Json } from "../../../asl/model";
import type { LastRun } from "../lastRun";

/** What a made-up answer is in the page: text that may not be JSON yet. */
export interface Answer {
  readonly kind: "result" | "error";
  readonly text: string;
  readonly cause: string;
  readonly seconds: string;
}
export type Answers = Readonly<Record<string, readonly Answer[]>>;
export interface MockBody {
  result?: Json;
  error?: string;
  cause?: string;
  milliseconds: number;
}
export const EMPTY: Answer = { kind: "result", text: "{}", cause: "", seconds: "" };

/** The states that need an answer: every Task, and every Map that reads its items from elsewhere. */
export interface Asked {
  readonly name: string;
  readonly kind: "task" | "items";
}

export function askedOf(graph: GraphScope, root: Json | undefined): Asked[] {
  return [...walkNodes(graph)].flatMap((node): Asked[] => {
    const state = at(root, node.path);
    if (node.type === "Task") return [{ name: node.name, kind: "task" }];
    const reads = node.type === "Map" && isObject(state) && isObject(state.ItemReader);
    return reads ? [{ name: node.name, kind: "items" }] : [];
  });
}

/** The Tasks that were reached and had no answer made up for them: {} each time, which may lead round and round. */
export function unanswered(
  asked: readonly Asked[],
  answers: Answers,
  reached: ReadonlySet<string>,
): string[] {
  return asked.flatMap(({ name, kind }) =>
    kind === "task" && reached.has(name) && (answers[name] ?? []).length === 0 ? [name] : [],
  );
}

/** What the work of these states came to in the last run, as answers; of the others there are none. */
export function answersOfRun(names: readonly string[], last: LastRun | null): Answers {
  return Object.fromEntries(
    names.flatMap((name) => {
      const result = last?.states[name]?.result;
      return result === undefined ? [] : [[name, [{ ...EMPTY, text: JSON.stringify(result) }]]];
    }),
  );
}

/** The answers as the server takes them; `problem` names the first state whose text is not JSON. */
export function bodyOf(
  answers: Answers,
  asked: readonly Asked[],
):
  | { ok: true; mocks: Record<string, MockBody[]>; items: Record<string, Json[]> }
  | { ok: false; problem: string } {
  const mocks: Record<string, MockBody[]> = {};
  const items: Record<string, Json[]> = {};
  for (const { name, kind } of asked) {
    const given = answers[name] ?? [];
    const parsed: MockBody[] = [];
    for (const answer of given) {
      const milliseconds = Math.max(0, Math.round((Number(answer.seconds) || 0) * 1000));
      if (answer.kind === "error") {
        const cause = answer.cause === "" ? {} : { cause: answer.cause };
        parsed.push({ error: answer.text || "States.TaskFailed", ...cause, milliseconds });
        continue;
      }
      try {
        parsed.push({ result: JSON.parse(answer.text || "null") as Json, milliseconds });
      } catch {
        return { ok: false, problem: name };
      }
    }
    const first = parsed[0]?.result;
    if (kind === "task" && parsed.length > 0) mocks[name] = parsed;
    else if (kind === "items" && Array.isArray(first)) items[name] = first;
    else if (kind === "items" && given.length > 0) return { ok: false, problem: name };
  }
  return { ok: true, mocks, items };
}
