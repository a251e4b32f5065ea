import Spinner from "@cloudscape-design/components/spinner";
import { useMemo, useState } from "react";
import type { Mark } from "../asl/compare";
import { guessFormat, parseText } from "../asl/document";
import { toGraph } from "../asl/graph";
import { isObject } from "../asl/model";
import { GraphCanvas } from "./GraphCanvas";
import { useLayout } from "./useLayout";

/** A definition to look at. */
export function GraphView({
  definition,
  height,
  marks,
}: {
  definition: string;
  height: string;
  marks?: ReadonlyMap<string, Mark>;
}) {
  const graph = useMemo(() => {
    const parsed = parseText(definition, guessFormat(definition));
    return parsed.ok && isObject(parsed.value) ? toGraph(parsed.value) : null;
  }, [definition]);
  const { layout, current } = useLayout(graph);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  return (
    <div className="code-frame" style={{ height }}>
      {graph && layout ? (
        <GraphCanvas
          graph={graph}
          layout={layout}
          awaited={!current}
          mode="view"
          selected={selected}
          onSelect={setSelected}
          {...(marks ? { marks } : {})}
        />
      ) : (
        <Spinner />
      )}
    </div>
  );
}
