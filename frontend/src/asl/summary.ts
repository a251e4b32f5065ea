import { type JsonObject, text } from "./model";

/** The last, telling part of a Task's resource: `function:SubmitJob`, `sqs:sendMessage`. */
export function resourceLabel(state: JsonObject): string {
  const resource = text(state.Resource);
  if (!resource) return "Task";
  const parts = resource.split(":");
  if (parts[0] !== "arn") return resource;
  if (resource.includes(":::")) return parts.slice(parts[5] === "aws-sdk" ? 6 : 5).join(":");
  return parts.slice(5).join(":") || resource;
}

function waitLabel(state: JsonObject): string {
  if (state.Seconds !== undefined) return `Wait ${state.Seconds}s`;
  if (state.SecondsPath !== undefined) return `Wait ${state.SecondsPath} s`;
  if (state.Timestamp !== undefined) return `Until ${state.Timestamp}`;
  if (state.TimestampPath !== undefined) return `Until ${state.TimestampPath}`;
  return "Wait";
}

/** The second line of a node. */
export function subtitle(state: JsonObject): string {
  switch (state.Type) {
    case "Task":
      return resourceLabel(state);
    case "Wait":
      return waitLabel(state);
    case "Fail":
      return text(state.Error) ? `Fail: ${state.Error}` : "Fail";
    case "Map":
      return state.MaxConcurrency ? `Map, ${state.MaxConcurrency} at once` : "Map";
    case "Parallel":
      return `Parallel, ${Array.isArray(state.Branches) ? state.Branches.length : 0} branches`;
    default:
      return text(state.Type) ?? "no Type";
  }
}
