import Button from "@cloudscape-design/components/button";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import { useEffect, useMemo, useState } from "react";
import { useStore } from "zustand";
import { complete, explain, type World } from "../../asl/complete";
import { t } from "../../i18n";
import { Code } from "../../ui/Code";
import { TabBar } from "../../ui/TabBar";
import type { LastRun } from "./lastRun";
import { type Designer, stateAround } from "./store";
import type { Player } from "./trial/player";
import { SimulatePanel } from "./trial/SimulatePanel";
import { TestPanel } from "./trial/TestPanel";
import { type DesignProblem, useProblems, type Verdict } from "./validation";

const lineOf = (text: string, offset: number) => text.slice(0, offset).split("\n").length;

export type CodeTab = "code" | "problems" | "test" | "simulate";

export function CodePanel(props: {
  designer: Designer;
  verdict: Verdict;
  tab: CodeTab;
  onTab: (tab: CodeTab) => void;
  player: Player;
  machine: string;
  /** The graph is on the screen: the editor, far heavier, has stood back for it. */
  drawn: boolean;
  world: World;
  last: LastRun | null;
}) {
  const { designer } = props;
  // Of the text that this panel shows, which may be a moment behind the graph.
  const problems = useProblems(designer, props.verdict);
  const text = useStore(designer, (s) => s.text);
  const format = useStore(designer, (s) => s.format);
  const selection = useStore(designer, (s) => s.selection);
  const parsed = useStore(designer, (s) => s.parsed);
  const valid = useStore(designer, (s) => s.valid);
  const selectedBy = useStore(designer, (s) => s.selectedBy);
  const { tab, onTab: setTab } = props;
  const { world, last } = props;
  const tabs = [
    ["code", t("Code")],
    ["problems", problems.length > 0 ? t("Problems ({n})", { n: problems.length }) : t("Problems")],
    ["test", t("Test")],
    ["simulate", t("Simulate")],
  ] as const satisfies readonly (readonly [CodeTab, string])[];
  const [scrollTo, setScrollTo] = useState<{ offset: number; n: number } | null>(null);
  const only = selection.states.length === 1 ? selection.states[0] : undefined;
  const highlight = useMemo(
    () =>
      only && valid && parsed
        ? (parsed.rangeOf([...only.scope, "States", only.name]) ?? null)
        : null,
    [only, valid, parsed],
  );
  // A new choice in the graph scrolls the code; edits of the chosen state do not.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new selection scrolls
  useEffect(() => {
    if (highlight && selectedBy === "graph")
      setScrollTo((old) => ({ offset: highlight.from, n: (old?.n ?? 0) + 1 }));
  }, [selection]);
  const follow = (offset: number) => {
    const now = designer.getState();
    if (!now.valid || !now.parsed) return;
    const around = stateAround(now.parsed.value, now.parsed.pathAt(offset));
    if (around) designer.select([around], "code");
  };
  const errors = problems.filter((problem) => problem.severity === "error").length;
  const show = (problem: DesignProblem) => {
    if (problem.state) designer.select([problem.state]);
    setTab("code");
    setScrollTo((old) => ({ offset: problem.from, n: (old?.n ?? 0) + 1 }));
  };
  return (
    <section className="code-panel" aria-label={t("Code")}>
      <TabBar label={t("Panel")} tabs={tabs} active={tab} onChange={setTab} />
      <div className="code-bar" hidden={tab !== "code"}>
        <SpaceBetween direction="horizontal" size="xs">
          <SegmentedControl
            selectedId={format}
            label={t("Language")}
            onChange={(e) => designer.setFormat(e.detail.selectedId as "json" | "yaml")}
            options={[
              { id: "json", text: "JSON" },
              { id: "yaml", text: "YAML" },
            ]}
          />
          <Button
            variant="icon"
            iconName="view-full"
            ariaLabel={t("Format the text")}
            onClick={designer.format}
          />
          <Button
            variant="icon"
            iconName="copy"
            ariaLabel={t("Copy the definition")}
            onClick={() => void navigator.clipboard.writeText(text)}
          />
        </SpaceBetween>
      </div>
      <div className="code-body" hidden={tab !== "code"}>
        {props.drawn ? (
          <Code
            value={text}
            format={format}
            label={t("Definition")}
            onChange={designer.typed}
            onCursor={follow}
            onUndo={designer.undo}
            onRedo={designer.redo}
            problems={problems}
            complete={(doc, offset) => complete(doc, format, offset, world)}
            explain={(doc, offset) => explain(doc, format, offset)}
            highlight={highlight}
            scrollTo={scrollTo}
          />
        ) : (
          <Spinner />
        )}
      </div>
      {tab === "test" && <TestPanel designer={designer} last={last} />}
      {tab === "simulate" && (
        <SimulatePanel
          designer={designer}
          player={props.player}
          machine={props.machine}
          last={last}
        />
      )}
      {tab === "problems" && (
        <ul className="problems">
          {problems.length === 0 && (
            <li className="problems-none">
              {t("No problems. This machine can be saved and run.")}
            </li>
          )}
          {problems.map((problem) => (
            <li key={problem.key}>
              <button
                type="button"
                className={`problem ${problem.severity}`}
                onClick={() => show(problem)}
              >
                <b>{problem.severity === "error" ? t("Error") : t("Warning")}</b>
                <span>{problem.message}</span>
                <i>
                  {problem.state?.name ?? t("Line {text}", { text: lineOf(text, problem.from) })}
                </i>
              </button>
              {problem.fixes?.map((fix) => (
                <button key={fix.title} type="button" className="problem-fix" onClick={fix.run}>
                  {fix.title}
                </button>
              ))}
            </li>
          ))}
          {errors > 0 && (
            <li className="problems-none">
              {t("A draft is kept as it is; a revision must be without errors.")}
            </li>
          )}
        </ul>
      )}
    </section>
  );
}
