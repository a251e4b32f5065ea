import {
  acceptCompletion,
  autocompletion,
  type CompletionResult,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import { yaml } from "@codemirror/lang-yaml";
import {
  bracketMatching,
  foldGutter,
  foldKeymap,
  HighlightStyle,
  indentOnInput,
  syntaxHighlighting,
} from "@codemirror/language";
import { type Diagnostic, lintGutter, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import {
  Annotation,
  Compartment,
  EditorState,
  type Extension,
  StateEffect,
  StateField,
} from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  drawSelection,
  EditorView,
  highlightActiveLine,
  hoverTooltip,
  keymap,
  lineNumbers,
  ViewPlugin,
  type ViewUpdate,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { useEffect, useRef } from "react";
import { EDITOR_WORDS } from "../i18n/editorWords";
import { nonce } from "./nonce";

export interface EditorProblem {
  readonly from: number;
  readonly to: number;
  readonly severity: "error" | "warning";
  readonly message: string;
  /** Ways out of it, offered where it stands. */
  readonly fixes?: readonly { readonly title: string; readonly run: () => void }[];
}
export interface Suggested {
  readonly from: number;
  readonly to: number;
  readonly options: readonly {
    readonly label: string;
    readonly detail: string;
    readonly info: string;
    readonly kind: string;
    readonly apply: string;
  }[];
}
export interface CodeEditorProps {
  readonly value: string;
  readonly format: "json" | "yaml";
  readonly label: string;
  readonly onChange?: (text: string) => void;
  /** The user moved the cursor to this offset. */
  readonly onCursor?: (offset: number) => void;
  readonly problems?: readonly EditorProblem[];
  readonly highlight?: { readonly from: number; readonly to: number } | null;
  readonly scrollTo?: { readonly offset: number; readonly n: number } | null;
  /** A document whose owner keeps the history itself. */
  readonly onUndo?: () => void;
  readonly onRedo?: () => void;
  readonly complete?: (text: string, offset: number) => Suggested | null;
  readonly explain?: (
    text: string,
    offset: number,
  ) => { from: number; to: number; title: string; text: string } | null;
  /** A field of a form: no numbers of lines, and Tab goes on past a suggestion. */
  readonly field?: boolean;
  /** Take the focus when it opens. */
  readonly focus?: boolean;
}

const fromOutside = Annotation.define<boolean>();
const setHighlight = StateEffect.define<{ from: number; to: number } | null>();
const highlightField = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, transaction) {
    let next = marks.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (!effect.is(setHighlight)) continue;
      next = effect.value ? lineMarks(transaction.state, effect.value) : Decoration.none;
    }
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});

function lineMarks(state: EditorState, range: { from: number; to: number }): DecorationSet {
  const marks = [];
  const to = Math.min(range.to, state.doc.length);
  for (let at = Math.min(range.from, to); at <= to; ) {
    const line = state.doc.lineAt(at);
    marks.push(Decoration.line({ class: "cm-of-selection" }).range(line.from));
    at = line.to + 1;
  }
  return Decoration.set(marks);
}

const colours = HighlightStyle.define([
  { tag: tags.propertyName, class: "tok-key" },
  { tag: tags.definition(tags.propertyName), class: "tok-key" },
  { tag: tags.string, class: "tok-string" },
  { tag: [tags.number, tags.bool, tags.null, tags.keyword], class: "tok-number" },
  { tag: tags.comment, class: "tok-comment" },
]);

const MOST_HUNG = 40;
const FURTHER = 2;
const hang = (indent: number) => `cm-hang-${Math.min(indent, MOST_HUNG)}`;

/** As classes, since the server's policy allows no style in an element. */
function hangs(): Record<string, Record<string, string>> {
  const found: Record<string, Record<string, string>> = {};
  for (let indent = 0; indent <= MOST_HUNG; indent++) {
    const by = indent + FURTHER;
    // 6 px is the editor's own.
    const paddingLeft = `calc(${by}ch + 6px)`;
    found[`.cm-line.${hang(indent)}`] = { paddingLeft, textIndent: `-${by}ch` };
  }
  return found;
}

/** What goes on in a further line of the screen begins below its own line's beginning, a little to the right. */
const hanging = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;
    constructor(view: EditorView) {
      this.decorations = hung(view);
    }
    update(update: ViewUpdate) {
      if (update.docChanged || update.viewportChanged) this.decorations = hung(update.view);
    }
  },
  { decorations: (plugin) => plugin.decorations },
);

