import { type Step, walk } from "../../canvas/walk";
import { type Context, commandOf, pressed, whyNot } from "./commands";
import { toRef } from "./useEditing";

const STEPS: Record<string, Step> = {
  ArrowUp: "up",
  ArrowDown: "down",
  ArrowLeft: "left",
  ArrowRight: "right",
  "[": "out",
  "]": "in",
};

/** Where a list opens that a key has asked for: below the box with the focus. */
export function placeOfFocus(): { x: number; y: number } {
  const box = document.activeElement?.getBoundingClientRect();
  const inPage = box && box.width > 0 && box.width < window.innerWidth;
  return inPage
    ? { x: box.left + 30, y: Math.min(box.bottom, box.top + 60) + 6 }
    : { x: 300, y: 200 };
}

/** An event of React or of the browser itself. */
export type KeyPress = Pick<
  KeyboardEvent,
  | "key"
  | "ctrlKey"
  | "metaKey"
  | "shiftKey"
  | "altKey"
  | "target"
  | "preventDefault"
  | "stopPropagation"
>;

/** The keys of the canvas; true when one was taken. */
export function canvasKey(event: KeyPress, context: Context): boolean {
  const { designer, graph, layout, node } = context;
  const step = event.ctrlKey || event.metaKey || event.altKey ? undefined : STEPS[event.key];
  if (step) {
    const next = walk(graph, layout, node?.id ?? null, step);
    if (next === null) return true;
    const before = designer.getState().selection.states;
    context.focus(next);
    const reached = context.editing.nodes.get(next);
    if (event.shiftKey && reached) {
      const added = toRef(reached);
      const here = node && !before.some((ref) => ref.name === node.name) ? [toRef(node)] : [];
      const others = [...before, ...here].filter((ref) => ref.name !== added.name);
      designer.select([...others, added]);
    }
    return true;
  }
  if (event.key === "Escape") {
    designer.select([]);
    return true;
  }
  // Enter and Space on a button of the canvas press it: "+", the zoom, the fold of a container.
  const target = event.target instanceof Element ? event.target.closest("button") : null;
  if (target && !target.hasAttribute("data-state") && /^(Enter| )$/.test(event.key)) return false;
  const command = commandOf(pressed(event), "canvas");
  if (!command) return false;
  const reason = whyNot(command, context);
  if (reason === null) command.run(context);
  else designer.say(reason);
  return true;
}
