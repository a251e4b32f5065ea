import { MergeView, unifiedMergeView } from "@codemirror/merge";
import { EditorState, type Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { useEffect, useRef, useState } from "react";
import { commonExtensions } from "./CodeEditor";

interface Side {
  readonly title: string;
  readonly text: string;
}
export interface CompareProps {
  readonly left: Side;
  readonly right: Side;
  readonly format: "json" | "yaml";
}

/** In pixels: two columns of less than half of it hold no line of a definition. */
const WIDE = 620;
const UNCHANGED = { margin: 3, minSize: 6 };

/** Two texts with what differs marked: side by side, or one in the other where there is no room for that. */
export default function Compare({ left, right, format }: CompareProps) {
  const host = useRef<HTMLDivElement>(null);
  const [wide, setWide] = useState<boolean | null>(null);
  useEffect(() => {
    if (!host.current) return;
    const watch = new ResizeObserver(([seen]) => seen && setWide(seen.contentRect.width >= WIDE));
    watch.observe(host.current);
    return () => watch.disconnect();
  }, []);
  useEffect(() => {
    if (!host.current || wide === null) return;
    const a = { title: left.title, text: left.text };
    const b = { title: right.title, text: right.text };
    const view = (wide ? besideEachOther : inOne)(a, b, format, host.current);
    return () => view.destroy();
  }, [left.text, left.title, right.text, right.title, format, wide]);
  return (
    <div className="compare">
      <div className={wide === false ? "compare-titles in-one" : "compare-titles"}>
        <b>{left.title}</b>
        <b>{right.title}</b>
      </div>
      <div ref={host} className="compare-body" />
    </div>
  );
}

function readOnly({ title }: Side, format: CompareProps["format"]): Extension[] {
  return [
    ...commonExtensions(format),
    EditorState.readOnly.of(true),
    EditorView.contentAttributes.of({ "aria-label": title, tabindex: "0" }),
  ];
}

function besideEachOther(
  left: Side,
  right: Side,
  format: CompareProps["format"],
  parent: HTMLElement,
): { destroy(): void } {
  const side = (of: Side) => ({ doc: of.text, extensions: readOnly(of, format) });
  return new MergeView({ a: side(left), b: side(right), parent, collapseUnchanged: UNCHANGED });
}

function inOne(
  left: Side,
  right: Side,
  format: CompareProps["format"],
  parent: HTMLElement,
): { destroy(): void } {
  const differences = unifiedMergeView({
    original: left.text,
    mergeControls: false,
    collapseUnchanged: UNCHANGED,
  });
  const both = { title: `${left.title} → ${right.title}`, text: right.text };
  return new EditorView({
    doc: both.text,
    extensions: [readOnly(both, format), differences],
    parent,
  });
}
