import type { GraphNode, GraphScope } from "../../asl/graph";
import { at } from "../../asl/model";
import { speaksJsonata } from "../../asl/surgery";
import type { Layout } from "../../canvas/layout";
import { walk } from "../../canvas/walk";
import { type Message, t } from "../../i18n";
import type { Designer } from "./store";
import { type Editing, toRef } from "./useEditing";

/** What the commands work on: the box with the focus, the chosen ones, and the page around them. */
export interface Context {
  readonly designer: Designer;
  readonly editing: Editing;
  readonly graph: GraphScope;
  readonly layout: Layout;
  readonly node: GraphNode | null;
  /** All that is chosen when the focused box is among it, else the focused box alone. */
  readonly nodes: readonly GraphNode[];
  /** Where a list is to open. */
  readonly place: { x: number; y: number };
  readonly focus: (id: string) => void;
  readonly page: PageActions;
}
export interface PageActions {
  readonly rename: () => void;
  readonly inspect: () => void;
  readonly find: () => void;
  readonly commands: () => void;
  readonly showKeys: () => void;
  readonly save: () => void;
  readonly run: () => void;
  readonly simulate: () => void;
  readonly testState: () => void;
  /** One state in JSONata; null is all of them. */
  readonly convert: (state: string | null) => void;
  readonly fit: (id: string | null) => void;
  readonly nextProblem: () => void;
  readonly toggleFormat: () => void;
}
export type Reach = "canvas" | "page" | "clipboard";

export interface Command {
  readonly id: string;
  readonly title: Message;
  /** `Ctrl` stands for Command on a Mac too. */
  readonly keys: readonly string[];
  /** Where its keys work; those of the clipboard come as events of the browser. */
  readonly reach: Reach;
  readonly of: "state" | "machine" | "view";
  /** Why it cannot be done now, for whoever pressed its key; null when it can. */
  readonly refuses?: (context: Context) => string | null;
  readonly run: (context: Context) => void;
}

const some = (c: Context) => (c.nodes.length > 0 ? null : t("Choose a state first"));
const only = (c: Context) =>
  c.node !== null && c.nodes.length > 1
    ? t("{n} states are chosen: this is done to one. Esc lets them go", { n: c.nodes.length })
    : c.node === null
      ? t("Choose a state first")
      : null;
const several = (c: Context) =>
  c.nodes.length > 1 ? null : t("Choose several states first: Shift with the arrows or a click");
const refs = (c: Context) => c.nodes.map(toRef);
const container = (c: Context) =>
  c.node !== null && (c.node.inner.length > 0 || c.node.hidden > 0)
    ? null
    : t("Only a Parallel or a Map can be folded");

function inJsonPath({ designer }: Context, node: GraphNode): boolean {
  const root = designer.getState().parsed?.value;
  return !speaksJsonata(root, at(root, node.path));
}

function withNode(run: (node: GraphNode, c: Context) => void): (c: Context) => void {
  return (c) => {
    if (c.node) run(c.node, c);
  };
}

function remove(heal: "heal" | "gap"): (c: Context) => void {
  return (c) => {
    const from = c.node?.id ?? null;
    const gone = new Set(c.nodes.map((node) => node.id));
    const after = (["down", "up", "left", "right", "out"] as const)
      .map((step) => walk(c.graph, c.layout, from, step))
      .find((id) => id !== null && !gone.has(id));
    if (c.designer.edit({ type: "delete", states: refs(c), heal }) && after) c.focus(after);
  };
}

function writeClipboard(c: Context): boolean {
  const text = c.editing.copy(refs(c));
  if (text === null) return false;
  void navigator.clipboard?.writeText(text);
  return true;
}

