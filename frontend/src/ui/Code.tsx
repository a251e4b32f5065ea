import Spinner from "@cloudscape-design/components/spinner";
import type { CodeEditorProps } from "./CodeEditor";
import type { CompareProps } from "./Compare";
import { Unfetched } from "./Unfetched";
import { part, usePart } from "./usePart";

/** A third of the page's weight, so it comes when it is first needed. */
export const EDITOR = part(() => import("./CodeEditor"));
const MERGE = part(() => import("./Compare"));

export function Code(props: CodeEditorProps) {
  const { there, again } = usePart(EDITOR, true);
  if (there) return <there.default {...props} />;
  return again ? <Unfetched again={again} /> : <Spinner />;
}

export function Compare(props: CompareProps) {
  const { there, again } = usePart(MERGE, true);
  if (there) return <there.default {...props} />;
  return again ? <Unfetched again={again} /> : <Spinner />;
}
