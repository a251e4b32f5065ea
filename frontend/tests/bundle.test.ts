import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";

const DIST = join(import.meta.dirname, "../dist");
const MANIFEST = join(DIST, ".vite/manifest.json");
const LIMIT = 600_000;
/** What the shell of a designer names (designer/web/pages.py). */
const FIRST_LOAD = ["src/app/early.ts", "src/main.tsx", "src/features/designer/DesignerPage.tsx"];

interface Chunk {
  readonly file: string;
  readonly imports?: readonly string[];
  readonly dynamicImports?: readonly string[];
  readonly css?: readonly string[];
}

/** A chunk, what it imports at once, and their styles. */
function together(manifest: Record<string, Chunk>, keys: readonly string[]): Set<string> {
  const files = new Set<string>();
  const seen = new Set<string>();
  const add = (key: string) => {
    const chunk = manifest[key];
    if (!chunk || seen.has(key)) return;
    seen.add(key);
    files.add(chunk.file);
    for (const style of chunk.css ?? []) files.add(style);
    for (const other of chunk.imports ?? []) add(other);
  };
  for (const key of keys) add(key);
  return files;
}

describe.skipIf(!existsSync(MANIFEST))("the build", () => {
  const manifest = () => JSON.parse(readFileSync(MANIFEST, "utf8")) as Record<string, Chunk>;

  it("loads the designer for the first time with less than 600 KB, compressed", () => {
    const files = together(manifest(), FIRST_LOAD);
    const sizes = [...files].map((file) => gzipSync(readFileSync(join(DIST, file))).length);
    const total = sizes.reduce((sum, size) => sum + size, 0);
    expect(files.size).toBeGreaterThan(3);
    expect(total).toBeLessThan(LIMIT);
  });

  it("brings the editor, the layout and the Korean words of the kit only when they are wanted", () => {
    const files = [...together(manifest(), FIRST_LOAD)];
    expect(files.filter((file) => /CodeEditor|Compare|elk-worker|Korean/.test(file))).toEqual([]);
    expect(manifest()["src/ui/CodeEditor.tsx"]?.file).toMatch(/CodeEditor/);
  });
});
describe.skipIf(existsSync(MANIFEST))("the build", () => {
  it.skip("WAS NOT LOOKED AT: npm run build makes it", () => undefined);
});
