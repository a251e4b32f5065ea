import { useCallback, useEffect, useMemo, useState } from "react";
import { useStore } from "zustand";
import type { Machine } from "../../api/types";
import type { StateRef } from "../../asl/edits";
import { speaksJsonata } from "../../asl/surgery";
import type { Wrapping } from "../../asl/wrapping";
import { dragStore } from "../../canvas/drag";
import { GraphCanvas } from "../../canvas/GraphCanvas";
import { t } from "../../i18n";
import { Unfetched } from "../../ui/Unfetched";
import { useLatest } from "../../ui/useLatest";
import { Asked } from "./Asked";
import { CompletionProvider, fieldCompletion, useCompletionWorld } from "./completion";
import { useLastRun } from "./lastRun";
import { DragGhost } from "./Palette";
import { type PaletteItem, paletteItems } from "./palette";
import { useWorld } from "./resources";
import { Splitter } from "./Splitter";
import type { Designer } from "./store";
import { Toolbar } from "./Toolbar";
import { takeFile } from "./takeFile";
import { newPlayer } from "./trial/player";
import { useCommands } from "./useCommands";
import { useDialogs } from "./useDialogs";
import { useEditing } from "./useEditing";
import { useEditingSession } from "./useEditingSession";
import { useEditorKeys } from "./useEditorKeys";
import { useFocusing } from "./useFocusing";
import { placeOfFocus } from "./useKeys";
import { type Pane, usePanels } from "./usePanels";
import { usePicture, useTogether } from "./usePicture";
import { useSaving } from "./useSaving";
import { byNode, useProblems, useVerdict } from "./validation";