/** Every command of the designer, once: keys, the list of Ctrl+K, the menu of a box and the list of keys. */
export const COMMANDS: readonly Command[] = [
  {
    id: "inspect",
    title: "Edit the properties",
    keys: ["Enter"],
    reach: "canvas",
    of: "state",
    refuses: only,
    run: withNode((node, c) => {
      c.designer.select([toRef(node)]);
      c.page.inspect();
    }),
  },
  {
    id: "rename",
    title: "Rename",
    keys: ["F2"],
    reach: "canvas",
    of: "state",
    refuses: only,
    run: withNode((node, c) => {
      c.designer.select([toRef(node)]);
      c.page.rename();
    }),
  },
  {
    id: "addAfter",
    title: "Add a state after",
    keys: ["A"],
    reach: "canvas",
    of: "state",
    refuses: only,
    run: withNode((node, c) => c.editing.addBeside(toRef(node), "after", c.place)),
  },
  {
    id: "addBefore",
    title: "Add a state before",
    keys: ["Shift+A"],
    reach: "canvas",
    of: "state",
    refuses: only,
    run: withNode((node, c) => c.editing.addBeside(toRef(node), "before", c.place)),
  },
  {
    id: "connect",
    title: "Connect to a state",
    keys: ["C"],
    reach: "canvas",
    of: "state",
    refuses: only,
    run: withNode((node, c) => c.editing.connectByList(toRef(node), c.place)),
  },
  {
    id: "reconnect",
    title: "Lead a transition elsewhere",
    keys: ["Shift+C"],
    reach: "canvas",
    of: "state",
    refuses: only,
    run: withNode((node, c) => c.editing.reconnectByList(toRef(node), c.place)),
  },
  {
    id: "delete",
    title: "Delete, and join the ends",
    keys: ["Delete", "Backspace"],
    reach: "canvas",
    of: "state",
    refuses: some,
    run: remove("heal"),
  },
  {
    id: "deleteGap",
    title: "Delete, and leave the gap",
    keys: ["Shift+Delete"],
    reach: "canvas",
    of: "state",
    refuses: some,
    run: remove("gap"),
  },
  {
    id: "copy",
    title: "Copy",
    keys: ["Ctrl+C"],
    reach: "clipboard",
    of: "state",
    refuses: some,
    run: (c) => void writeClipboard(c),
  },
  {
    id: "cut",
    title: "Cut",
    keys: ["Ctrl+X"],
    reach: "clipboard",
    of: "state",
    refuses: some,
    run: (c) => {
      if (writeClipboard(c)) remove("heal")(c);
    },
  },
  {
    id: "paste",
    title: "Paste",
    keys: ["Ctrl+V"],
    reach: "clipboard",
    of: "machine",
    run: (c) =>
      void navigator.clipboard?.readText().then(
        (text) => c.editing.paste(text),
        () => undefined,
      ),
  },
  {
    id: "duplicate",
    title: "Duplicate",
    keys: ["Ctrl+D"],
    reach: "canvas",
    of: "state",
    refuses: some,
    run: (c) => c.editing.duplicate(refs(c)),
  },
  {
    id: "wrapParallel",
    title: "Wrap in a Parallel",
    keys: ["P"],
    reach: "canvas",
    of: "state",
    refuses: some,
    run: (c) => c.editing.wrap(refs(c), "parallel", c.place),
  },
  {
    id: "wrapBranches",
    title: "Wrap in a Parallel, a branch for each",
    keys: ["Shift+P"],
    reach: "canvas",
    of: "state",
    refuses: several,
    run: (c) => c.editing.wrap(refs(c), "branches", c.place),
  },
  {
    id: "wrapMap",
    title: "Wrap in a Map",
    keys: ["M"],
    reach: "canvas",
    of: "state",
    refuses: some,
    run: (c) => c.editing.wrap(refs(c), "map", c.place),
  },
  {
    id: "fold",
    title: "Fold or unfold",
    keys: ["Space"],
    reach: "canvas",
    of: "state",
    refuses: container,
    run: withNode((node, c) => c.designer.fold(node.id)),
  },
  {
    id: "selectAll",
    title: "Choose all of this part",
    keys: ["Ctrl+A"],
    reach: "canvas",
    of: "machine",
    run: (c) => {
      const scope = c.node ? c.layout.nodes.find((box) => box.id === c.node?.id)?.scope : c.graph;
      if (scope) c.designer.select(scope.nodes.map(toRef));
    },
  },
  {
    id: "test",
    title: "Test this state",
    keys: ["T"],
    reach: "canvas",
    of: "state",
    refuses: only,
    run: withNode((node, c) => {
      c.designer.select([toRef(node)]);
      c.page.testState();
    }),
  },
  {
    id: "undo",
    title: "Undo",
    keys: ["Ctrl+Z"],
    reach: "page",
    of: "machine",
    refuses: (c) => (c.designer.getState().canUndo ? null : t("There is nothing to undo")),
    run: (c) => c.designer.undo(),
  },
  {
    id: "redo",
    title: "Redo",
    keys: ["Ctrl+Shift+Z", "Ctrl+Y"],
    reach: "page",
    of: "machine",
    refuses: (c) => (c.designer.getState().canRedo ? null : t("There is nothing to redo")),
    run: (c) => c.designer.redo(),
  },
  {
    id: "save",
    title: "Save as a revision",
    keys: ["Ctrl+S"],
    reach: "page",
    of: "machine",
    run: (c) => c.page.save(),
  },
  {
    id: "run",
    title: "Run",
    keys: ["Ctrl+Enter"],
    reach: "page",
    of: "machine",
    run: (c) => c.page.run(),
  },
  {
    id: "simulate",
    title: "Simulate",
    keys: ["Ctrl+Shift+Enter"],
    reach: "page",
    of: "machine",
    run: (c) => c.page.simulate(),
  },
  {
    id: "find",
    title: "Find a state",
    keys: ["Ctrl+F"],
    reach: "page",
    of: "view",
    run: (c) => c.page.find(),
  },
  {
    id: "commands",
    title: "All commands",
    keys: ["Ctrl+K"],
    reach: "page",
    of: "view",
    run: (c) => c.page.commands(),
  },
  {
    id: "problem",
    title: "Next problem",
    keys: ["F8"],
    reach: "page",
    of: "view",
    run: (c) => c.page.nextProblem(),
  },
  {
    id: "fitAll",
    title: "Fit all",
    keys: ["0"],
    reach: "canvas",
    of: "view",
    run: (c) => c.page.fit(null),
  },
  {
    id: "fitOne",
    title: "Fit what is chosen",
    keys: ["F"],
    reach: "canvas",
    of: "view",
    refuses: some,
    run: withNode((node, c) => c.page.fit(node.id)),
  },
  {
    id: "convert",
    title: "Convert to JSONata…",
    keys: [],
    reach: "canvas",
    of: "state",
    refuses: (c) =>
      only(c) ?? (c.node && inJsonPath(c, c.node) ? null : t("It speaks JSONata already")),
    run: withNode((node, c) => c.page.convert(node.name)),
  },
  {
    id: "convertAll",
    title: "Convert all states to JSONata…",
    keys: [],
    reach: "page",
    of: "machine",
    run: (c) => c.page.convert(null),
  },
  {
    id: "foldAll",
    title: "Fold all containers",
    keys: [],
    reach: "canvas",
    of: "view",
    run: (c) => c.designer.foldAll(true),
  },
  {
    id: "unfoldAll",
    title: "Unfold all containers",
    keys: [],
    reach: "canvas",
    of: "view",
    run: (c) => c.designer.foldAll(false),
  },
  {
    id: "tidy",
    title: "Format the text",
    keys: ["Alt+Shift+F"],
    reach: "page",
    of: "machine",
    run: (c) => c.designer.format(),
  },
  {
    id: "format",
    title: "Between JSON and YAML",
    keys: [],
    reach: "page",
    of: "machine",
    run: (c) => c.page.toggleFormat(),
  },
  {
    id: "keys",
    title: "Keys",
    keys: ["?"],
    reach: "page",
    of: "view",
    run: (c) => c.page.showKeys(),
  },
];

/** What was pressed, as `COMMANDS` writes it: `Ctrl+Shift+Z`. */
export function pressed(event: {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}): string {
  const named = event.key === " " ? "Space" : event.key;
  const letter = /^\p{L}$/u.test(named);
  const key = letter ? named.toUpperCase() : named;
  // Shift is part of what makes a `?`; of letters and named keys it is a key of its own.
  const shift = event.shiftKey && (letter || named.length > 1);
  return [
    event.ctrlKey || event.metaKey ? "Ctrl" : "",
    event.altKey ? "Alt" : "",
    shift ? "Shift" : "",
    key,
  ]
    .filter(Boolean)
    .join("+");
}

export function commandOf(keys: string, reach: Reach): Command | undefined {
  return COMMANDS.find((command) => command.reach === reach && command.keys.includes(keys));
}

export function able(command: Command, context: Context): boolean {
  return whyNot(command, context) === null;
}

export function whyNot(command: Command, context: Context): string | null {
  return command.refuses?.(context) ?? null;
}
