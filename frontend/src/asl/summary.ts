import { count, t } from "../i18n";
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
  if (state.Seconds !== undefined) return t("Wait {seconds} s", { seconds: String(state.Seconds) });
  if (state.SecondsPath !== undefined)
    return t("Wait {seconds} s", { seconds: String(state.SecondsPath) });
  if (state.Timestamp !== undefined) return t("Until {time}", { time: String(state.Timestamp) });
  if (state.TimestampPath !== undefined)
    return t("Until {time}", { time: String(state.TimestampPath) });
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
      return state.MaxConcurrency
        ? t("Map, {n} at once", { n: String(state.MaxConcurrency) })
        : "Map";
    case "Parallel":
      return count(
        Array.isArray(state.Branches) ? state.Branches.length : 0,
        "Parallel, {n} branch",
        "Parallel, {n} branches",
      );
    default:
      return text(state.Type) ?? t("no Type");
  }
}
