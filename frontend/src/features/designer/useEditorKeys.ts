import { useEffect, useMemo, useRef } from "react";
import { idOfFocus } from "../../canvas/CanvasFocus";
import { useLatest } from "../../ui/useLatest";
import { commandOf, pressed, whyNot } from "./commands";
import { type Designer, refId } from "./store";
import type { Commands } from "./useCommands";
import type { useDialogs } from "./useDialogs";
import { type Editing, toRef } from "./useEditing";
import type { Focusing } from "./useFocusing";
import { canvasKey, type KeyPress, placeOfFocus } from "./useKeys";
import type { usePanels } from "./usePanels";

/** The keys of the page, of the graph and of the outline, and the clipboard. */
export function useEditorKeys(of: {
  readonly designer: Designer;
  readonly editing: Editing;
  readonly focusing: Focusing;
  readonly panels: ReturnType<typeof usePanels>;
  readonly dialogs: ReturnType<typeof useDialogs>;
  readonly context: Commands["context"];
}) {
  const { designer, editing, focusing, panels, dialogs, context } = of;
  const { focusId, focus } = focusing;
  /** A key of the graph, at the state with this id; `to` is where its arrows lead. */
  const onKey = (event: KeyPress, id: string | null, to = focus) => {
    if (dialogs.calledBack(event)) return;
    // Who waits for a panel or a dialog means what is typed for it, not for the graph.
    const awaited = panels.isAwaited() || dialogs.asked;
    if (awaited && event.key !== "Escape") return event.preventDefault();
    panels.waitNoMore();
    const found = context(id, placeOfFocus(), to);
    if (found && canvasKey(event, found)) {
      event.preventDefault();
      event.stopPropagation();
    }
  };
  const backToGraph = (id: string) => {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    panels.setPane("graph");
    focusing.control.current?.focusSoon(id);
  };
  // Wherever the focus is, even on nothing.
  const pageKey = useRef<(event: KeyboardEvent) => void>(() => undefined);
  pageKey.current = (event) => {
    if (event.defaultPrevented || dialogs.calledBack(event) || dialogs.asked) return;
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
      backToGraph(chosen ? refId(chosen) : focusId);
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
  const onCanvasKey = useLatest((event: React.KeyboardEvent) =>
    onKey(event, idOfFocus(event) ?? focusId),
  );
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
  return { onKey, onCanvasKey, clipboard };
}
