import { useCallback, useEffect, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { useLatest } from "../../ui/useLatest";
import { usePart } from "../../ui/usePart";
import type { CodeTab } from "./CodePanel";
import type { Later } from "./later";
import { PANELS } from "./parts";
import { START } from "./trial/start";

/** The parts of the page, of which a narrow window shows one. */
export type Pane = "graph" | "code" | "properties";

type Find = () => HTMLElement | null;

const inspected: Find = () =>
  document.querySelector(".inspector-frame input, .inspector-frame button");

const nameField: Find = () => {
  const input = document.querySelector<HTMLInputElement>("#state-name");
  input?.select();
  return input;
};

const firstOfTab: Find = () => {
  const first = [`.${START}`, ".problem", "[role=tab][aria-selected=true]"];
  const found = document.querySelectorAll<HTMLElement>(
    first.map((one) => `.code-panel ${one}`).join(", "),
  );
  // The tab stands before what is in its panel.
  return found[1] ?? found[0] ?? null;
};

/**
 * What stands around the graph, fetched once it is `due`, and the keyboard's way there: who asks for a panel by a key
 * goes on in it, also where the panels have yet to come.
 */
export function usePanels(later: Later, due: boolean) {
  const { there: panels, again: fetchAgain } = usePart(PANELS, due);
  const [pane, setPane] = useState<Pane>("graph");
  const [codeTab, setCodeTab] = useState<CodeTab>("code");
  // What is to have the focus in a panel that was asked for before the panels are there.
  const wanted = useRef<Find | null>(null);
  const refetch = useLatest(() => fetchAgain?.());
  const unfetchable = fetchAgain !== null;
  useEffect(() => {
    // Nobody waits for what does not come: the keys are the graph's again.
    if (unfetchable) wanted.current = null;
  }, [unfetchable]);
  const turnTo = useCallback(
    (turn: () => void, find: Find) => {
      later.catchUp();
      refetch();
      // Flushed at once: who presses F2 types on without waiting for a frame.
      flushSync(turn);
      const found = find();
      found?.focus();
      wanted.current = found === null && panels === null ? find : null;
    },
    [later, panels, refetch],
  );
  useEffect(() => {
    const find = wanted.current;
    if (panels === null || find === null) return;
    // Not while React draws: what it has drawn is flushed.
    const begun = setTimeout(() => turnTo(() => undefined, find));
    return () => clearTimeout(begun);
  }, [panels, turnTo]);
  const rename = useCallback(() => turnTo(() => setPane("properties"), nameField), [turnTo]);
  return {
    panels,
    /** Fetches the panels once more; null as long as that has not failed. */
    fetchAgain,
    pane,
    setPane,
    codeTab,
    setCodeTab,
    rename,
    inspect: () => turnTo(() => setPane("properties"), inspected),
    showTab: (tab: CodeTab) =>
      turnTo(() => {
        setPane("code");
        setCodeTab(tab);
      }, firstOfTab),
    /** Whether somebody waits for a panel: what is typed is meant for it. */
    isAwaited: () => wanted.current !== null,
    waitNoMore: () => {
      wanted.current = null;
    },
  };
}
