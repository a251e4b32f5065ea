import { applyEdits, format as formatJson, type Node, parseTree } from "jsonc-parser";
import {
  type Document,
  isMap,
  isScalar,
  isSeq,
  type Pair,
  parseDocument,
  type Scalar,
  stringify,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";
import type { Format } from "./document";
import { keepLines } from "./keepLines";
import { isObject, type Json, type JsonObject } from "./model";

/**
 * Write a changed value back into its text, touching only what changed: order of keys, layout, number
 * spelling and YAML comments of everything else stay. `before` must be the value of `source`.
 */
export function patchText(source: string, format: Format, before: Json, after: Json): string {
  if (equal(before, after)) return source;
  return format === "json" ? patchJson(source, before, after) : patchYaml(source, before, after);
}

export function printText(value: Json, format: Format): string {
  return format === "json"
    ? `${JSON.stringify(value, null, 2)}\n`
    : stringify(value, { lineWidth: 0 });
}

/** The same text with regular indentation. */
export function formatText(source: string, format: Format): string {
  if (format === "yaml")
    return parseDocument(source).toString({ lineWidth: 0, flowCollectionPadding: true });
  const options = { tabSize: 2, insertSpaces: true, insertFinalNewline: true };
  return applyEdits(source, formatJson(source, undefined, options));
}

export function equal(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, i) => equal(item, b[i]));
  }
  if (isObject(a) && isObject(b)) {
    const keys = Object.keys(a);
    return (
      keys.length === Object.keys(b).length &&
      keys.every((key) => Object.hasOwn(b, key) && equal(a[key], b[key]))
    );
  }
  return false;
}

/** One member of the new object: where it was before (by its old key), or that it is new. */
type Member = { readonly key: string; readonly was: string | null };

/**
 * The members of `after` in the order of the text: kept ones where they were, a renamed one in its old
 * place, new ones behind the member they follow in `after`.
 */
export function alignKeys(
  order: readonly string[],
  before: JsonObject,
  after: JsonObject,
): Member[] {
  const oldKeys = Object.keys(before);
  const newKeys = Object.keys(after);
  const gone = oldKeys.filter((key) => !Object.hasOwn(after, key));
  const fresh = newKeys.filter((key) => !Object.hasOwn(before, key));
  const renamed = new Map<string, string>();
  if (gone.length === 1 && fresh.length === 1 && oldKeys.length === newKeys.length) {
    const [from, to] = [gone[0] as string, fresh[0] as string];
    // The place decides; without it (integer-like names sort first in JavaScript) the value does.
    if (oldKeys.indexOf(from) === newKeys.indexOf(to) || equal(before[from], after[to])) {
      renamed.set(from, to);
    }
  }
  const members: Member[] = [];
  for (const key of order) {
    if (Object.hasOwn(after, key)) members.push({ key, was: key });
    else {
      const to = renamed.get(key);
      if (to !== undefined) members.push({ key: to, was: key });
    }
  }
  newKeys.forEach((key, index) => {
    if (Object.hasOwn(before, key) || [...renamed.values()].includes(key)) return;
    const previous = index > 0 ? newKeys[index - 1] : undefined;
    const place = members.findIndex((member) => member.key === previous);
    members.splice(place + 1, 0, { key, was: null });
  });
  return members;
}

/** Pairs the items of two arrays: equal heads and tails, and what is between by position. */
export function alignItems(before: readonly Json[], after: readonly Json[]): (number | null)[] {
  const short = Math.min(before.length, after.length);
  let head = 0;
  while (head < short && equal(before[head], after[head])) head++;
  let tail = 0;
  while (tail < short - head && equal(before.at(-1 - tail), after.at(-1 - tail))) tail++;
  return after.map((_, i) => {
    if (i < head) return i;
    if (i >= after.length - tail) return i - after.length + before.length;
    return i < before.length - tail ? i : null;
  });
}

// --- JSON ------------------------------------------------------------------------------------------

function patchJson(source: string, before: Json, after: Json): string {
  const root = parseTree(source);
  if (!root) return printText(after, "json");
  const printer = new JsonPrinter(source);
  const body = printer.print(root, before, after);
  return source.slice(0, root.offset) + body + source.slice(root.offset + root.length);
}

class JsonPrinter {
  private readonly unit: string;
  constructor(private readonly source: string) {
    this.unit = /\n([ \t]+)\S/.exec(source)?.[1] ?? "  ";
  }

  print(node: Node, before: Json, after: Json): string {
    if (equal(before, after)) return this.slice(node);
    if (node.type === "object" && isObject(before) && isObject(after)) {
      return this.printObject(node, before, after);
    }
    if (node.type === "array" && Array.isArray(before) && Array.isArray(after)) {
      return this.printArray(node, before, after);
    }
    return this.fresh(after, this.indentAt(node.offset));
  }

  private printObject(node: Node, before: JsonObject, after: JsonObject): string {
    const properties = new Map(
      (node.children ?? []).map((p) => [String(p.children?.[0]?.value), p]),
    );
    const members = alignKeys([...properties.keys()], before, after).map(({ key, was }) => {
      const property = was === null ? undefined : properties.get(was);
      const [name, value] = property?.children ?? [];
      if (!property || !name || !value || was === null) {
        return {
          node: null,
          print: (indent: string) =>
            `${JSON.stringify(key)}: ${this.fresh(after[key] ?? null, indent)}`,
        };
      }
      const head = key === was ? this.slice(name) : JSON.stringify(key);
      const colon = this.source.slice(name.offset + name.length, value.offset);
      const body = this.print(value, before[was] ?? null, after[key] ?? null);
      return { node: property, print: () => head + colon + body };
    });
    return this.join(node, members, "{", "}");
  }

