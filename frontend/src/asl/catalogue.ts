import type { Json, JsonObject } from "./model";

/** An integration as the server's catalogue tells it; see GET /api/integrations/. */
export interface Integration {
  readonly resource: string;
  readonly service: string;
  readonly action: string;
  readonly description: string;
  /** Suffixes of the resource; "" is request-response. */
  readonly patterns: readonly string[];
  readonly parameters: readonly { readonly name: string; readonly required: boolean }[];
  /** A state with the required parameters. */
  readonly example: JsonObject;
}

/** The documentation goes on for a paragraph; a list has room for what it begins with. */
export function briefly(description: string): string {
  return /^.*?[.!?](?=\s|$)/.exec(description)?.[0] ?? description;
}

/** Where a task token is handed over, the first that an action has: fields that take any JSON. */
const CARRIES_TOKEN = ["Payload", "Input", "Kwargs", "RequestBody", "MessageBody", "Message"];

/** What a task of this integration has to be given; with a token where one is waited for. */
export function argumentsOf(entry: Integration, pattern: string, jsonata: boolean): JsonObject {
  const given = entry.example.Parameters;
  const values: JsonObject = { ...(given as JsonObject | undefined) };
  if (pattern !== ".waitForTaskToken") return values;
  const carrier = CARRIES_TOKEN.find((name) => entry.parameters.some((one) => one.name === name));
  if (carrier === undefined) return values;
  const token: Json = jsonata
    ? { TaskToken: "{% $states.context.Task.Token %}" }
    : { "TaskToken.$": "$$.Task.Token" };
  return { ...values, [carrier]: token };
}

/**
 * The state with another resource. What it is called with is filled in where there is nothing yet: what
 * somebody has written stays.
 */
export function withResource(
  state: JsonObject,
  resource: string,
  values: JsonObject | null,
  jsonata: boolean,
): JsonObject {
  const next: JsonObject = { ...state, Resource: resource };
  const key = jsonata ? "Arguments" : "Parameters";
  if (values === null || Object.keys(values).length === 0) return next;
  if (state.Parameters !== undefined || state.Arguments !== undefined) return next;
  // Beside the resource, as people write it.
  return Object.fromEntries(
    Object.entries(next).flatMap(([name, value]) =>
      name === "Resource"
        ? [
            [name, value],
            [key, values],
          ]
        : [[name, value]],
    ),
  ) as JsonObject;
}
