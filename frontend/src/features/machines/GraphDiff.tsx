import Box from "@cloudscape-design/components/box";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMemo } from "react";
import { type Change, compareMachines, type Mark, marksOf } from "../../asl/compare";
import { guessFormat, parseText } from "../../asl/document";
import { GraphView } from "../../canvas/GraphView";
import { MARK_WORDS } from "../../canvas/marks";
import { t } from "../../i18n";
import { Compare } from "../../ui/Code";

export interface Side {
  readonly title: string;
  readonly text: string;
}

function sentence({ mark, before, after, fields }: Change): string {
  switch (mark) {
    case "added":
      return t("{name} is new", { name: after });
    case "removed":
      return t("{name} is gone", { name: before });
    case "renamed":
      return t("{before} is now called {after}", { before, after });
    case "moved":
      return t("{name} stands elsewhere or leads elsewhere", { name: after });
    case "changed":
      return t("{name}: {fields} changed", { name: after, fields: fields.join(", ") });
    default:
      return mark satisfies never;
  }
}

/** Two definitions as graphs side by side, what differs marked, in words below, and as text. */
export function GraphDiff({ left, right }: { left: Side; right: Side }) {
  const changes = useMemo(() => {
    const [a, b] = [left.text, right.text].map((text) => parseText(text, guessFormat(text)));
    return a?.ok && b?.ok ? compareMachines(a.value, b.value) : null;
  }, [left.text, right.text]);
  const before = useMemo(() => marksOf(changes ?? [], "before"), [changes]);
  const after = useMemo(() => marksOf(changes ?? [], "after"), [changes]);
  const kinds = [...new Set((changes ?? []).map((change) => change.mark))];
  return (
    <SpaceBetween size="m">
      <div className="graph-diff">
        {(
          [
            [left, before],
            [right, after],
          ] as const
        ).map(([side, marks]) => (
          <div key={side.title}>
            <Box variant="awsui-key-label">{side.title}</Box>
            <GraphView definition={side.text} height="40vh" marks={marks} />
          </div>
        ))}
      </div>
      <div className="diff-legend">
        {kinds.map((mark: Mark) => (
          <span key={mark} className={`mark-chip mark-${mark}`}>
            {MARK_WORDS[mark]}
          </span>
        ))}
      </div>
      {changes?.length === 0 && <Box>{t("No state differs")}</Box>}
      <ul className="diff-list">
        {changes?.map((change) => (
          <li key={`${change.mark}${change.before}${change.after}`} data-change={change.mark}>
            {sentence(change)}
          </li>
        ))}
      </ul>
      <Compare left={left} right={right} format={guessFormat(right.text)} />
    </SpaceBetween>
  );
}