/** No break between what a line is indented by and its first letter: a long word would leave an empty line behind. */
const lead = Decoration.mark({ class: "cm-lead" });

function hung(view: EditorView): DecorationSet {
  const marks = [];
  for (const { from, to } of view.visibleRanges) {
    for (let at = from; at <= to; ) {
      const line = view.state.doc.lineAt(at);
      const indent = line.text.search(/\S|$/);
      marks.push(Decoration.line({ class: hang(indent) }).range(line.from));
      const first = line.from + indent + 1;
      if (indent > 0 && first <= line.to) marks.push(lead.range(line.from, first));
      at = line.to + 1;
    }
  }
  return Decoration.set(marks, true);
}

const looks = EditorView.theme({
  "&": { height: "100%", fontSize: "12.5px", backgroundColor: "transparent" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": {
    fontFamily: "ui-monospace, 'SF Mono', Menlo, Consolas, monospace",
    lineHeight: "1.5",
  },
  ".cm-gutters": { backgroundColor: "transparent", color: "var(--code-dim)", border: "none" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--code-line)" },
  ".cm-of-selection": { backgroundColor: "var(--code-chosen)" },
  ".cm-cursor": { borderLeftColor: "var(--code-text)" },
  ".cm-lineWrapping": { wordBreak: "normal", overflowWrap: "anywhere" },
  ".cm-lead": { whiteSpace: "pre" },
  ...hangs(),
  ".cm-content": { caretColor: "var(--code-text)", color: "var(--code-text)" },
  ".cm-selectionBackground, &.cm-focused .cm-selectionBackground": {
    backgroundColor: "var(--code-select) !important",
  },
  ".cm-tooltip, .cm-panels": { backgroundColor: "var(--code-back)", color: "var(--code-text)" },
});

export function commonExtensions(format: "json" | "yaml", field = false): Extension[] {
  return [
    EditorView.cspNonce.of(nonce()),
    EditorState.phrases.of(EDITOR_WORDS),
    format === "json" ? json() : yaml(),
    syntaxHighlighting(colours),
    looks,
    ...(field ? [] : [lineNumbers(), foldGutter()]),
    EditorView.lineWrapping,
    hanging,
  ];
}

const ICONS: Record<string, string> = {
  field: "property",
  value: "constant",
  state: "class",
  function: "function",
  variable: "variable",
  path: "variable",
};

function completionResult(found: Suggested): CompletionResult {
  return {
    from: found.from,
    to: found.to,
    options: found.options.map((option) => ({
      label: option.label,
      detail: option.detail,
      ...(option.info ? { info: option.info } : {}),
      type: ICONS[option.kind] ?? "text",
      apply: option.apply,
    })),
    validFor: /^[\w$.]*$/,
  };
}

function explanation(found: { title: string; text: string }): HTMLElement {
  const dom = document.createElement("div");
  dom.className = "cm-explain";
  const title = document.createElement("b");
  title.textContent = found.title;
  const text = document.createElement("div");
  text.textContent = found.text;
  dom.append(title, text);
  return dom;
}

/** Whether somebody was faster than this editor and is in a field or an open list already. */
function isInUse(): boolean {
  const inUse = "input, textarea, [role=listbox], [aria-expanded=true]";
  return document.activeElement?.closest(inUse) != null;
}

