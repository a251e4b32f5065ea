import {
  findNodeAtLocation,
  getNodeValue,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from "jsonc-parser";
import {
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument as parseYaml,
  type Node as YamlNode,
} from "yaml";
import { t } from "../i18n";
import type { Json, Path } from "./model";

export type Format = "json" | "yaml";
export interface Range {
  readonly from: number;
  readonly to: number;
}
export interface TextProblem extends Range {
  readonly message: string;
}

/** A text that was understood: its value and where each part of it stands. */
export interface Parsed {
  readonly ok: true;
  readonly format: Format;
  readonly text: string;
  readonly value: Json;
  /** The range of the value at a path, with its key where it has one. */
  rangeOf(path: Path): Range | undefined;
  /** The path of the innermost value around an offset. */
  pathAt(offset: number): Path;
}
export interface Unparsed {
  readonly ok: false;
  readonly problems: readonly TextProblem[];
}

export function parseText(source: string, format: Format): Parsed | Unparsed {
  return format === "json" ? parseJson(source) : parseYamlText(source);
}

const JSON_ERRORS: Record<string, string> = {
  InvalidSymbol: t("This is not JSON"),
  PropertyNameExpected: t("A property name in double quotes is expected"),
  ValueExpected: t("A value is expected"),
  ColonExpected: t("A colon is expected"),
  CommaExpected: t("A comma is expected"),
  CloseBraceExpected: t("A closing brace } is expected"),
  CloseBracketExpected: t("A closing bracket ] is expected"),
  EndOfFileExpected: t("The text should end here"),
  UnexpectedEndOfString: t("This string is not closed"),
  InvalidCommentToken: t("JSON has no comments; YAML has"),
  InvalidNumberFormat: t("This is not a number"),
  InvalidEscapeCharacter: t("This escape is not known to JSON"),
};

function parseJson(source: string): Parsed | Unparsed {
  const errors: ParseError[] = [];
  const root = parseTree(source, errors, { disallowComments: true, allowTrailingComma: false });
  if (errors.length > 0 || !root) {
    const problems = errors.map((error) => {
      const code = printParseErrorCode(error.error);
      return {
        message: JSON_ERRORS[code] ?? code,
        from: error.offset,
        to: Math.min(source.length, error.offset + Math.max(1, error.length)),
      };
    });
    return {
      ok: false,
      problems:
        problems.length > 0 ? problems : [{ message: t("The text is empty"), from: 0, to: 0 }],
    };
  }
  const twice = duplicateKeys(root);
  if (twice.length > 0) return { ok: false, problems: twice };
  return {
    ok: true,
    format: "json",
    text: source,
    value: getNodeValue(root) as Json,
    rangeOf(path) {
      const node = findNodeAtLocation(root, [...path]);
      const outer = node?.parent?.type === "property" ? node.parent : node;
      return outer && { from: outer.offset, to: outer.offset + outer.length };
    },
    pathAt: (offset) => jsonPathAt(root, offset),
  };
}

/** A key written twice would be lost without a word by the next edit, so it counts as invalid. */
function duplicateKeys(node: Node): TextProblem[] {
  const found: TextProblem[] = [];
  const seen = new Set<string>();
  for (const child of node.children ?? []) {
    if (node.type === "object") {
      const key = child.children?.[0];
      if (key && seen.has(key.value)) {
        found.push({
          message: t('"{value}" is written twice in this object', { value: key.value }),
          from: key.offset,
          to: key.offset + key.length,
        });
      }
      if (key) seen.add(key.value);
    }
    found.push(...duplicateKeys(child));
  }
  return found;
}

function jsonPathAt(root: Node, offset: number): Path {
  const path: (string | number)[] = [];
  let node: Node | undefined = root;
  while (node) {
    const children: Node[] = node.children ?? [];
    const index = children.findIndex((c) => c.offset <= offset && offset <= c.offset + c.length);
    const child = children[index];
    if (!child) return path;
    if (child.type === "property") {
      path.push(child.children?.[0]?.value);
      node = child.children?.[1];
    } else {
      path.push(index);
      node = child;
    }
  }
  return path;
}

function parseYamlText(source: string): Parsed | Unparsed {
  const document = parseYaml(source, { lineCounter: new LineCounter(), prettyErrors: false });
  if (document.errors.length > 0) {
    return {
      ok: false,
      problems: document.errors.map((error) => ({
        message: error.message,
        from: error.pos[0],
        to: Math.max(error.pos[0] + 1, error.pos[1]),
      })),
    };
  }
  let value: Json;
  try {
    value = (document.toJS({ maxAliasCount: 100 }) ?? null) as Json;
  } catch (error) {
    return { ok: false, problems: [{ message: String(error), from: 0, to: source.length }] };
  }
  const root = document.contents as YamlNode | null;
  return {
    ok: true,
    format: "yaml",
    text: source,
    value: plain(value),
    rangeOf: (path) => yamlRange(root, path, source.length),
    pathAt: (offset) => yamlPathAt(root, offset),
  };
}

/** YAML has dates and other values that JSON has not: they become their JSON text. */
function plain(value: Json): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}

function yamlRange(root: YamlNode | null, path: Path, length: number): Range | undefined {
  let node: unknown = root;
  let keyFrom = 0;
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === step);
      if (!pair) return undefined;
      keyFrom = (pair.key as YamlNode).range?.[0] ?? 0;
      node = pair.value ?? pair.key;
    } else if (isSeq(node)) {
      node = node.items[Number(step)];
      keyFrom = (node as YamlNode | undefined)?.range?.[0] ?? 0;
    } else return undefined;
  }
  const range = (node as YamlNode | null)?.range;
  return range ? { from: path.length ? keyFrom : 0, to: Math.min(range[1], length) } : undefined;
}

function yamlPathAt(root: unknown, offset: number): Path {
  const path: (string | number)[] = [];
  let node = root;
  for (;;) {
    if (!isMap(node) && !isSeq(node)) return path;
    let next: unknown;
    node.items.forEach((item, index) => {
      const key = isPair(item) ? (item.key as YamlNode | null) : null;
      const value = (isPair(item) ? item.value : item) as YamlNode | null;
      const from = (key ?? value)?.range?.[0] ?? 0;
      const to = (value ?? key)?.range?.[2] ?? from;
      if (from <= offset && offset < to) {
        path.push(isScalar(key) ? String(key.value) : index);
        next = value;
      }
    });
    if (next === undefined) return path;
    node = next;
  }
}

/** Which of the two a text is: JSON is tried first, since YAML takes it as well. */
export function guessFormat(source: string): Format {
  return /^\s*[{[]/.test(source) ? "json" : "yaml";
}
