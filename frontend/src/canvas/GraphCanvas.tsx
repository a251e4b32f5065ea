import {
  type NodeChange,
  ReactFlow,
  ReactFlowProvider,
  SelectionMode,
  useStore as useFlowStore,
  useReactFlow,
} from "@xyflow/react";
import { t } from "../i18n";
import { moving } from "./motion";
import "@xyflow/react/dist/style.css";
import "./canvas.css";
import {
  memo,
  type ReactNode,
  type RefObject,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { useStore } from "zustand";
import type { Mark } from "../asl/compare";
import type { Exit } from "../asl/edits";
import type { GraphScope } from "../asl/graph";
import type { Path } from "../asl/model";
import { CanvasFocus, type FocusControl } from "./CanvasFocus";
import { type CanvasActions, CanvasContext, useCanvas } from "./context";
import { Dots } from "./Dots";
import { type DropPlace, dragStore, dropPlace } from "./drag";
import { edgeTypes, type LineEdge, toLine } from "./edges";
import type { Layout, PlacedNode } from "./layout";
import { type BoxNode, looksAlike, nodeTypes } from "./nodes";
import { Overview } from "./Overview";
import { useReconnect } from "./reconnect";
import { newStatusStore, StatusContext, type StatusStore } from "./statusStore";
import {
  FAR,
  firstView,
  isCut,
  LEAST_ZOOM,
  type Size,
  useBusy,
  useLateView,
  useMoves,
} from "./view";

export interface CanvasProps {
  readonly graph: GraphScope;
  readonly layout: Layout;
  /** Another layout is on its way. */
  readonly awaited?: boolean;
  readonly mode: "edit" | "view";
  readonly selected: ReadonlySet<string>;
  readonly onSelect: (ids: ReadonlySet<string>) => void;
  readonly selectedEdge?: string | null;
  readonly focusId?: string | null;
  readonly problems?: CanvasActions["problems"];
  readonly statuses?: StatusStore;
  readonly dimmed?: boolean;
  readonly marks?: ReadonlyMap<string, Mark>;
  readonly note?: string | null;
  readonly edit?: EditHandlers;
  readonly onKey?: (event: React.KeyboardEvent) => void;
  readonly clipboard?: ClipboardHandlers;
  /** The browser's focus has come to a box. */
  readonly onFocusBox?: (id: string) => void;
  readonly control?: RefObject<FocusControl | null>;
  readonly children?: ReactNode;
}
export interface ClipboardHandlers {
  readonly onCopy: (event: React.ClipboardEvent) => void;
  readonly onCut: (event: React.ClipboardEvent) => void;
  readonly onPaste: (event: React.ClipboardEvent) => void;
}
export interface EditHandlers {
  selectEdge(id: string | null): void;
  insertAt(exit: Exit, at: { x: number; y: number }): void;
  addTo(scope: Path, at: { x: number; y: number }): void;
  connect(source: string, target: string, at: { x: number; y: number }): void;
  connectToSpace(source: string, at: { x: number; y: number }): void;
  retarget(edgeId: string, target: string): void;
  drop(item: unknown, place: DropPlace): void;
  rename(id: string): void;
  fold(id: string): void;
  menu(id: string | null, at: { x: number; y: number }): void;
}

const NO_PROBLEMS: CanvasActions["problems"] = new Map();
const NO_MARKS: CanvasActions["marks"] = new Map();
const noStatuses = newStatusStore();
const CULL_ABOVE = 150;

/** Measured before anything is drawn: the first frame shows every box where it stays. */
export const GraphCanvas = memo(function GraphCanvas(props: CanvasProps) {
  const frame = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState<Size | null>(null);
  useLayoutEffect(() => {
    const { clientWidth = 0, clientHeight = 0 } = frame.current ?? {};
    setSize({ width: clientWidth, height: clientHeight });
  }, []);
  return (
    <div ref={frame} className="canvas-frame">
      {size && (
        <ReactFlowProvider initialWidth={size.width} initialHeight={size.height}>
          <StatusContext.Provider value={props.statuses ?? noStatuses}>
            <Canvas {...props} size={size} />
          </StatusContext.Provider>
        </ReactFlowProvider>
      )}
    </div>
  );
});

/**
 * The boxes of a layout. One that is as it was keeps its data, so that an edit draws what it touched and moves the
 * rest.
 */
function toBoxes(
  layout: Layout,
  selected: ReadonlySet<string>,
  before: ReadonlyMap<string, BoxNode>,
): BoxNode[] {
  const exits = new Map<string, number>();
  for (const { edge } of layout.edges) exits.set(edge.source, (exits.get(edge.source) ?? 0) + 1);
  return layout.nodes.map((placed) => {
    const data = { placed, exits: exits.get(placed.id) ?? 0 };
    const old = before.get(placed.id)?.data;
    return toBox(placed, selected.has(placed.id), old && looksAlike(old, data) ? old : data);
  });
}

function toBox(placed: PlacedNode, selected: boolean, data: BoxNode["data"]): BoxNode {
  const { width, height } = placed;
  return {
    id: placed.id,
    type: placed.kind,
    position: { x: placed.x, y: placed.y },
    width,
    height,
    measured: { width, height },
    zIndex: placed.depth * 10 + (placed.kind === "container" ? 1 : 3),
    selected,
    selectable: placed.node !== null,
    focusable: false,
    draggable: false,
    // Known sizes and handles: nothing has to be measured, and edges of culled boxes are drawn as well.
    handles: [
      { type: "target", position: "top" as never, x: width / 2, y: 0, width: 1, height: 1 },
      { type: "source", position: "bottom" as never, x: width / 2, y: height, width: 1, height: 1 },
    ],
    data,
  };
}

function nodeAt(x: number, y: number): string | null {
  const element = document.elementFromPoint(x, y)?.closest(".react-flow__node");
  return element?.getAttribute("data-id") ?? null;
}

function Canvas(props: CanvasProps & { readonly size: Size }) {
  const { graph, layout, mode, selected, onSelect, edit } = props;
  const { selectedEdge = null, focusId = null, problems = NO_PROBLEMS, marks = NO_MARKS } = props;
  const flow = useReactFlow();
  const wrapper = useRef<HTMLDivElement>(null);
  const far = useFlowStore((state) => state.transform[2] < FAR);
  const [view] = useState(() => (props.size.width > 0 ? firstView(layout, props.size) : null));
  useLateView(layout, props.size);
  useBusy(wrapper, layout, props.awaited === true);

  const drawn = useRef<ReadonlyMap<string, BoxNode>>(new Map());
  const boxes = useMemo(() => toBoxes(layout, selected, drawn.current), [layout, selected]);
  useEffect(() => {
    drawn.current = new Map(boxes.map((box) => [box.id, box]));
  }, [boxes]);
  const lines = useMemo<LineEdge[]>(() => {
    const names = new Map(layout.nodes.map((box) => [box.id, box.node?.name ?? ""]));
    return layout.edges.map((edge) => toLine(edge, names));
  }, [layout]);

  const drag = useStore(dragStore);
  const place = useMemo(
    () =>
      drag.item && edit
        ? dropPlace(layout, flow.screenToFlowPosition(drag), wrapper.current, drag)
        : null,
    [drag, edit, layout, flow],
  );
  useEffect(() => {
    if (!drag.dropped || !edit) return;
    if (place) edit.drop(drag.item, place);
    dragStore.setState({ item: null, dropped: false });
  }, [drag, edit, place]);

  const reconnect = useReconnect(layout, flow, (edgeId, x, y) => {
    const target = nodeAt(x, y);
    if (target) edit?.retarget(edgeId, target);
  });

  const choose = useCallback(
    (changes: NodeChange<BoxNode>[]) => {
      const next = new Set(selected);
      let touched = false;
      for (const change of changes) {
        if (change.type !== "select") continue;
        touched = true;
        if (change.selected) next.add(change.id);
        else next.delete(change.id);
      }
      if (touched) onSelect(next);
    },
    [selected, onSelect],
  );

  const firstId = graph.nodes[0]?.id ?? null;
  const roving =
    [focusId, ...selected].find((id) => layout.nodes.some((box) => box.id === id)) ?? firstId;
  const lit =
    place?.kind === "edge" ? place.edge.id : place?.kind === "scope" ? place.scope.id : null;
  const actions = useMemo<CanvasActions>(
    () => ({
      mode,
      problems,
      selectedEdge,
      lit,
      focusId: roving,
      marks,
      insertAt: (exit, at) => edit?.insertAt(exit, at),
      addTo: (scope, at) => edit?.addTo(scope, at),
      selectEdge: (id) => edit?.selectEdge(id),
      beginReconnect: reconnect.begin,
      rename: (id) => edit?.rename(id),
      fold: (id) => edit?.fold(id),
      menu: (id, at) => edit?.menu(id, at),
    }),
    [mode, problems, selectedEdge, lit, roving, marks, edit, reconnect.begin],
  );

  const [connecting, setConnecting] = useState(false);
  const endConnection = useCallback(
    (event: MouseEvent | TouchEvent, source: string | undefined) => {
      setConnecting(false);
      const point = "changedTouches" in event ? event.changedTouches[0] : event;
      if (!point || !source || !edit) return;
      const at = { x: point.clientX, y: point.clientY };
      const target = nodeAt(at.x, at.y);
      if (target === null) edit.connectToSpace(source, at);
      else if (target !== source) edit.connect(source, target, at);
    },
    [edit],
  );

  const classes = ["canvas", mode];
  if (props.dimmed) classes.push("dimmed");
  if (drag.item) classes.push("dragging");
  if (connecting) classes.push("connecting");
  if (far) classes.push("far");
  return (
    <CanvasContext.Provider value={actions}>
      {/* biome-ignore lint/a11y/useSemanticElements: a graph that is walked by arrow keys is no fieldset */}
      <div
        ref={wrapper}
        className={classes.join(" ")}
        role="group"
        aria-label={t("State machine graph. Arrow keys walk it, question mark lists the keys.")}
        onKeyDown={props.onKey}
        onFocus={(event) => {
          const box = event.target.closest("[data-state]");
          const id = box?.getAttribute("data-id");
          if (id) props.onFocusBox?.(id);
        }}
        {...props.clipboard}
      >
        <ReactFlow
          nodes={boxes}
          edges={lines}
          nodeTypes={nodeTypes}
          edgeTypes={edgeTypes}
          {...(view ? { defaultViewport: view } : {})}
          onNodesChange={choose}
          selectionMode={SelectionMode.Full}
          onPaneContextMenu={(event) => {
            if (!edit) return;
            event.preventDefault();
            edit.menu(null, { x: event.clientX, y: event.clientY });
          }}
          onPaneClick={() => {
            onSelect(new Set());
            edit?.selectEdge(null);
          }}
          onConnectStart={() => setConnecting(true)}
          onConnectEnd={(event, state) => endConnection(event, state.fromNode?.id)}
          onlyRenderVisibleElements={boxes.length > CULL_ABOVE}
          nodesDraggable={false}
          nodesFocusable={false}
          edgesFocusable={false}
          nodesConnectable={mode === "edit"}
          zoomOnDoubleClick={false}
          disableKeyboardA11y
          deleteKeyCode={null}
          multiSelectionKeyCode={["Shift", "Meta", "Control"]}
          minZoom={LEAST_ZOOM}
          maxZoom={2.5}
          proOptions={{ hideAttribution: true }}
        >
          <Dots />
          <EmptyScopes layout={layout} />
        </ReactFlow>
        {reconnect.line}
        {props.note && (
          <div className="canvas-note" role="status">
            {props.note}
          </div>
        )}
        <Tools />
        {boxes.length <= 500 && (boxes.length > 40 || isCut(layout, props.size)) && (
          <Overview layout={layout} selected={selected} />
        )}
        {props.control && <CanvasFocus control={props.control} layout={layout} />}
        {props.children}
      </div>
    </CanvasContext.Provider>
  );
}

function EmptyScopes({ layout }: { layout: Layout }) {
  const flow = useFlowStore((state) => state.transform);
  const canvas = useCanvas();
  const empty = layout.scopes.filter((placed) => placed.scope.nodes.length === 0);
  if (empty.length === 0 || canvas.mode !== "edit") return null;
  const [x, y, zoom] = flow;
  return empty.map((placed) => (
    <button
      key={placed.scope.id}
      type="button"
      className={canvas.lit === placed.scope.id ? "empty-scope is-lit nopan" : "empty-scope nopan"}
      style={{
        left: x + placed.x * zoom,
        top: y + (placed.y + (placed.depth === 0 ? 46 : 0)) * zoom,
        width: Math.max(placed.width, 150) * zoom,
        height: 50 * zoom,
        zIndex: 5,
      }}
      onClick={(event) => canvas.addTo(placed.scope.path, { x: event.clientX, y: event.clientY })}
    >
      {t("+ add the first state")}
    </button>
  ));
}

function Tools() {
  const flow = useReactFlow();
  const moves = useMoves();
  return (
    <div className="canvas-tools">
      <button
        type="button"
        title={t("Zoom in")}
        aria-label={t("Zoom in")}
        onClick={() => moves(flow.zoomIn({ duration: moving(120) }))}
      >
        +
      </button>
      <button
        type="button"
        title={t("Zoom out")}
        aria-label={t("Zoom out")}
        onClick={() => moves(flow.zoomOut({ duration: moving(120) }))}
      >
        −
      </button>
      <button
        type="button"
        title={t("Fit all (0)")}
        aria-label={t("Fit all")}
        onClick={() => moves(flow.fitView({ padding: 0.1, duration: moving(200), maxZoom: 1.4 }))}
      >
        <svg
          viewBox="0 0 16 16"
          width="14"
          height="14"
          fill="none"
          stroke="currentColor"
          strokeWidth="1.8"
          aria-hidden="true"
        >
          <path d="M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4" />
        </svg>
      </button>
      <button
        type="button"
        title={t("Zoom to 100 %")}
        aria-label={t("Zoom to 1:1")}
        onClick={() => moves(flow.zoomTo(1, { duration: moving(120) }))}
      >
        1:1
      </button>
    </div>
  );
}
