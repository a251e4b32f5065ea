import { guessFormat, parseText } from "../../asl/document";
import { isObject } from "../../asl/model";

/** How many older revisions the export left out of a bundle; 0 for anything else, a definition say. */
export function omittedRevisions(content: string): number {
  // Most of what is pasted is no bundle, and each letter that is typed comes by here.
  if (!content.includes("omitted_revisions")) return 0;
  const parsed = parseText(content, guessFormat(content));
  if (!parsed.ok || !isObject(parsed.value) || parsed.value.treadle_bundle === undefined) return 0;
  const { omitted_revisions: omitted } = parsed.value;
  return typeof omitted === "number" && omitted > 0 ? omitted : 0;
}
