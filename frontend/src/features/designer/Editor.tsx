import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { useStore } from "zustand";
import { listFunctions } from "../../api/client";
import type { Machine } from "../../api/types";
import type { StateRef } from "../../asl/edits";
import { CanvasFocus, type FocusControl, idOfFocus } from "../../canvas/CanvasFocus";
import { dragStore } from "../../canvas/drag";
import { GraphCanvas } from "../../canvas/GraphCanvas";
import { useLayout } from "../../canvas/useLayout";
import { t } from "../../i18n";
import { flash, flashError } from "../../ui/flash";
import { StartDialog } from "../executions/StartDialog";
import { CodePanel } from "./CodePanel";
import { ConflictDialog, KeysDialog, SaveDialog } from "./dialogs";
import { newDrafts, opening } from "./draft";
import { Inspector } from "./Inspector";
import { DragGhost, Palette } from "./Palette";
import { Picker } from "./Picker";
import { type PaletteItem, paletteItems } from "./palette";
import { Splitter } from "./Splitter";
import { newDesigner, refId } from "./store";
import { Toolbar } from "./Toolbar";
import { toRef, useEditing } from "./useEditing";
import { canvasKey } from "./useKeys";
import { byNode, useProblems } from "./validation";

type Pane = "graph" | "code" | "properties";
type Open = "save" | "saveAndRun" | "start" | "keys" | null;

