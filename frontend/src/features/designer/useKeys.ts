import type { GraphNode, GraphScope } from "../../asl/graph";
import type { Layout } from "../../canvas/layout";
import { type Step, walk } from "../../canvas/walk";
import type { Designer } from "./store";
import { type Editing, toRef } from "./useEditing";

const STEPS: Record<string, Step> = {
  ArrowUp: "up",
  ArrowDown: "down",
  ArrowLeft: "left",
  ArrowRight: "right",
  "[": "out",
  "]": "in",
};

export interface KeyTargets {
  readonly designer: Designer;
  readonly editing: Editing;
  readonly graph: GraphScope;
  readonly layout: Layout;
  readonly focusId: string | null;
  readonly focus: (id: string) => void;
  readonly rename: () => void;
  readonly showKeys: () => void;
  readonly find: () => void;
  readonly fit: (id: string | null) => void;
}

function placeOfFocus(): { x: number; y: number } {
  const box = document.activeElement?.getBoundingClientRect();
  return { x: (box?.left ?? 200) + 30, y: (box?.bottom ?? 200) + 6 };
}

/** The keys of the canvas; true when one was taken. */
export function canvasKey(event: React.KeyboardEvent, targets: KeyTargets): boolean {
  const { designer, editing, graph, layout, focusId } = targets;
  const control = event.ctrlKey || event.metaKey;
  const step = control || event.altKey ? undefined : STEPS[event.key];
  if (step) {
    const next = walk(graph, layout, focusId, step);
    if (next !== null) targets.focus(next);
    return true;
  }
  const node: GraphNode | undefined =
    editing.nodes.get(focusId ?? "") ?? (focusId === null ? graph.nodes[0] : undefined);
  if (control) {
    if (event.key.toLowerCase() === "d" && node) {
      designer.edit({ type: "duplicate", state: toRef(node) });
      return true;
    }
    if (event.key.toLowerCase() === "f") {
      targets.find();
      return true;
    }
    return false;
  }
  switch (event.key) {
    case "?":
      targets.showKeys();
      return true;
    case "0":
      targets.fit(null);
      return true;
    case "Escape":
      designer.select([]);
      return true;
  }
  if (!node) return false;
  switch (event.key) {
    case "Enter":
      designer.select([toRef(node)]);
      targets.rename();
      return true;
    case "F2":
      designer.select([toRef(node)]);
      targets.rename();
      return true;
    case "Delete":
    case "Backspace": {
      const chosen = designer.getState().selection.states;
      const states = chosen.length > 1 ? chosen : [toRef(node)];
      const after = walk(graph, layout, focusId, "down") ?? walk(graph, layout, focusId, "up");
      if (
        designer.edit({ type: "delete", states, heal: event.shiftKey ? "gap" : "heal" }) &&
        after
      ) {
        targets.focus(after);
      }
      return true;
    }
    case "a":
    case "A":
      editing.addBeside(toRef(node), event.shiftKey ? "before" : "after", placeOfFocus());
      return true;
    case "c":
    case "C":
      editing.connectByList(toRef(node), placeOfFocus());
      return true;
    case "f":
    case "F":
      targets.fit(node.id);
      return true;
    default:
      return false;
  }
}
