import { Handle, type Node, type NodeProps, Position } from "@xyflow/react";
import { memo } from "react";
import type { Shown } from "../executions/statuses";
import { count, t } from "../i18n";
import { useCanvas } from "./context";
import type { PlacedNode } from "./layout";
import { MARK_WORDS } from "./marks";
import { STATUS_WORDS, StatusIcon } from "./StatusIcon";
import { useStatus } from "./statusStore";

export type BoxNode = Node<{ placed: PlacedNode; exits: number }>;
type Box = NodeProps<BoxNode>;

/** Whether two boxes of one id show the same; where they stand is not theirs to draw. */
export function looksAlike(a: BoxNode["data"], b: BoxNode["data"]): boolean {
  const [one, other] = [a.placed.node, b.placed.node];
  return (
    a.exits === b.exits &&
    a.placed.kind === b.placed.kind &&
    one?.name === other?.name &&
    one?.type === other?.type &&
    one?.subtitle === other?.subtitle &&
    one?.hidden === other?.hidden &&
    one?.inner.length === other?.inner.length
  );
}

/** React Flow tells a box its position as well, which is on the element around it. */
function same(a: Box, b: Box): boolean {
  return a.id === b.id && a.data === b.data && a.selected === b.selected;
}

function label(placed: PlacedNode, exits: number, shown: Shown | undefined): string {
  const { node } = placed;
  if (!node) return placed.kind === "start" ? t("Start") : t("End");
  const parts = [`${node.type} ${node.name}`, count(exits, "{n} transition", "{n} transitions")];
  if (node.inner.length > 0) parts.push(t("{n} inside", { n: node.inner.length }));
  if (node.hidden > 0) parts.push(count(node.hidden, "folded, {n} state", "folded, {n} states"));
  if (shown) parts.push(STATUS_WORDS[shown.status]);
  return parts.join(", ");
}

function Marks({ shown }: { shown: Shown | undefined }) {
  if (!shown) return null;
  const { status } = shown;
  const active = status === "running" || status === "retrying" || status === "waiting";
  return (
    <>
      {active ? (
        <span className="ring" />
      ) : (
        <span className="flash" key={`${status}${shown.visits}`} />
      )}
      <span className="status-icon">
        <StatusIcon status={status} />
      </span>
    </>
  );
}

function Visits({ shown }: { shown: Shown | undefined }) {
  if (!shown || (shown.visits < 2 && shown.attempts < 2)) return null;
  const counts = Object.entries(shown.counts)
    .map(([status, count]) => `${count} ${STATUS_WORDS[status as keyof typeof STATUS_WORDS]}`)
    .join(", ");
  const attempts = shown.attempts > 1 ? t("attempt {n}", { n: shown.attempts }) : "";
  return (
    <span className="visits" title={counts}>
      {[shown.visits > 1 ? `×${shown.visits}` : "", attempts].filter(Boolean).join(" · ")}
    </span>
  );
}

function useBox(id: string, placed: PlacedNode) {
  const canvas = useCanvas();
  const name = placed.node?.name ?? "";
  const shown = useStatus(name);
  const status = shown?.status ?? "none";
  return {
    canvas,
    shown,
    name,
    attributes: {
      "data-id": id,
      "data-state": name,
      "data-status": status,
      tabIndex: canvas.focusId === id ? 0 : -1,
      onDoubleClick: () => canvas.rename(id),
      onContextMenu: (event: React.MouseEvent) => {
        if (canvas.mode !== "edit") return;
        event.preventDefault();
        canvas.menu(id, { x: event.clientX, y: event.clientY });
      },
    },
    mark: canvas.marks.get(name),
    statusClass: `status-${status}${shown ? " has-status" : ""}${canvas.marks.has(name) ? ` mark-${canvas.marks.get(name)}` : ""}`,
  };
}

/** What a screen reader says of a box, in the place of the two short lines that are seen. */
function Spoken({ text }: { text: string }) {
  return <span className="visually-hidden">{text}</span>;
}

