import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { fill } from "../src/i18n";
import { ko } from "../src/i18n/ko";

const SOURCES = join(import.meta.dirname, "../src");
const files = (readdirSync(SOURCES, { recursive: true }) as string[])
  .filter((file) => /\.tsx?$/.test(file) && !file.endsWith(".d.ts") && !file.startsWith("i18n"))
  .map((file) => {
    const text = readFileSync(join(SOURCES, file), "utf8");
    const kind = file.endsWith("x") ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
    return ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true, kind);
  });

function each(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => each(child, visit));
}

/** The texts that are asked for by `t` and `count`, wherever in their arguments they stand. */
function messagesOf(file: ts.SourceFile): string[] {
  const found: string[] = [];
  each(file, (node) => {
    if (!ts.isCallExpression(node) || !ts.isIdentifier(node.expression)) return;
    const name = node.expression.text;
    const where =
      name === "t" ? node.arguments.slice(0, 1) : name === "count" ? node.arguments : [];
    for (const argument of where) {
      const literals = ts.isConditionalExpression(argument)
        ? [argument.whenTrue, argument.whenFalse]
        : [argument];
      for (const one of literals) if (ts.isStringLiteralLike(one)) found.push(one.text);
    }
  });
  return found;
}

const holes = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort();
const WORDS = /\p{L}{2,}/u;
/** What a person reads or hears. `className`, `id` and the like are not. */
const READ = new Set(
  (
    "label hint title aria-label ariaLabel placeholder description header subtitle empty loadingText " +
    "action add closeLabel headerText constraintText none alt"
  ).split(" "),
);
/** Names that are the same in every language. */
const NAMES =
  /^(Treadle|JSON|YAML|JSONPath|JSONata|[A-Z_]{2,}|[A-Z][a-z]+(Path|Selector)|Arguments|Output|true|false|make run|\.venv\/.*|\/.*|arn:.*|·|[\d:.TZ-]+)$/;

describe("messages", () => {
  const used = new Set(files.flatMap(messagesOf));

  it("are all translated, and none is left over", () => {
    const known = new Set(Object.keys(ko));
    expect([...used].filter((message) => !known.has(message))).toEqual([]);
    const indirect = (message: string) =>
      files.some((file) => file.text.includes(JSON.stringify(message)));
    expect([...known].filter((m) => !used.has(m) && !indirect(m))).toEqual([]);
  });

  it("keep their values in every language", () => {
    for (const [english, korean] of Object.entries(ko)) {
      expect(holes(korean), english).toEqual(holes(english));
    }
  });

  it("are what a page says: no word stands in the markup itself", () => {
    const bare: string[] = [];
    for (const file of files) {
      each(file, (node) => {
        const text = ts.isJsxText(node)
          ? node.text.trim()
          : ts.isJsxAttribute(node) &&
              READ.has(node.name.getText()) &&
              node.initializer &&
              ts.isStringLiteral(node.initializer)
            ? node.initializer.text
            : "";
        if (WORDS.test(text) && !NAMES.test(text)) bare.push(`${file.fileName}: ${text}`);
      });
    }
    expect(bare).toEqual([]);
  });

  it("are filled with values, and a hole without one stays visible", () => {
    expect(fill("{a} and {b}", { a: "$&" })).toBe("$& and {b}");
  });
});