export function Editor({ machine }: { machine: Machine }) {
  const queries = useQueryClient();
  const [session] = useState(() => {
    const begun = opening(machine);
    const designer = newDesigner(begun.text, begun.format);
    return { designer, drafts: newDrafts(machine, designer, begun) };
  });
  const { designer, drafts } = session;
  useEffect(() => drafts.start(), [drafts]);
  useEffect(() => {
    document.title = `${machine.name} · Treadle`;
  }, [machine.name]);

  const graph = useStore(designer, (s) => s.graph);
  const valid = useStore(designer, (s) => s.valid);
  const selection = useStore(designer, (s) => s.selection);
  const said = useStore(designer, (s) => s.said);
  const conflict = useStore(drafts, (s) => s.conflict);
  const head = useStore(drafts, (s) => s.headText);
  const changed = useStore(designer, (s) => s.text !== head);
  const { layout, error: layoutError } = useLayout(graph);
  const problems = useProblems(designer);
  const problemCounts = useMemo(() => byNode(problems), [problems]);
  const functions = useQuery({
    queryKey: ["functions"],
    queryFn: listFunctions,
    staleTime: 30_000,
  });
  const items = useMemo(() => paletteItems(functions.data?.results ?? []), [functions.data]);

  const [pane, setPane] = useState<Pane>("graph");
  const [open, setOpen] = useState<Open>(null);
  const [focusId, setFocusId] = useState<string | null>(null);
  const control = useRef<FocusControl | null>(null);
  const ghost = useStore(dragStore);

  const rename = useCallback(() => {
    // Flushed at once: who presses F2 types on without waiting for a frame.
    flushSync(() => setPane("properties"));
    const input = document.getElementById("state-name") as HTMLInputElement | null;
    input?.focus();
    input?.select();
  }, []);
  const renameRef = useCallback(
    (reference: StateRef) => {
      designer.select([reference]);
      rename();
    },
    [designer, rename],
  );
  const editing = useEditing(designer, graph, items, renameRef);
  const selected = useMemo(() => new Set(selection.states.map(refId)), [selection]);
  const select = useCallback(
    (ids: ReadonlySet<string>) => {
      const refs = [...ids].flatMap((id) => {
        const node = editing.nodes.get(id);
        return node ? [toRef(node)] : [];
      });
      designer.select(refs);
      const last = [...ids].at(-1);
      if (last) setFocusId(last);
    },
    [designer, editing.nodes],
  );
  const focus = useCallback(
    (id: string) => {
      setFocusId(id);
      const node = editing.nodes.get(id);
      if (node) designer.select([toRef(node)]);
      control.current?.focus(id);
    },
    [designer, editing.nodes],
  );
  // After an edit the new state is chosen; the roving focus of the keyboard goes with it.
  useEffect(() => {
    const only = selection.states.length === 1 ? selection.states[0] : undefined;
    if (only) setFocusId(refId(only));
  }, [selection]);

  const saveRevision = useCallback(
    async (comment: string) => {
      const revision = await drafts.saveRevision(comment);
      if (revision) {
        flash("success", t("Saved as revision {number}", { number: revision.number }));
        for (const queryKey of [["machines"], ["machine", machine.id], ["revisions", machine.id]]) {
          void queries.invalidateQueries({ queryKey, refetchType: "none" });
        }
      }
      return revision;
    },
    [drafts, machine.id, queries],
  );

  const nextProblem = useCallback(() => {
    const withState = problems.flatMap((p) => (p.state ? [p.state] : []));
    const at = withState.findIndex((ref) => refId(ref) === focusId);
    const next = withState[(at + 1) % Math.max(1, withState.length)];
    if (next) focus(refId(next));
  }, [problems, focusId, focus]);

  // Keys of the whole page, wherever the focus is, even on nothing.
  const pageKey = useRef<(event: KeyboardEvent) => void>(() => undefined);
  pageKey.current = (event) => {
    if (open !== null || conflict !== null || event.defaultPrevented) return;
    const control = event.ctrlKey || event.metaKey;
    const key = event.key.toLowerCase();
    const target = event.target instanceof Element ? event.target : document.body;
    const typing = target.closest("input, textarea, [contenteditable=true]") !== null;
    if (control && key === "s") setOpen("save");
    else if (control && key === "enter") setOpen("start");
    else if (key === "f8") nextProblem();
    else if (control && !typing && key === "z" && event.shiftKey) designer.redo();
    else if (control && !typing && key === "z") designer.undo();
    else if (control && !typing && key === "y") designer.redo();
    else if (key === "escape" && target.closest(".inspector") && focusId) focusOnly(focusId);
    else return;
    event.preventDefault();
  };
  useEffect(() => {
    const listen = (event: KeyboardEvent) => pageKey.current(event);
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, []);
  const focusOnly = (id: string) => {
    setPane("graph");
    requestAnimationFrame(() => control.current?.focus(id));
  };

  const find = () =>
    editing.ask({
      title: t("Find a state"),
      at: { x: window.innerWidth / 2 - 130, y: 120 },
      choices: [...editing.nodes.values()].map((n) => ({
        id: n.id,
        title: n.name,
        description: n.subtitle,
        className: `type-${n.type}`,
      })),
      answer: focus,
    });

  const note = !valid
    ? t("The text has a mistake. This is the last graph that could be drawn.")
    : layoutError !== null
      ? t("The graph could not be laid out: {error}", { error: layoutError })
      : null;
  return (
    <main className="page-fill designer" data-pane={pane}>
      <Toolbar
        machine={machine}
        designer={designer}
        drafts={drafts}
        problems={problems.filter((p) => p.severity === "error").length}
        changed={changed}
        onSave={() => setOpen("save")}
        onRun={() => setOpen("start")}
        onKeys={() => setOpen("keys")}
      />
      <div className="panes" role="tablist" aria-label={t("Parts of the designer")}>
        {(["graph", "code", "properties"] as const).map((name) => (
          <button
            key={name}
            type="button"
            role="tab"
            aria-selected={pane === name}
            onClick={() => setPane(name)}
          >
            {name === "graph" ? t("Graph") : name === "code" ? t("Code") : t("Properties")}
          </button>
        ))}
      </div>
      <div className="designer-body">
        <Palette items={items} onPick={editing.pick} />
        <Splitter
          name="code"
          main={
            graph && layout ? (
              <GraphCanvas
                graph={graph}
                layout={layout}
                mode="edit"
                selected={selected}
                onSelect={select}
                selectedEdge={selection.edge}
                focusId={focusId}
                problems={problemCounts}
                dimmed={!valid}
                note={note}
                edit={editing.handlers}
                onKey={(event) => {
                  const targets = {
                    designer,
                    editing,
                    graph,
                    layout,
                    focusId: idOfFocus(event) ?? focusId,
                    focus,
                    rename,
                    showKeys: () => setOpen("keys"),
                    find,
                    fit: (id: string | null) => control.current?.fit(id),
                  };
                  if (canvasKey(event, targets)) {
                    event.preventDefault();
                    event.stopPropagation();
                  }
                }}
              >
                <CanvasFocus control={control} layout={layout} />
              </GraphCanvas>
            ) : (
              <div className="canvas">{note && <div className="canvas-note">{note}</div>}</div>
            )
          }
          side={<CodePanel designer={designer} problems={problems} />}
        />
        <aside className="inspector-frame" aria-label={t("Properties")}>
          <Inspector designer={designer} />
        </aside>
      </div>
      <div className="visually-hidden" aria-live="polite">
        {said.text}
      </div>
      <Said key={said.n} text={said.text} />
      {ghost.item !== null && (
        <DragGhost item={ghost.item as PaletteItem} x={ghost.x} y={ghost.y} />
      )}
      {editing.question && (
        <Picker
          {...editing.question}
          onClose={() => {
            editing.ask(null);
            if (focusId) control.current?.focus(focusId);
          }}
          onPick={(id) => {
            const { question } = editing;
            editing.ask(null);
            question?.answer(id);
            setTimeout(() => {
              const chosen = designer.getState().selection.states[0];
              if (chosen && document.activeElement === document.body)
                control.current?.focus(refId(chosen));
            }, 60);
          }}
        />
      )}
      {open === "keys" && <KeysDialog onClose={() => setOpen(null)} />}
      {open === "save" && <SaveDialog onClose={() => setOpen(null)} onSave={saveRevision} />}
      {open === "start" && (
        <StartDialog
          machine={machine}
          note={
            changed
              ? t("What you changed is saved as a revision first, and that is what runs.")
              : null
          }
          before={async () => {
            if (!changed) return true;
            try {
              return (await saveRevision("")) !== null;
            } catch (error) {
              flashError(error);
              throw error;
            }
          }}
          onClose={() => setOpen(null)}
        />
      )}
      {conflict && <ConflictDialog conflict={conflict} onSettle={drafts.settle} />}
    </main>
  );
}

/** What an edit did, for a moment, where everyone can see it. */
function Said({ text }: { text: string }) {
  if (text === "") return null;
  return (
    <div className="said" aria-hidden="true">
      {text}
    </div>
  );
}
