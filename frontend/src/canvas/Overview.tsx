import { useStore as useFlowStore, useReactFlow } from "@xyflow/react";
import { memo, type PointerEvent, useMemo } from "react";
import { t } from "../i18n";
import { useCanvas } from "./context";
import type { Layout, PlacedNode } from "./layout";
import { overviewScale, type Scale } from "./overviewScale";

const EDGE = 6;
const LEAST_BOX = 0.8;
const LEAST_VIEW = 5;
const ZOOM_STEP = 1.2;

/** All of a large graph, and where in it the canvas is: pressed or dragged it leads there, the wheel zooms. */
export function Overview({ layout, selected }: { layout: Layout; selected: ReadonlySet<string> }) {
  const flow = useReactFlow();
  const [x, y, zoom] = useFlowStore((state) => state.transform);
  const width = useFlowStore((state) => state.width);
  const height = useFlowStore((state) => state.height);
  const scale = useMemo(() => overviewScale(layout, { width, height }), [layout, width, height]);
  const { across, down } = scale;
  const go = (event: PointerEvent<SVGSVGElement>) => {
    if (event.buttons !== 1) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const frame = event.currentTarget.getBoundingClientRect();
    const to = {
      x: layout.x + (event.clientX - frame.left - EDGE) / across,
      y: (event.clientY - frame.top - EDGE) / down,
    };
    void flow.setCenter(to.x, to.y, { zoom });
  };
  return (
    <svg
      className="overview"
      role="img"
      aria-label={t("Overview")}
      width={layout.width * across + 2 * EDGE}
      height={layout.height * down + 2 * EDGE}
      onPointerDown={go}
      onPointerMove={go}
      onWheel={(event) => void flow.zoomTo(event.deltaY < 0 ? zoom * ZOOM_STEP : zoom / ZOOM_STEP)}
    >
      <g transform={`translate(${EDGE} ${EDGE})`}>
        <Boxes layout={layout} scale={scale} selected={selected} />
        <rect
          className="overview-view"
          x={(-x / zoom - layout.x) * across}
          y={(-y / zoom) * down}
          width={Math.max(LEAST_VIEW, (width / zoom) * across)}
          height={Math.max(LEAST_VIEW, (height / zoom) * down)}
        />
      </g>
    </svg>
  );
}

/** Not drawn anew while the view moves over them. */
const Boxes = memo(function Boxes(props: {
  layout: Layout;
  scale: Scale;
  selected: ReadonlySet<string>;
}) {
  const { layout, scale, selected } = props;
  const { problems } = useCanvas();
  const look = (box: PlacedNode) =>
    selected.has(box.id)
      ? "is-chosen"
      : (problems.get(box.id)?.errors ?? 0) > 0
        ? "is-wrong"
        : `is-${box.kind}`;
  return layout.nodes.map((box) => (
    <rect
      key={box.id}
      className={`overview-box ${look(box)}`}
      x={(box.x - layout.x) * scale.across}
      y={box.y * scale.down}
      width={Math.max(LEAST_BOX, box.width * scale.across)}
      height={Math.max(LEAST_BOX, box.height * scale.down)}
    />
  ));
});
