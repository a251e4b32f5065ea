import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useStore } from "zustand";
import type { Machine } from "../../api/types";
import { guessFormat, parseText } from "../../asl/document";
import type { StateRef } from "../../asl/edits";
import { fold } from "../../asl/fold";
import type { GraphNode } from "../../asl/graph";
import { isObject } from "../../asl/model";
import { speaksJsonata } from "../../asl/surgery";
import type { Wrapping } from "../../asl/wrapping";
import { type FocusControl, idOfFocus } from "../../canvas/CanvasFocus";
import { dragStore } from "../../canvas/drag";
import { layouter } from "../../canvas/elk";
import { GraphCanvas } from "../../canvas/GraphCanvas";
import { useLayout } from "../../canvas/useLayout";
import { count, t } from "../../i18n";
import { onceShown, useOnceDrawn } from "../../ui/drawn";
import { flash } from "../../ui/flash";
import { whenIdle } from "../../ui/idle";
import { Unfetched } from "../../ui/Unfetched";
import { unreadable } from "../../ui/unreadable";
import { useLatest } from "../../ui/useLatest";
import { usePart } from "../../ui/usePart";
import {
  able,
  COMMANDS,
  type Command,
  type Context,
  commandOf,
  type PageActions,
  pressed,
  whyNot,
} from "./commands";
import { CompletionProvider, fieldCompletion, useCompletionWorld } from "./completion";
import type { OpenDialog } from "./dialogs";
import { newDrafts } from "./draft";
import { opening } from "./kept";
import { useLastRun } from "./lastRun";
import { newLater } from "./later";
import { DragGhost } from "./Palette";
import { Picker } from "./Picker";
import { type PaletteItem, paletteItems } from "./palette";
import { CONVERSION, DIALOGS } from "./parts";
import { useWorld } from "./resources";
import { Splitter } from "./Splitter";
import { type Designer, type DesignerState, newDesigner, refId } from "./store";
import { Toolbar } from "./Toolbar";
import { newPlayer } from "./trial/player";
import { comesLate, toRef, useEditing } from "./useEditing";
import { canvasKey, type KeyPress, placeOfFocus } from "./useKeys";
import { usePanels } from "./usePanels";
import { byNode, useProblems, useVerdict } from "./validation";