const StateBox = memo(function StateBox({ id, data, selected }: Box) {
  const { placed, exits } = data;
  const { canvas, shown, name, attributes, statusClass, mark } = useBox(id, placed);
  const problems = canvas.problems.get(id);
  return (
    <>
      <Handle type="target" position={Position.Top} />
      <button
        type="button"
        className={`state type-${placed.node?.type} ${statusClass}${selected ? " is-selected" : ""}${placed.node?.hidden ? " is-folded" : ""}`}
        aria-pressed={selected}
        title={name}
        {...attributes}
      >
        <Spoken text={`${label(placed, exits, shown)}${mark ? `, ${MARK_WORDS[mark]}` : ""}`} />
        <span className="name" aria-hidden="true">
          {name}
        </span>
        <span className="sub" aria-hidden="true">
          {placed.node?.hidden
            ? `${placed.node.type}, ${count(placed.node.hidden, "{n} state", "{n} states")}`
            : placed.node?.subtitle}
        </span>
        <Marks shown={shown} />
        <Visits shown={shown} />
        {problems && <Badge {...problems} />}
        {mark && (
          <span className={`mark-chip mark-${mark}`} aria-hidden="true">
            {MARK_WORDS[mark]}
          </span>
        )}
      </button>
      {placed.node !== null && placed.node.hidden > 0 && <Fold id={id} name={name} folded />}
      <Handle type="source" position={Position.Bottom} />
    </>
  );
}, same);

const ContainerBox = memo(function ContainerBox({ id, data, selected }: Box) {
  const { placed, exits } = data;
  const { canvas, shown, name, attributes, statusClass, mark } = useBox(id, placed);
  const problems = canvas.problems.get(id);
  return (
    <>
      <Handle type="target" position={Position.Top} />
      <button
        type="button"
        className={`container type-${placed.node?.type} ${statusClass}${selected ? " is-selected" : ""}`}
        aria-pressed={selected}
        title={name}
        {...attributes}
      >
        <span className="container-name">
          <Spoken text={`${label(placed, exits, shown)}${mark ? `, ${MARK_WORDS[mark]}` : ""}`} />
          <span className="name" aria-hidden="true">
            {name}
          </span>
          <span className="sub" aria-hidden="true">
            {placed.node?.subtitle}
          </span>
          <Marks shown={shown} />
          <Visits shown={shown} />
        </span>
        {problems && <Badge {...problems} />}
        {mark && (
          <span className={`mark-chip mark-${mark}`} aria-hidden="true">
            {MARK_WORDS[mark]}
          </span>
        )}
      </button>
      {canvas.mode === "edit" && <Fold id={id} name={name} folded={false} />}
      <Handle type="source" position={Position.Bottom} />
    </>
  );
}, same);

function Fold({ id, name, folded }: { id: string; name: string; folded: boolean }) {
  const canvas = useCanvas();
  const words = folded ? t("Unfold {name}", { name }) : t("Fold {name}", { name });
  return (
    <button
      type="button"
      className="fold nopan"
      tabIndex={-1}
      aria-label={words}
      title={words}
      onClick={(event) => {
        event.stopPropagation();
        canvas.fold(id);
      }}
    >
      <svg viewBox="0 0 10 10" width="10" height="10" aria-hidden="true">
        <path d={folded ? "M3 1l4 4-4 4" : "M1 3l4 4 4-4"} fill="none" stroke="currentColor" />
      </svg>
    </button>
  );
}

const Terminal = memo(function Terminal({ data }: Box) {
  const start = data.placed.kind === "start";
  return (
    <>
      <Handle type="target" position={Position.Top} isConnectable={!start} />
      <div className="terminal">{start ? t("Start") : t("End")}</div>
      {start && <Handle type="source" position={Position.Bottom} />}
    </>
  );
}, same);

function Badge({ errors, warnings }: { errors: number; warnings: number }) {
  return (
    <span
      className={errors > 0 ? "badge" : "badge warning"}
      title={t("{errors} errors, {warnings} warnings", { errors, warnings })}
    >
      {errors || warnings}
    </span>
  );
}

export const nodeTypes = {
  state: StateBox,
  container: ContainerBox,
  start: Terminal,
  end: Terminal,
};
