import { MergeView } from "@codemirror/merge";
import { EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { useEffect, useRef } from "react";
import { commonExtensions } from "./CodeEditor";

export interface CompareProps {
  readonly left: { title: string; text: string };
  readonly right: { title: string; text: string };
  readonly format: "json" | "yaml";
}

/** Two texts side by side with what differs marked. */
export default function Compare({ left, right, format }: CompareProps) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!host.current) return;
    const side = (doc: string, title: string) => ({
      doc,
      extensions: [
        ...commonExtensions(format),
        EditorState.readOnly.of(true),
        EditorView.contentAttributes.of({ "aria-label": title, tabindex: "0" }),
      ],
    });
    const view = new MergeView({
      a: side(left.text, left.title),
      b: side(right.text, right.title),
      parent: host.current,
      collapseUnchanged: { margin: 3, minSize: 6 },
    });
    return () => view.destroy();
  }, [left.text, left.title, right.text, right.title, format]);
  return (
    <div className="compare">
      <div className="compare-titles">
        <b>{left.title}</b>
        <b>{right.title}</b>
      </div>
      <div ref={host} className="compare-body" />
    </div>
  );
}
