import { useEffect, useMemo, useState } from "react";
import { useStore } from "zustand";
import { validate } from "../../api/client";
import type { Diagnostic } from "../../api/types";
import type { Parsed, Range } from "../../asl/document";
import type { StateRef } from "../../asl/edits";
import { fixesOf } from "../../asl/fixes";
import { fromPointer } from "../../asl/model";
import type { EditorProblem } from "../../ui/CodeEditor";
import { type Designer, refId, stateAround } from "./store";

export interface DesignProblem extends EditorProblem {
  readonly key: string;
  readonly code: string;
  readonly state: StateRef | null;
}

const WAIT_MS = 350;

function placeOf(parsed: Parsed, diagnostic: Diagnostic): { range: Range; state: StateRef | null } {
  const path = fromPointer(parsed.value, diagnostic.pointer ?? "");
  for (let end = path.length; end > 0; end--) {
    const range = parsed.rangeOf(path.slice(0, end));
    // A whole object underlined says nothing; its first line is enough.
    if (range) {
      const line = parsed.text.indexOf("\n", range.from);
      const to = line < 0 ? range.to : Math.min(range.to, line);
      return { range: { from: range.from, to }, state: stateAround(parsed.value, path) };
    }
  }
  return { range: { from: 0, to: 1 }, state: null };
}

/** What the server's validator says, and of which version of the text. */
export interface Verdict {
  readonly version: number;
  readonly diagnostics: readonly Diagnostic[];
}
const NONE: readonly DesignProblem[] = [];

/** Asked for a little after the last edit. */
export function useVerdict(designer: Designer): Verdict {
  const text = useStore(designer, (s) => s.text);
  const format = useStore(designer, (s) => s.format);
  const version = useStore(designer, (s) => s.version);
  const valid = useStore(designer, (s) => s.valid);
  const [verdict, setVerdict] = useState<Verdict>({ version: 0, diagnostics: [] });
  useEffect(() => {
    if (!valid) return;
    const stop = new AbortController();
    const timer = setTimeout(() => {
      validate({ definition: text, format, document_version: version }, stop.signal).then(
        (result) => {
          // A late answer speaks of a text that is no more.
          if (designer.getState().version !== (result.document_version ?? version)) return;
          setVerdict({ version, diagnostics: result.diagnostics });
        },
        () => undefined,
      );
    }, WAIT_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [designer, text, format, version, valid]);
  return verdict;
}

/** Mistakes of the text, or else those of the verdict, at their places in the text that `designer` holds. */
export function useProblems(designer: Designer, verdict: Verdict): readonly DesignProblem[] {
  const valid = useStore(designer, (s) => s.valid);
  const parsed = useStore(designer, (s) => s.parsed);
  const textProblems = useStore(designer, (s) => s.textProblems);
  return useMemo(() => {
    if (!valid) {
      return textProblems.map((problem, i) => ({
        ...problem,
        key: `text${i}`,
        code: "InvalidText",
        severity: "error" as const,
        state: null,
      }));
    }
    // One and the same list, so that an edit without problems changes nothing for those who show them.
    if (!parsed || verdict.diagnostics.length === 0) return NONE;
    return verdict.diagnostics.map((diagnostic, i) => {
      const { range, state } = placeOf(parsed, diagnostic);
      const severity =
        diagnostic.severity.toLowerCase() === "warning" ? ("warning" as const) : ("error" as const);
      return {
        key: `${i}${diagnostic.code}`,
        code: diagnostic.code,
        fixes: fixesOf(
          parsed.value,
          fromPointer(parsed.value, diagnostic.pointer ?? ""),
          diagnostic.code,
        ).map((fix) => ({ title: fix.title, run: () => void designer.edit(fix.edit) })),
        message: diagnostic.message,
        severity,
        ...range,
        state,
      };
    });
  }, [designer, valid, textProblems, parsed, verdict]);
}

export function byNode(
  problems: readonly DesignProblem[],
): Map<string, { errors: number; warnings: number }> {
  const counts = new Map<string, { errors: number; warnings: number }>();
  for (const problem of problems) {
    if (!problem.state) continue;
    const id = refId(problem.state);
    const count = counts.get(id) ?? { errors: 0, warnings: 0 };
    if (problem.severity === "error") count.errors += 1;
    else count.warnings += 1;
    counts.set(id, count);
  }
  return counts;
}
