import { getLocation } from "jsonc-parser";
import type { Format } from "./document";
import type { Path } from "./model";

/** Where in a text the cursor stands, also in a text that cannot be parsed: people type in the middle of it. */
export interface Location {
  readonly path: Path;
  /** A key is written here, not a value. */
  readonly atKey: boolean;
  /** What is written of it, without quotation marks. */
  readonly from: number;
  readonly to: number;
  readonly written: string;
  /** Whether the place is inside quotation marks already. */
  readonly quoted: boolean;
}

export function locate(text: string, format: Format, offset: number): Location {
  return format === "json" ? locateJson(text, offset) : locateYaml(text, offset);
}

function locateJson(text: string, offset: number): Location {
  const found = getLocation(text, offset);
  const token = stringAround(text, offset);
  return {
    path: found.path,
    atKey: found.isAtPropertyKey,
    from: token ? token.from : wordStart(text, offset),
    to: token ? token.to : offset,
    written: text.slice(token ? token.from : wordStart(text, offset), offset),
    quoted: token !== null,
  };
}

/** The inside of the string that the offset is in, on its line. */
function stringAround(text: string, offset: number): { from: number; to: number } | null {
  const line = text.lastIndexOf("\n", offset - 1) + 1;
  let open = -1;
  for (let i = line; i < offset; i++) {
    if (text[i] === "\\") i++;
    else if (text[i] === '"') open = open < 0 ? i : -1;
  }
  if (open < 0) return null;
  let to = offset;
  while (to < text.length && text[to] !== '"' && text[to] !== "\n") to += text[to] === "\\" ? 2 : 1;
  return { from: open + 1, to: Math.min(to, text.length) };
}

function wordStart(text: string, offset: number): number {
  let from = offset;
  while (from > 0 && /[\w$.-]/.test(text[from - 1] ?? "")) from--;
  return from;
}

interface Level {
  readonly indent: number;
  readonly step: string | number;
}

/** YAML in block style: the path is what stands above with less indentation. */
function locateYaml(text: string, offset: number): Location {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  const before = text.slice(start, offset);
  const shape = /^(\s*)((?:- +)*)(?:([^\s#:][^:]*?)\s*:(?:\s+(.*))?|(.*))$/.exec(before);
  const indent = (shape?.[1] ?? "").length + (shape?.[2] ?? "").length;
  const key = shape?.[3]?.replace(/^["']|["']$/g, "");
  const atKey = key === undefined;
  const raw = atKey ? (shape?.[5] ?? "") : (shape?.[4] ?? "");
  const written = raw.replace(/^["']/, "");
  const levels = levelsAbove(text.slice(0, start), indent, (shape?.[2] ?? "") !== "");
  const steps: (string | number)[] = levels.map((level) => level.step);
  return {
    path: atKey ? [...steps, written] : [...steps, key],
    atKey,
    from: offset - written.length,
    to: offset,
    written,
    quoted: raw !== written,
  };
}

function levelsAbove(text: string, indent: number, inItem: boolean): Level[] {
  const levels: Level[] = [];
  let limit = indent;
  let items = inItem ? 0 : -1;
  for (const line of text.split("\n").reverse()) {
    if (/^\s*(#|$)/.test(line)) continue;
    const shape = /^(\s*)((?:- +)*)(?:["']?([^"':]+)["']?\s*:)?/.exec(line);
    const own = (shape?.[1] ?? "").length;
    const dash = shape?.[2] ?? "";
    const at = own + dash.length;
    const key = shape?.[3];
    if (dash !== "" && at === limit && items < 0) items = 0;
    else if (dash !== "" && at === limit && items >= 0) items += 1;
    if (at < limit && key !== undefined) {
      if (items >= 0) {
        levels.unshift({ indent: own, step: items });
        items = -1;
      }
      levels.unshift({ indent: at, step: key });
      limit = at;
      if (dash !== "") items = 0;
    }
  }
  return levels;
}