/** What makes one text of the other: a single stretch. */
function changeTo(before: string, after: string) {
  if (before === after) return null;
  const short = Math.min(before.length, after.length);
  let from = 0;
  while (from < short && before[from] === after[from]) from++;
  let tail = 0;
  while (tail < short - from && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  return { from, to: before.length - tail, insert: after.slice(from, after.length - tail) };
}

export default function CodeEditor(props: CodeEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const language = useRef(new Compartment());

  // The editor is made once; what changes afterwards is dispatched to it by the effects below.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    if (!host.current) return;
    const owned = props.onUndo !== undefined;
    const readOnly = props.onChange === undefined;
    const run = (action: (() => void) | undefined) => () => {
      action?.();
      return true;
    };
    const extensions: Extension[] = [
      EditorView.contentAttributes.of({ "aria-label": props.label, tabindex: "0" }),
      language.current.of(commonExtensions(props.format, props.field)),
      highlightField,
      EditorState.readOnly.of(readOnly),
      drawSelection(),
      highlightSelectionMatches(),
      search({ top: true }),
      keymap.of([
        ...(owned
          ? [
              { key: "Mod-z", run: run(() => latest.current.onUndo?.()) },
              { key: "Mod-y", run: run(() => latest.current.onRedo?.()) },
              { key: "Mod-Shift-z", run: run(() => latest.current.onRedo?.()) },
            ]
          : historyKeymap),
        ...closeBracketsKeymap,
        ...searchKeymap,
        ...foldKeymap,
        ...completionKeymap,
        // Ctrl-Enter is "run" and Ctrl-S "save" of the page around this editor.
        ...defaultKeymap.filter((binding) => binding.key !== "Mod-Enter"),
        // Tab goes on to what comes next (WCAG 2.1.2): Ctrl-] and Ctrl-[ indent. Where code is written, it takes an
        // open suggestion first.
        ...(props.field ? [] : [{ key: "Tab", run: acceptCompletion }]),
      ]),
      EditorView.updateListener.of((update) => {
        const foreign = update.transactions.some((t) => t.annotation(fromOutside));
        if (update.docChanged && !foreign) latest.current.onChange?.(update.state.doc.toString());
        const moved = update.transactions.some((t) => t.isUserEvent("select"));
        if (moved) latest.current.onCursor?.(update.state.selection.main.head);
      }),
    ];
    if (!readOnly) {
      extensions.push(
        ...(props.field ? [] : [lintGutter(), highlightActiveLine()]),
        bracketMatching(),
        closeBrackets(),
        indentOnInput(),
        autocompletion(
          props.complete
            ? {
                override: [
                  (context) => {
                    const word = context.matchBefore(/[\w$."{%-]/);
                    if (!word && !context.explicit) return null;
                    const doc = context.state.doc.toString();
                    const found = latest.current.complete?.(doc, context.pos);
                    return found ? completionResult(found) : null;
                  },
                ],
              }
            : {},
        ),
        hoverTooltip((_view, pos) => {
          const found = latest.current.explain?.(_view.state.doc.toString(), pos);
          if (!found) return null;
          return {
            pos: found.from,
            end: found.to,
            above: true,
            create: () => ({ dom: explanation(found) }),
          };
        }),
      );
      if (!owned) extensions.push(history());
    }
    view.current = new EditorView({
      parent: host.current,
      state: EditorState.create({ doc: props.value, extensions }),
    });
    // After the effects of a dialog that opens around it, which take the focus to its close button.
    const timer = props.focus ? setTimeout(() => !isInUse() && view.current?.focus()) : undefined;
    return () => {
      clearTimeout(timer);
      view.current?.destroy();
      view.current = null;
    };
  }, []);

  useEffect(() => {
    view.current?.dispatch({
      effects: language.current.reconfigure(commonExtensions(props.format, props.field)),
    });
  }, [props.format, props.field]);

  // Text, highlight and scrolling in one transaction: each one measures the page anew.
  const { value, problems, highlight, scrollTo } = props;
  const shown = useRef<Pick<CodeEditorProps, "highlight" | "scrollTo">>({});
  useEffect(() => {
    const editor = view.current;
    if (!editor) return;
    const changes = changeTo(editor.state.doc.toString(), value);
    const effects: StateEffect<unknown>[] = [];
    if (highlight !== shown.current.highlight) effects.push(setHighlight.of(highlight ?? null));
    if (scrollTo && scrollTo !== shown.current.scrollTo) {
      const at = Math.min(scrollTo.offset, value.length);
      effects.push(EditorView.scrollIntoView(at, { y: "start", yMargin: 40 }));
    }
    shown.current = { highlight, scrollTo };
    if (!changes && effects.length === 0) return;
    editor.dispatch({ ...(changes && { changes }), effects, annotations: fromOutside.of(true) });
  }, [value, highlight, scrollTo]);

  useEffect(() => {
    const editor = view.current;
    if (!editor || !problems) return;
    const length = editor.state.doc.length;
    const marks: Diagnostic[] = problems.map((problem) => ({
      severity: problem.severity,
      message: problem.message,
      actions: (problem.fixes ?? []).map((fix) => ({ name: fix.title, apply: fix.run })),
      from: Math.min(problem.from, length),
      to: Math.min(Math.max(problem.to, problem.from), length),
    }));
    editor.dispatch(setDiagnostics(editor.state, marks));
  }, [problems]);

  return <div ref={host} className="code-editor" />;
}
