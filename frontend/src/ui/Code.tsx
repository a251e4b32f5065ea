import Spinner from "@cloudscape-design/components/spinner";
import { lazy, Suspense } from "react";
import type { CodeEditorProps } from "./CodeEditor";
import type { CompareProps } from "./Compare";

// The editor is a third of the page's weight, so it comes when it is first needed.
const Editor = lazy(() => import("./CodeEditor"));
const Merge = lazy(() => import("./Compare"));

export function Code(props: CodeEditorProps) {
  return (
    <Suspense fallback={<Spinner />}>
      <Editor {...props} />
    </Suspense>
  );
}

export function Compare(props: CompareProps) {
  return (
    <Suspense fallback={<Spinner />}>
      <Merge {...props} />
    </Suspense>
  );
}
