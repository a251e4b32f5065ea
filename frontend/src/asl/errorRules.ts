import { exitsOf } from "./graph";
import { isObject, type JsonObject, type Path } from "./model";

const EVERY_ERROR = "States.ALL";
const SCOPE: Path = [];

/**
 * Where a new catch of `name` leads: to a Fail state, else to one that ends its scope, else to one that does
 * not come back to `name`. "" where every state does: a catch that leads backwards is an endless loop.
 */
export function catchTarget(states: JsonObject, name: string): string {
  const onward = Object.keys(states).filter((other) => !leadsTo(states, other, name));
  const type = (other: string) => {
    const state = states[other];
    return isObject(state) ? state.Type : undefined;
  };
  const ends = (other: string) => {
    const state = states[other];
    return isObject(state) && (state.Type === "Succeed" || state.End === true);
  };
  return onward.find((other) => type(other) === "Fail") ?? onward.find(ends) ?? onward[0] ?? "";
}

function leadsTo(states: JsonObject, from: string, to: string): boolean {
  const seen = new Set([from]);
  for (const name of seen) {
    if (name === to) return true;
    const state = states[name];
    if (isObject(state)) for (const exit of exitsOf(SCOPE, name, state)) seen.add(exit.to);
  }
  return false;
}

/** The names of a rule after a choice: States.ALL stands alone, so the latest of the two displaces the other. */
export function errorNames(before: readonly string[], after: readonly string[]): string[] {
  if (!after.includes(EVERY_ERROR) || after.length === 1) return [...after];
  return before.includes(EVERY_ERROR)
    ? after.filter((name) => name !== EVERY_ERROR)
    : [EVERY_ERROR];
}