  private printArray(node: Node, before: readonly Json[], after: readonly Json[]): string {
    const items = alignItems(before, after).map((was, i) => {
      const old = was === null ? undefined : node.children?.[was];
      const value = after[i] ?? null;
      if (!old || was === null)
        return { node: null, print: (indent: string) => this.fresh(value, indent) };
      return { node: old, print: () => this.print(old, before[was] ?? null, value) };
    });
    return this.join(node, items, "[", "]");
  }

  /** Put members together again, each with the white space that stood before it. */
  private join(
    node: Node,
    members: { node: Node | null; print: (indent: string) => string }[],
    open: string,
    close: string,
  ): string {
    if (members.length === 0) return open + close;
    const children = node.children ?? [];
    const outer = this.indentAt(node.offset);
    const sample = children[0] ? this.lead(node, 0) : `\n${outer}${this.unit}`;
    const inner = sample.includes("\n") ? sample.slice(sample.lastIndexOf("\n") + 1) : outer;
    const parts = members.map((member) => {
      const lead = member.node ? this.lead(node, children.indexOf(member.node)) : null;
      // What stood first in its line has no room before it; it takes some when it is no longer first.
      return { lead, body: member.print(inner) };
    });
    const follow = children[1] ? this.lead(node, 1) : sample.includes("\n") ? sample : " ";
    const text = parts
      .map(
        ({ lead, body }, i) =>
          (lead && (i === 0 || lead !== "") ? lead : i === 0 ? sample : follow) + body,
      )
      .join(",");
    const last = children.at(-1);
    const trail = last
      ? this.source.slice(last.offset + last.length, node.offset + node.length - 1)
      : `\n${outer}`;
    return open + text + trail + close;
  }

  private lead(node: Node, index: number): string {
    const children = node.children ?? [];
    const previous = children[index - 1];
    const child = children[index];
    if (!child) return "";
    const from = previous ? previous.offset + previous.length : node.offset + 1;
    return this.source.slice(from, child.offset).replace(",", "");
  }

  private fresh(value: Json, indent: string): string {
    return JSON.stringify(value, null, this.unit).replaceAll("\n", `\n${indent}`);
  }

  private indentAt(offset: number): string {
    const line = this.source.lastIndexOf("\n", offset - 1) + 1;
    return /^[ \t]*/.exec(this.source.slice(line))?.[0] ?? "";
  }

  private slice(node: Node): string {
    return this.source.slice(node.offset, node.offset + node.length);
  }
}

// --- YAML ------------------------------------------------------------------------------------------

function patchYaml(source: string, before: Json, after: Json): string {
  const document = parseDocument(source);
  if (!document.contents) return printText(after, "yaml");
  const options = {
    lineWidth: 0,
    indent: /\n( +)\S/.exec(source)?.[1]?.length === 4 ? 4 : 2,
    indentSeq: !/:\s*\n( *)\S[^\n]*:\s*\n\1- /.test(source) && !/^(\w[^\n]*):\s*\n- /m.test(source),
    flowCollectionPadding: !/[[{]\S/.test(source),
  };
  const printed = document.toString(options);
  document.contents = patchNode(document, document.contents, before, after) as never;
  const edited = document.toString(options);
  if (printed === source) return edited;
  // The printer has ways of its own with comments, quotes and breaks; they are to touch what changes and no more.
  const kept = keepLines(source, printed, edited);
  const read = parseDocument(kept);
  return read.errors.length === 0 && equal(read.toJS() as Json, after) ? kept : edited;
}

function patchNode(document: Document, node: unknown, before: Json, after: Json): unknown {
  if (equal(before, after)) return node;
  if (isMap(node) && isObject(before) && isObject(after)) {
    return patchMap(document, node as YAMLMap, before, after);
  }
  if (isSeq(node) && Array.isArray(before) && Array.isArray(after)) {
    const seq = node as YAMLSeq;
    // `[]` and `{}` are written inline for want of another way; what is added to them is not.
    if (seq.items.length === 0) seq.flow = false;
    seq.items = alignItems(before, after).map((was, i) =>
      was === null
        ? document.createNode(after[i])
        : patchNode(document, seq.items[was], before[was] ?? null, after[i] ?? null),
    );
    return seq;
  }
  if (isScalar(node) && !isObject(after) && !Array.isArray(after)) {
    const quoted = typeof before === "string" && typeof after === "string";
    (node as Scalar).value = after;
    if (!quoted) node.type = undefined;
    node.source = undefined;
    return node;
  }
  return document.createNode(after);
}

function patchMap(
  document: Document,
  node: YAMLMap,
  before: JsonObject,
  after: JsonObject,
): YAMLMap {
  const pairs = new Map<string, Pair>(
    node.items.map((pair) => [String(isScalar(pair.key) ? pair.key.value : pair.key), pair]),
  );
  if (node.items.length === 0) node.flow = false;
  node.items = alignKeys([...pairs.keys()], before, after).map(({ key, was }) => {
    const pair = was === null ? undefined : pairs.get(was);
    if (!pair || was === null) return document.createPair(key, after[key]);
    if (was !== key && isScalar(pair.key)) {
      pair.key.value = key;
      pair.key.source = undefined;
    }
    pair.value = patchNode(document, pair.value, before[was] ?? null, after[key] ?? null);
    return pair;
  });
  return node;
}