export function Editor({ machine }: { machine: Machine }) {
  const queries = useQueryClient();
  const [session] = useState(() => {
    const begun = opening(machine);
    const designer = newDesigner(begun.text, begun.format);
    layoutAhead(designer);
    const drafts = newDrafts(machine, designer, begun);
    return { designer, drafts, later: newLater(designer) };
  });
  const { designer, drafts, later } = session;
  useEffect(() => drafts.start(), [drafts]);
  useEffect(() => later.start(), [later]);
  useEffect(() => {
    document.title = `${machine.name} · Treadle`;
  }, [machine.name]);

  const graph = useStore(designer, (s) => s.graph);
  const valid = useStore(designer, (s) => s.valid);
  const selection = useStore(designer, (s) => s.selection);
  const said = useStore(designer, (s) => s.said);
  const conflict = useStore(drafts, (s) => s.conflict);
  const head = useStore(drafts, (s) => s.head.text);
  const base = useStore(drafts, (s) => s.base);
  const changed = useStore(designer, (s) => s.text !== head);
  const folded = useStore(designer, (s) => s.folded);
  const shown = useMemo(() => graph && fold(graph, folded), [graph, folded]);
  const { layout, error: layoutError, current } = useLayout(shown);
  const awaited = useStore(designer, (s) => s.valid && s.parsed?.text !== s.text) || !current;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new layout is a picture to be waited for
  useEffect(() => (current ? onceShown(later.catchUp) : undefined), [later, layout, current]);
  const drawn = useOnceDrawn(layout !== null || layoutError !== null || graph === null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, with what was drawn first
  useEffect(() => {
    if (drawn && shown)
      whenIdle(
        () =>
          void layouter()
            .practise(shown)
            .catch(() => undefined),
      );
  }, [drawn]);
  // What stands around the graph comes after it, or while it is awaited: never between somebody and the picture.
  const [awaitedFirst] = useState(layout === null);
  const around = usePanels(later, drawn || awaitedFirst);
  const { panels, pane, setPane, rename, showTab } = around;
  const verdict = useVerdict(designer);
  const problems = useProblems(designer, verdict);
  const problemCounts = useMemo(() => byNode(problems), [problems]);
  const jsonata = useStore(designer, (s) => speaksJsonata(s.parsed?.value));
  const world = useWorld(drawn);
  const items = useMemo(() => paletteItems(world, jsonata), [world, jsonata]);

  const last = useLastRun(machine.id, drawn);
  const completing = useCompletionWorld(later.designer, last, world);
  const completeField = useMemo(() => fieldCompletion(completing), [completing]);

  const [open, setOpen] = useState<OpenDialog | null>(null);
  const dialogs = usePart(DIALOGS, open !== null || conflict !== null);
  useEffect(() => {
    // Nobody waits for them yet: who does hears of a failure.
    if (drawn) whenIdle(() => void DIALOGS.load().catch(() => undefined));
  }, [drawn]);
  const [converting, setConverting] = useState<{ state: string | null } | null>(null);
  const conversion = usePart(CONVERSION, converting !== null);
  const unfetched = dialogs.again ?? conversion.again;
  const close = useCallback(() => {
    setOpen(null);
    setConverting(null);
  }, []);
  const show = useLatest((dialog: OpenDialog) => {
    unfetched?.();
    setOpen(dialog);
  });
  const convert = useLatest((state: string | null) => {
    unfetched?.();
    setConverting({ state });
  });
  // A dialog that is there, or on its way.
  const asked = (open !== null || converting !== null || conflict !== null) && unfetched === null;
  const onItsWay = (open !== null && !dialogs.there) || (converting !== null && !conversion.there);
  const [player] = useState(newPlayer);
  useEffect(() => () => player.pause(), [player]);
  const [focusId, setFocusId] = useState<string | null>(null);
  const control = useRef<FocusControl | null>(null);
  const ghost = useStore(dragStore);

  const renameRef = useCallback(
    (reference: StateRef) => {
      designer.select([reference]);
      rename();
    },
    [designer, rename],
  );
  const showMenu = useRef<(id: string | null, at: { x: number; y: number }) => void>(
    () => undefined,
  );
  const menu = useCallback(
    (id: string | null, at: { x: number; y: number }) => showMenu.current(id, at),
    [],
  );
  const editing = useEditing(designer, graph, items, renameRef, menu);
  const wrap = (states: readonly StateRef[], how: Wrapping) =>
    editing.wrap(states, how, placeOfFocus());
  const selected = useMemo(() => new Set(selection.states.map(refId)), [selection]);
  const picture = useTogether(
    { graph: shown, selected, selectedEdge: selection.edge, focusId },
    current,
  );
  const select = useCallback(
    (ids: ReadonlySet<string>) => {
      // A chosen container stands for all that is in it.
      const outer = [...ids].filter((id) => ![...ids].some((other) => id.startsWith(`${other}/`)));
      const refs = outer.flatMap((id) => {
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
  // What was picked comes later: who has gone on by keys from the picker goes on at it.
  const pickedLate = useRef(false);
  // After an edit the new state is chosen; the roving focus of the keyboard goes with it, in the same drawing.
  const chosenId = selection.states.length === 1 ? [...selected][0] : undefined;
  const [followed, setFollowed] = useState(selection);
  if (followed !== selection) {
    setFollowed(selection);
    if (chosenId !== undefined) setFocusId(chosenId);
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: chosen anew, it is shown anew
  useEffect(() => {
    if (chosenId === undefined) return;
    const onGraph = document.activeElement?.closest(".canvas [data-state], body") !== null;
    if (pickedLate.current && onGraph) control.current?.focus(chosenId);
    else control.current?.reveal(chosenId);
    pickedLate.current = false;
  }, [selection, chosenId]);

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

  // A refusal is told by the dialog that asks for it.
  const saveToRun = useCallback(async () => (await saveRevision("")) !== null, [saveRevision]);

  const nextProblem = useCallback(() => {
    const withState = problems.filter((p) => p.state !== null);
    if (withState.length === 0) return designer.say(t("No problems"));
    const at = withState.findIndex((p) => p.state && refId(p.state) === focusId);
    const next = withState[(at + 1) % withState.length];
    if (!next?.state) return;
    focus(refId(next.state));
    designer.say(next.message);
  }, [problems, focusId, focus, designer]);

  const choiceOf = (n: GraphNode) => ({
    id: n.id,
    title: n.name,
    description: n.subtitle,
    className: `type-${n.type}`,
  });
  const errors = problems.filter((p) => p.severity === "error").length;
  const run = useLatest(() => {
    if (errors === 0) return show("start");
    showTab("problems");
    designer.say(
      count(errors, "One problem keeps it from running", "{n} problems keep it from running"),
    );
  });
  const page: PageActions = {
    rename,
    inspect: around.inspect,
    find: () =>
      editing.ask({
        title: t("Find a state"),
        at: { x: window.innerWidth / 2 - 130, y: 120 },
        choices: [...editing.nodes.values()].map(choiceOf),
        answer: focus,
      }),
    commands: () => showCommands(focusId, { x: window.innerWidth / 2 - 130, y: 120 }, () => true),
    showKeys: () => show("keys"),
    save: () => show("save"),
    run,
    simulate: () => showTab("simulate"),
    testState: () => showTab("test"),
    convert,
    fit: (id) => control.current?.fit(id),
    nextProblem,
    toggleFormat: () => designer.setFormat(designer.getState().format === "json" ? "yaml" : "json"),
  };
  const context = (id: string | null, place = placeOfFocus(), to = focus): Context | null => {
    if (!shown || !layout) return null;
    const chosen = designer.getState().selection.states.map(refId);
    const node = editing.nodes.get(id ?? "") ?? editing.nodes.get(chosen.at(-1) ?? "") ?? null;
    const ids = node && !chosen.includes(node.id) ? [node.id] : chosen;
    const nodes = ids.flatMap((one) => editing.nodes.get(one) ?? []);
    return { designer, editing, graph: shown, layout, node, nodes, place, focus: to, page };
  };
  const showCommands = (
    id: string | null,
    at: { x: number; y: number },
    wanted: (command: Command) => boolean,
  ) => {
    const found = context(id, at);
    if (!found) return;
    const commands = COMMANDS.filter((command) => wanted(command) && able(command, found));
    editing.ask({
      title:
        found.nodes.length > 1
          ? t("{n} states", { n: found.nodes.length })
          : (found.node?.name ?? machine.name),
      at,
      choices: commands.map((command) => ({
        id: command.id,
        title: t(command.title),
        description: command.keys[0] ?? "",
      })),
      answer: (chosen) => commands.find((command) => command.id === chosen)?.run(found),
    });
  };
  showMenu.current = (id, at) => {
    if (id !== null && !selected.has(id)) select(new Set([id]));
    showCommands(id, at, (command) => command.of === (id === null ? "machine" : "state"));
  };

  /** Escape while a dialog is on its way: nobody wants it any more. */
  const calledBack = (event: KeyPress) => {
    if (!onItsWay || event.key !== "Escape") return false;
    close();
    event.preventDefault();
    event.stopPropagation();
    return true;
  };

  // Keys of the whole page, wherever the focus is, even on nothing.
  const pageKey = useRef<(event: KeyboardEvent) => void>(() => undefined);
  pageKey.current = (event) => {
    if (event.defaultPrevented || calledBack(event) || asked) return;
    const target = event.target instanceof Element ? event.target : document.body;
    const typing = target.closest("input, textarea, [contenteditable=true]") !== null;
    const command = commandOf(pressed(event), "page");
    // A text field has an undo and a search of its own, and takes what can be typed.
    const own = typing && ["undo", "redo", "find", "keys"].includes(command?.id ?? "");
    const found = command && !own ? context(focusId) : null;
    if (command && found) {
      const reason = whyNot(command, found);
      if (reason === null) command.run(found);
      else designer.say(reason);
    } else if (event.key === "Escape" && target.closest(".inspector, .code-panel") && focusId) {
      // Somebody who types fast is here before the focus has followed a new name.
      const chosen = designer.getState().selection.states[0];
      if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
      focusOnly(chosen ? refId(chosen) : focusId);
    } else if (target === document.body) {
      // The box that the last key has made is not drawn yet: it is what the next one means.
      const chosen = designer.getState().selection.states.at(-1);
      return onKey(event, chosen ? refId(chosen) : focusId);
    } else return;
    event.preventDefault();
  };
  useEffect(() => {
    const listen = (event: KeyboardEvent) => pageKey.current(event);
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, []);
  const focusOnly = (id: string) => {
    setPane("graph");
    control.current?.focusSoon(id);
  };
  const onKey = (event: KeyPress, id: string | null, to = focus) => {
    if (calledBack(event)) return;
    // Who waits for a panel or a dialog means what is typed for it, not for the graph.
    const awaited = around.isAwaited() || asked;
    if (awaited && event.key !== "Escape") return event.preventDefault();
    around.waitNoMore();
    const found = context(id, placeOfFocus(), to);
    if (found && canvasKey(event, found)) {
      event.preventDefault();
      event.stopPropagation();
    }
  };
  const carry = (event: React.ClipboardEvent, command: "copy" | "cut") => {
    const found = context(focusId);
    const text = found && found.nodes.length > 0 ? editing.copy(found.nodes.map(toRef)) : null;
    if (!found || text === null) return;
    event.clipboardData.setData("text/plain", text);
    event.preventDefault();
    if (command === "cut") commandOf("Delete", "canvas")?.run(found);
  };
  const onCopy = useLatest((event: React.ClipboardEvent) => carry(event, "copy"));
  const onCut = useLatest((event: React.ClipboardEvent) => carry(event, "cut"));
  const onPaste = useLatest((event: React.ClipboardEvent) => {
    event.preventDefault();
    editing.paste(event.clipboardData.getData("text/plain"));
  });
  const clipboard = useMemo(() => ({ onCopy, onCut, onPaste }), [onCopy, onCut, onPaste]);
  const onCanvasKey = useLatest((event: React.KeyboardEvent) =>
    onKey(event, idOfFocus(event) ?? focusId),
  );

  /** A list that is closed gives the focus back to where it was asked for. */
  const giveBack = (opener: Element | null) => {
    if (opener instanceof HTMLElement && opener !== document.body && opener.isConnected)
      opener.focus({ preventScroll: true });
    else if (focusId) control.current?.focus(focusId);
  };

  const note = !valid
    ? t("The text has a mistake. This is the last graph that could be drawn.")
    : layoutError !== null
      ? t("The graph could not be laid out: {error}", { error: layoutError })
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
        onOpen={show}
        onRun={run}
        onConvert={() => convert(null)}
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
                  onKey={(event) => onKey(event, focusId, setFocusId)}
                />
              )
            }
            clipboard={clipboard}
          />
        ) : (
          <div className="left-pane" />
        )}
        <Splitter
          name="code"
          main={
            shown && layout ? (
              <GraphCanvas
                graph={picture.graph ?? shown}
                layout={layout}
                awaited={awaited}
                mode="edit"
                selected={picture.selected}
                onSelect={select}
                selectedEdge={picture.selectedEdge}
                focusId={picture.focusId}
                problems={problemCounts}
                dimmed={!valid}
                statuses={player.shown}
                note={note}
                edit={editing.handlers}
                clipboard={clipboard}
                onFocusBox={setFocusId}
                onKey={onCanvasKey}
                control={control}
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
              <panels.Inspector designer={later.designer} convert={convert} wrap={wrap} />
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
      {editing.question && (
        <Picker
          key={editing.question.title}
          {...editing.question}
          choices={
            typeof editing.question.choices === "function"
              ? editing.question.choices()
              : editing.question.choices
          }
          onClose={(opener) => {
            editing.ask(null);
            giveBack(opener);
          }}
          onPick={(id, opener) => {
            const { question } = editing;
            const before = designer.getState().selection;
            editing.ask(null);
            pickedLate.current = comesLate(id);
            question?.answer(id);
            const after = designer.getState().selection;
            const chosen = after.states[0];
            // Unless the answer has led it elsewhere, to a form say.
            const here = document.activeElement;
            if (here !== document.body && !here?.closest(".picker")) return;
            if (chosen && after !== before) control.current?.focus(refId(chosen));
            else giveBack(opener);
          }}
        />
      )}
      {converting && conversion.there && (
        <conversion.there.default
          designer={designer}
          machine={machine.id}
          state={converting.state}
          onClose={close}
        />
      )}
      {unfetched && (
        <div className="unfetched">
          <Unfetched again={unfetched} onClose={close} />
        </div>
      )}
      {dialogs.there && (
        <dialogs.there.default
          open={open}
          machine={machine}
          unsaved={changed ? { revision: base, save: saveToRun } : null}
          conflict={conflict}
          onSave={saveRevision}
          onSettle={drafts.settle}
          onClose={close}
        />
      )}
    </main>
  );
}

/**
 * What is drawn with a layout stays with it: while another one is worked out the canvas has nothing to do, and
 * what an edit has chosen is not asked for before it has a place.
 */
function useTogether<T extends object>(value: T, current: boolean): T {
  const [held, setHeld] = useState(value);
  const same = Object.entries(value).every(([name, part]) => held[name as keyof T] === part);
  if (current && !same) setHeld(value);
  return current ? value : held;
}

/** The worker begins with an edit, not after React has drawn all else that follows from it; the layouter keeps the result. */
function layoutAhead(designer: Designer): void {
  const begin = ({ graph, folded }: DesignerState) => {
    if (graph)
      layouter()
        .layout(fold(graph, folded))
        .catch(() => undefined);
  };
  begin(designer.getState());
  designer.subscribe((now, before) => {
    if (now.graph !== before.graph || now.folded !== before.folded) begin(now);
  });
}

/** A definition that was dropped on the page takes the place of the draft; one Undo brings that back. */
async function takeFile(designer: Designer, file: File): Promise<void> {
  const text = await file.text().catch(() => null);
  if (text === null) return designer.say(unreadable(file).message);
  const format = guessFormat(text);
  const parsed = parseText(text, format);
  if (!parsed.ok || !isObject(parsed.value) || !isObject(parsed.value.States)) {
    designer.say(t("{name} holds no definition: nothing is changed", { name: file.name }));
    return;
  }
  designer.replace(text, format);
  designer.say(t("{name} is the draft now; Undo brings the old one back", { name: file.name }));
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
