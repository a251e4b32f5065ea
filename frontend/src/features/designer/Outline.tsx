import { useEffect, useRef } from "react";
import { useStore } from "zustand";
import type { GraphNode, GraphScope } from "../../asl/graph";
import { count, t } from "../../i18n";
import { type Designer, refId } from "./store";
import { toRef } from "./useEditing";

interface Row {
  readonly id: string;
  readonly level: number;
  readonly node: GraphNode | null;
  readonly text: string;
  readonly leads: string;
  readonly open: boolean | null;
}

/** The machine as rows: states in the order of the graph, branches of a Parallel as rows between. */
function rowsOf(scope: GraphScope, folded: ReadonlySet<string>, level = 1): Row[] {
  return scope.nodes.flatMap((node): Row[] => {
    const open = node.inner.length > 0 ? !folded.has(node.id) : null;
    const leads = scope.edges
      .filter((edge) => edge.source === node.id)
      .map((edge) => {
        const to = scope.nodes.find((other) => other.id === edge.target)?.name ?? t("End");
        return edge.label ? `${edge.label}: ${to}` : to;
      });
    const own: Row = { id: node.id, level, node, text: node.name, leads: leads.join(" · "), open };
    if (!open) return [own];
    const several = node.inner.length > 1;
    const inner = node.inner.flatMap((part, i): Row[] => {
      if (!several) return rowsOf(part, folded, level + 1);
      const branch: Row = {
        id: `${part.id}#branch`,
        level: level + 1,
        node: null,
        text: t("Branch {n}", { n: i + 1 }),
        leads: "",
        open: true,
      };
      return [branch, ...rowsOf(part, folded, level + 2)];
    });
    return [own, ...inner];
  });
}

/** The same machine as a tree: everything that can be done in the graph can be done here, by the same keys. */
export function Outline(props: {
  designer: Designer;
  graph: GraphScope;
  focusId: string | null;
  problems: ReadonlyMap<string, { errors: number; warnings: number }>;
  onFocus: (id: string) => void;
  onKey: (event: React.KeyboardEvent) => void;
  onMenu: (id: string, at: { x: number; y: number }) => void;
}) {
  const { designer, graph, problems } = props;
  const folded = useStore(designer, (s) => s.folded);
  const selection = useStore(designer, (s) => s.selection);
  const tree = useRef<HTMLDivElement>(null);
  const rows = rowsOf(graph, folded);
  const chosen = new Set(selection.states.map(refId));
  const active = rows.find((row) => row.id === props.focusId)?.id ?? rows[0]?.id;
  const put = (row: Row | undefined) => {
    if (!row) return;
    if (row.node) {
      designer.select([toRef(row.node)]);
      props.onFocus(row.id);
    }
    tree.current?.querySelector<HTMLElement>(`[data-row="${CSS.escape(row.id)}"]`)?.focus();
  };
  // A state that an edit from here has made or reached takes the focus with it.
  useEffect(() => {
    if (!tree.current?.contains(document.activeElement) || active === undefined) return;
    tree.current.querySelector<HTMLElement>(`[data-row="${CSS.escape(active)}"]`)?.focus();
  }, [active]);
  const keys = (event: React.KeyboardEvent, row: Row) => {
    const at = rows.indexOf(row);
    const states = (list: readonly Row[]) => list.find((other) => other.node !== null);
    if (event.ctrlKey || event.metaKey || event.shiftKey) return props.onKey(event);
    if (event.key === "ArrowDown") put(states(rows.slice(at + 1)));
    else if (event.key === "ArrowUp") put(states(rows.slice(0, at).reverse()));
    else if (event.key === "Home") put(states(rows));
    else if (event.key === "End") put(states([...rows].reverse()));
    else if (event.key === "ArrowRight" && row.open === false && row.node)
      designer.fold(row.node.id);
    else if (event.key === "ArrowRight" && row.open) put(states(rows.slice(at + 1)));
    else if (event.key === "ArrowLeft" && row.open && row.node) designer.fold(row.node.id);
    else if (event.key === "ArrowLeft")
      put(
        rows
          .slice(0, at)
          .reverse()
          .find((other) => other.level < row.level && other.node !== null),
      );
    else return props.onKey(event);
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      ref={tree}
      className="outline"
      role="tree"
      aria-label={t("Outline of the machine")}
      aria-multiselectable
    >
      {rows.map((row) => {
        const trouble = problems.get(row.id);
        return (
          <div
            key={row.id}
            role="treeitem"
            data-row={row.id}
            data-outline={row.node?.name}
            aria-level={row.level}
            aria-selected={chosen.has(row.id)}
            {...(row.open === null ? {} : { "aria-expanded": row.open })}
            tabIndex={row.id === active ? 0 : -1}
            className={`outline-row type-${row.node?.type ?? "Branch"}${chosen.has(row.id) ? " is-chosen" : ""}`}
            style={{ paddingLeft: 6 + (row.level - 1) * 14 }}
            onClick={() => put(row.node ? row : undefined)}
            onKeyDown={(event) => keys(event, row)}
            onContextMenu={(event) => {
              if (!row.node) return;
              event.preventDefault();
              props.onMenu(row.id, { x: event.clientX, y: event.clientY });
            }}
          >
            <b>{row.text}</b>
            {row.node && <span>{row.node.type}</span>}
            {trouble && (
              <i>{count(trouble.errors + trouble.warnings, "{n} problem", "{n} problems")}</i>
            )}
            {row.leads && <small>→ {row.leads}</small>}
          </div>
        );
      })}
      {rows.length === 0 && <p className="palette-none">{t("No states yet")}</p>}
    </div>
  );
}
