import { type Edge, EdgeLabelRenderer, type EdgeProps } from "@xyflow/react";
import { memo, useEffect, useRef } from "react";
import { t } from "../i18n";
import { useCanvas } from "./context";
import { middle, nearEnd, roundedPath } from "./geometry";
import type { PlacedEdge } from "./layout";
import { moving } from "./motion";
import { useTaken } from "./statusStore";

export type LineEdge = Edge<{ placed: PlacedEdge; path: string; from: string; to: string }>;

/** An arrow's head, drawn by hand: markers cannot take the colour of their line in every browser. */
function Head({ placed }: { placed: PlacedEdge }) {
  const end = placed.points.at(-1);
  const before = placed.points.at(-2);
  if (!end || !before) return null;
  const turn = (Math.atan2(end.y - before.y, end.x - before.x) * 180) / Math.PI;
  return (
    <path
      className="line-head"
      d="M0,0L-6.5,-3.2L-6.5,3.2z"
      transform={`translate(${end.x},${end.y}) rotate(${turn})`}
    />
  );
}

function Dot({ path, from, to }: { path: string; from: string; to: string }) {
  const taken = useTaken(from, to);
  const ref = useRef<SVGCircleElement>(null);
  useEffect(() => {
    const dot = ref.current;
    if (!taken || !dot || moving(1) === 0) return;
    const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
    line.setAttribute("d", path);
    const length = line.getTotalLength();
    const began = performance.now();
    let frame = requestAnimationFrame(function step(now) {
      const t = Math.min(1, (now - began) / 450);
      const point = line.getPointAtLength(length * t);
      dot.setAttribute("transform", `translate(${point.x},${point.y})`);
      if (t < 1) frame = requestAnimationFrame(step);
      else dot.style.display = "none";
    });
    return () => cancelAnimationFrame(frame);
  }, [taken, path]);
  return taken ? <circle key={taken} ref={ref} className="dot" r={4.5} /> : null;
}

const Line = memo(function Line({ id, data }: EdgeProps<LineEdge>) {
  const canvas = useCanvas();
  if (!data) return null;
  const { placed, path, from, to } = data;
  const { edge, label, points } = placed;
  const chosen = canvas.selectedEdge === id;
  const lit = canvas.lit === id;
  const edit = canvas.mode === "edit" && edge.exit !== null;
  const plus = middle(points, label);
  const grip = nearEnd(points, 12);
  const exit = edge.exit;
  return (
    <>
      <g
        className={`edge-group kind-${edge.kind}${chosen ? " is-chosen" : ""}${lit ? " is-lit" : ""}`}
        data-edge={id}
      >
        <path className="line" d={path} />
        <Head placed={placed} />
        {edit && (
          // biome-ignore lint/a11y/noStaticElementInteractions: the keyboard reaches an edge through its states (C, A, and the inspector)
          <path className="line-hit" d={path} onClick={() => canvas.selectEdge(id)} />
        )}
        {canvas.mode === "view" && <Dot path={path} from={from} to={to} />}
      </g>
      {(label || edit) && (
        <EdgeLabelRenderer>
          {label && (
            // biome-ignore lint/a11y/noStaticElementInteractions: as the line itself
            // biome-ignore lint/a11y/useKeyWithClickEvents: as the line itself
            <div
              className={`edge-label kind-${edge.kind}`}
              title={label.text}
              style={{
                left: label.x,
                top: label.y,
                width: label.width,
                height: label.height,
                zIndex: placed.depth * 10 + 5,
              }}
              onClick={() => canvas.selectEdge(id)}
            >
              {label.text}
            </div>
          )}
          {edit && exit && (
            <button
              type="button"
              className={lit ? "plus nopan is-lit" : "plus nopan"}
              tabIndex={-1}
              data-plus={id}
              aria-label={t("Add a state between {from} and {to}", {
                from: from || t("Start"),
                to: to || t("End"),
              })}
              title={t("Add a state here")}
              style={{
                left: plus.x,
                top: plus.y,
                transform: "translate(-50%, -50%)",
                zIndex: placed.depth * 10 + 6,
              }}
              onClick={(event) => canvas.insertAt(exit, { x: event.clientX, y: event.clientY })}
            >
              +
            </button>
          )}
          {edit && chosen && grip && (
            <button
              type="button"
              className="grip nopan"
              tabIndex={-1}
              aria-label={t("Drag to lead this transition to another state")}
              title={t("Drag to another state")}
              style={{
                left: grip.x,
                top: grip.y,
                transform: "translate(-50%, -50%)",
                zIndex: 900,
              }}
              onPointerDown={(event) => canvas.beginReconnect(id, event)}
            />
          )}
        </EdgeLabelRenderer>
      )}
    </>
  );
});

export const edgeTypes = { line: Line };

export function toLine(placed: PlacedEdge, names: ReadonlyMap<string, string>): LineEdge {
  return {
    id: placed.id,
    type: "line",
    source: placed.edge.source,
    target: placed.edge.target,
    zIndex: placed.depth * 10 + 2,
    selectable: false,
    focusable: false,
    ariaLabel: t("{source} leads to {target}", {
      source: names.get(placed.edge.source) || t("Start"),
      target: names.get(placed.edge.target) || t("End"),
    }),
    data: {
      placed,
      path: roundedPath(placed.points),
      from: names.get(placed.edge.source) ?? "",
      to: names.get(placed.edge.target) ?? "",
    },
  };
}
