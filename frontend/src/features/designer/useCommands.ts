import type { GraphNode } from "../../asl/graph";
import { count, t } from "../../i18n";
import { useLatest } from "../../ui/useLatest";
import { able, COMMANDS, type Command, type Context, type PageActions } from "./commands";
import type { Choice } from "./Picker";
import { type Designer, refId } from "./store";
import type { useDialogs } from "./useDialogs";
import type { Editing } from "./useEditing";
import type { Focusing } from "./useFocusing";
import { placeOfFocus } from "./useKeys";
import type { usePanels } from "./usePanels";
import type { Picture } from "./usePicture";
import type { DesignProblem } from "./validation";

interface Place {
  readonly x: number;
  readonly y: number;
}

/** What somebody can do by a key or from a list, and what it is done to. */
export interface Commands {
  /** For a command to the state with this id, or else to what is chosen; null while there is no picture. */
  readonly context: (
    id: string | null,
    place?: Place,
    focus?: (id: string) => void,
  ) => Context | null;
  /** The list of what can be done to a state, or to the machine. */
  readonly menu: (id: string | null, at: Place) => void;
  /** With problems it shows these. */
  readonly run: () => void;
}

const choiceOf = (node: GraphNode): Choice => ({
  id: node.id,
  title: node.name,
  description: node.subtitle,
  className: `type-${node.type}`,
});

export function useCommands(of: {
  readonly name: string;
  readonly designer: Designer;
  readonly picture: Picture;
  readonly editing: Editing;
  readonly focusing: Focusing;
  readonly panels: ReturnType<typeof usePanels>;
  readonly dialogs: ReturnType<typeof useDialogs>;
  readonly problems: readonly DesignProblem[];
}): Commands {
  const { designer, editing, focusing, panels, dialogs, problems } = of;
  const top = () => ({ x: window.innerWidth / 2 - 130, y: 120 });
  const errors = problems.filter((p) => p.severity === "error").length;
  const run = useLatest(() => {
    if (errors === 0) return dialogs.show("start");
    panels.showTab("problems");
    designer.say(
      count(errors, "One problem keeps it from running", "{n} problems keep it from running"),
    );
  });
  const nextProblem = () => {
    const withState = problems.filter((p) => p.state !== null);
    if (withState.length === 0) return designer.say(t("No problems"));
    const at = withState.findIndex((p) => p.state && refId(p.state) === focusing.focusId);
    const next = withState[(at + 1) % withState.length];
    if (!next?.state) return;
    focusing.focus(refId(next.state));
    designer.say(next.message);
  };
  const page: PageActions = {
    rename: panels.rename,
    inspect: panels.inspect,
    find: () =>
      editing.ask({
        title: t("Find a state"),
        at: top(),
        choices: [...editing.nodes.values()].map(choiceOf),
        answer: focusing.focus,
      }),
    commands: () => list(focusing.focusId, top(), () => true),
    showKeys: () => dialogs.show("keys"),
    save: () => dialogs.show("save"),
    run,
    simulate: () => panels.showTab("simulate"),
    testState: () => panels.showTab("test"),
    convert: dialogs.convert,
    fit: (id) => focusing.control.current?.fit(id),
    nextProblem,
    toggleFormat: () => designer.setFormat(designer.getState().format === "json" ? "yaml" : "json"),
  };
  const context: Commands["context"] = (id, place = placeOfFocus(), focus = focusing.focus) => {
    const { shown, layout } = of.picture;
    if (!shown || !layout) return null;
    const chosen = designer.getState().selection.states.map(refId);
    const node = editing.nodes.get(id ?? "") ?? editing.nodes.get(chosen.at(-1) ?? "") ?? null;
    const ids = node && !chosen.includes(node.id) ? [node.id] : chosen;
    const nodes = ids.flatMap((one) => editing.nodes.get(one) ?? []);
    return { designer, editing, graph: shown, layout, node, nodes, place, focus, page };
  };
  const list = (id: string | null, at: Place, wanted: (command: Command) => boolean) => {
    const found = context(id, at);
    if (!found) return;
    const commands = COMMANDS.filter((command) => wanted(command) && able(command, found));
    editing.ask({
      title:
        found.nodes.length > 1
          ? t("{n} states", { n: found.nodes.length })
          : (found.node?.name ?? of.name),
      at,
      choices: commands.map((command) => ({
        id: command.id,
        title: t(command.title),
        description: command.keys[0] ?? "",
      })),
      answer: (chosen) => commands.find((command) => command.id === chosen)?.run(found),
    });
  };
  const menu = (id: string | null, at: Place) => {
    if (id !== null && !focusing.selected.has(id)) focusing.select(new Set([id]));
    list(id, at, (command) => command.of === (id === null ? "machine" : "state"));
  };
  return { context, menu, run };
}
