import { diff3Merge } from "node-diff3";

/** More pieces are left as they are printed: to pair thousands of like ones takes longer than an edit may. */
const MOST_PIECES = 1500;
const WORDS = /\n|[ \t]+|[\w.$]+|[^\s\w.$]+/g;

type Three<T> = readonly [ours: T, base: T, theirs: T];

/**
 * What changes from `printed` to `edited`, done to `source`, of which `printed` is another spelling.
 * What did not change stays as somebody wrote it: first by lines, and by words where lines meet.
 */
export function keepLines(source: string, printed: string, edited: string): string {
  const lines = [source, printed, edited].map((text) => text.split(/(?<=\n)/));
  return between(lines as unknown as Three<string[]>)
    .map((part) => merged(part, (conflict) => merged(words(conflict), ([, , theirs]) => theirs)))
    .join("");
}

const words = (texts: Three<string>): Three<string[]> =>
  texts.map((text) => text.match(WORDS) ?? []) as unknown as Three<string[]>;

function merged(parts: Three<string[]>, settle: (conflict: Three<string>) => string): string {
  const [ours, base, theirs] = parts;
  if (parts.some((one) => one.length > MOST_PIECES)) return theirs.join("");
  return diff3Merge(ours, base, theirs, { excludeFalseConflicts: true })
    .map(({ ok, conflict }) =>
      conflict
        ? settle([conflict.a.join(""), conflict.o.join(""), conflict.b.join("")])
        : (ok ?? []).join(""),
    )
    .join("");
}

/** The texts cut at the lines that stand once in each and in one order: short parts are paired fast. */
function between(texts: Three<string[]>): Three<string[]>[] {
  const parts: Three<string[]>[] = [];
  let from = [0, 0, 0];
  for (const anchor of [...anchors(texts), texts.map((one) => one.length)]) {
    parts.push(texts.map((one, i) => one.slice(from[i], anchor[i])) as unknown as Three<string[]>);
    from = anchor;
  }
  return parts;
}

function anchors(texts: Three<string[]>): number[][] {
  const [ours, base, theirs] = texts.map(onceOnly) as unknown as Three<Map<string, number>>;
  const shared: number[][] = [];
  for (const [line, at] of base) {
    const [a, b] = [ours.get(line), theirs.get(line)];
    if (a !== undefined && b !== undefined) shared.push([a, at, b]);
  }
  let last = -1;
  return longestRise(shared).filter(([a = 0]) => {
    const rises = a > last;
    if (rises) last = a;
    return rises;
  });
}

function onceOnly(lines: string[]): Map<string, number> {
  const found = new Map<string, number>();
  const twice = new Set<string>();
  lines.forEach((line, index) => {
    if (found.has(line)) twice.add(line);
    found.set(line, index);
  });
  for (const line of twice) found.delete(line);
  return found;
}

/** The most of the rows whose last column rises: what was moved is no anchor. */
function longestRise(rows: number[][]): number[][] {
  const ends: number[] = [];
  const before: number[] = [];
  rows.forEach((row, index) => {
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (at(rows[ends[middle] as number]) < at(row)) low = middle + 1;
      else high = middle;
    }
    before.push(low > 0 ? (ends[low - 1] as number) : -1);
    ends[low] = index;
  });
  const found: number[][] = [];
  for (let index = ends.at(-1) ?? -1; index >= 0; index = before[index] as number)
    found.unshift(rows[index] as number[]);
  return found;
}

const at = (row: number[] | undefined) => row?.[2] ?? -1;