/** A machine being edited: its graph in the middle, its code, its forms and all that is done to them around it. */
export function Editor({ machine }: { machine: Machine }) {
  const session = useEditingSession(machine);
  const { designer, drafts, later } = session;
  useEffect(() => {
    document.title = `${machine.name} · Treadle`;
  }, [machine.name]);
  const valid = useStore(designer, (s) => s.valid);
  const said = useStore(designer, (s) => s.said);
  const conflict = useStore(drafts, (s) => s.conflict);
  const head = useStore(drafts, (s) => s.head.text);
  const base = useStore(drafts, (s) => s.base);
  const changed = useStore(designer, (s) => s.text !== head);
  const ghost = useStore(dragStore);

  const picture = usePicture(session);
  const { graph, shown, layout, drawn } = picture;
  const around = usePanels(later, picture.due);
  const { panels, pane, rename } = around;
  const verdict = useVerdict(designer);
  const problems = useProblems(designer, verdict);
  const problemCounts = useMemo(() => byNode(problems), [problems]);
  const jsonata = useStore(designer, (s) => speaksJsonata(s.parsed?.value));
  const world = useWorld(drawn);
  const items = useMemo(() => paletteItems(world, jsonata), [world, jsonata]);
  const last = useLastRun(machine.id, drawn);
  const completing = useCompletionWorld(later.designer, last, world);
  const completeField = useMemo(() => fieldCompletion(completing), [completing]);
  const dialogs = useDialogs(conflict !== null, drawn);
  const [player] = useState(newPlayer);
  useEffect(() => () => player.pause(), [player]);

  const renameRef = useCallback(
    (reference: StateRef) => {
      designer.select([reference]);
      rename();
    },
    [designer, rename],
  );
  const menu = useLatest((id: string | null, at: { x: number; y: number }) =>
    commands.menu(id, at),
  );
  const editing = useEditing(designer, graph, items, renameRef, menu);
  const wrap = (states: readonly StateRef[], how: Wrapping) =>
    editing.wrap(states, how, placeOfFocus());
  const focusing = useFocusing(designer, editing.nodes);
  const { focusId, setFocusId } = focusing;
  const commands = useCommands({
    name: machine.name,
    designer,
    picture,
    editing,
    focusing,
    panels: around,
    dialogs,
    problems,
  });
  const { context } = commands;
  const keys = useEditorKeys({ designer, editing, focusing, panels: around, dialogs, context });
  const drawing = useTogether(
    { graph: shown, selected: focusing.selected, selectedEdge: focusing.selection.edge, focusId },
    picture.current,
  );
  const saveRevision = useSaving(machine.id, drafts);
  const saveToRun = useCallback(async () => (await saveRevision("")) !== null, [saveRevision]);

  const note = !valid
    ? t("The text has a mistake. This is the last graph that could be drawn.")
    : picture.error !== null
      ? t("The graph could not be laid out: {error}", { error: picture.error })
      : null;
  return (
    <main
      className="page-fill designer"
      data-pane={pane}
      onDragOver={(event) => {
        if (event.dataTransfer.types.includes("Files")) event.preventDefault();
      }}
      onDrop={(event) => {
        const file = event.dataTransfer.files[0];
        if (!file) return;
        event.preventDefault();
        void takeFile(designer, file);
      }}
    >
      <Toolbar
        machine={machine}
        designer={designer}
        drafts={drafts}
        changed={changed}
        onOpen={dialogs.show}
        onRun={commands.run}
        onConvert={() => dialogs.convert(null)}
      />
      <PaneTabs pane={pane} onChange={around.setPane} />
      <div className="designer-body">
        {panels ? (
          <panels.LeftPane
            items={items}
            onPick={editing.pick}
            outline={
              graph && (
                <panels.Outline
                  designer={designer}
                  graph={graph}
                  focusId={focusId}
                  problems={problemCounts}
                  onFocus={setFocusId}
                  onMenu={menu}
                  onKey={(event) => keys.onKey(event, focusId, setFocusId)}
                />
              )
            }
            clipboard={keys.clipboard}
          />
        ) : (
          <div className="left-pane" />
        )}
        <Splitter
          name="code"
          main={
            shown && layout ? (
              <GraphCanvas
                graph={drawing.graph ?? shown}
                layout={layout}
                awaited={picture.awaited}
                mode="edit"
                selected={drawing.selected}
                onSelect={focusing.select}
                selectedEdge={drawing.selectedEdge}
                focusId={drawing.focusId}
                problems={problemCounts}
                dimmed={!valid}
                statuses={player.shown}
                note={note}
                edit={editing.handlers}
                clipboard={keys.clipboard}
                onFocusBox={setFocusId}
                onKey={keys.onCanvasKey}
                control={focusing.control}
              />
            ) : (
              <div className="canvas">{note && <div className="canvas-note">{note}</div>}</div>
            )
          }
          side={
            panels ? (
              <panels.CodePanel
                designer={later.designer}
                verdict={verdict}
                tab={around.codeTab}
                onTab={around.setCodeTab}
                player={player}
                machine={machine.id}
                drawn={drawn}
                world={completing}
                last={last}
              />
            ) : (
              around.fetchAgain && <PlainText designer={designer} />
            )
          }
        />
        <aside
          className="inspector-frame"
          aria-label={t("Properties")}
          aria-busy={panels || around.fetchAgain ? undefined : true}
        >
          {around.fetchAgain && <Unfetched again={around.fetchAgain} />}
          {panels && (
            <CompletionProvider value={completeField}>
              <panels.Inspector designer={later.designer} convert={dialogs.convert} wrap={wrap} />
            </CompletionProvider>
          )}
        </aside>
      </div>
      <div className="visually-hidden" aria-live="polite">
        {said.text}
      </div>
      <Said key={said.n} text={said.text} />
      {ghost.item !== null && (
        <DragGhost item={ghost.item as PaletteItem} x={ghost.x} y={ghost.y} />
      )}
      <Asked designer={designer} editing={editing} focusing={focusing} />
      {dialogs.converting && dialogs.Conversion && (
        <dialogs.Conversion
          designer={designer}
          machine={machine.id}
          state={dialogs.converting.state}
          onClose={dialogs.close}
        />
      )}
      {dialogs.unfetched && (
        <div className="unfetched">
          <Unfetched again={dialogs.unfetched} onClose={dialogs.close} />
        </div>
      )}
      {dialogs.Dialogs && (
        <dialogs.Dialogs
          open={dialogs.open}
          machine={machine}
          unsaved={changed ? { revision: base, save: saveToRun } : null}
          conflict={conflict}
          onSave={saveRevision}
          onSettle={drafts.settle}
          onClose={dialogs.close}
        />
      )}
    </main>
  );
}

/** A narrow window shows one part at a time. */
function PaneTabs({ pane, onChange }: { pane: Pane; onChange: (pane: Pane) => void }) {
  const names = { graph: t("Graph"), code: t("Code"), properties: t("Properties") };
  return (
    <div className="panes" role="tablist" aria-label={t("Parts of the designer")}>
      {(["graph", "code", "properties"] as const).map((name) => (
        <button
          key={name}
          type="button"
          role="tab"
          aria-selected={pane === name}
          onClick={() => onChange(name)}
        >
          {names[name]}
        </button>
      ))}
    </div>
  );
}

/** The definition, to be read where the code panel could not be fetched. */
function PlainText({ designer }: { designer: Designer }) {
  const text = useStore(designer, (s) => s.text);
  return (
    <section className="code-panel" aria-label={t("Code")}>
      <pre className="payload plain-text">{text}</pre>
    </section>
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
