import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useStore } from "zustand";
import type { GraphEdge, GraphScope } from "../../asl/graph";
import { walkScopes } from "../../asl/graph";
import { StateField } from "./fields";
import { Panel } from "./Inspector";
import type { Designer } from "./store";

export function findEdge(
  graph: GraphScope | null,
  id: string,
): { edge: GraphEdge; scope: GraphScope } | null {
  if (!graph) return null;
  for (const scope of walkScopes(graph)) {
    const edge = scope.edges.find((e) => e.id === id);
    if (edge) return { edge, scope };
  }
  return null;
}

const WORDS = {
  start: "Start",
  next: "Next",
  choice: "A rule",
  default: "Otherwise",
  catch: "Catch",
  end: "End",
};

export function EdgePanel({ designer, edgeId }: { designer: Designer; edgeId: string }) {
  const graph = useStore(designer, (s) => s.graph);
  const found = findEdge(graph, edgeId);
  if (!found?.edge.exit)
    return (
      <Panel title="Transition" subtitle="Gone">
        <span />
      </Panel>
    );
  const { edge, scope } = found;
  const exit = edge.exit;
  if (!exit) return null;
  const target = scope.nodes.find((node) => node.id === edge.target)?.name;
  const source = scope.nodes.find((node) => node.id === edge.source)?.name ?? "Start";
  return (
    <Panel title={edge.label || WORDS[edge.kind]} subtitle={`${WORDS[edge.kind]}, from ${source}`}>
      <SpaceBetween size="m">
        <StateField
          label="Leads to"
          value={target}
          names={scope.nodes.map((node) => node.name)}
          onChange={(to) => to && designer.edit({ type: "retarget", exit, to })}
        />
        {exit.from !== null && (
          <SpaceBetween direction="horizontal" size="xs">
            <Button onClick={() => designer.select([{ scope: exit.scope, name: exit.from ?? "" }])}>
              Edit {exit.from}
            </Button>
            {edge.kind !== "end" && (
              <Button
                iconName="remove"
                onClick={() =>
                  designer.edit({ type: "removeExit", exit }) && designer.selectEdge(null)
                }
              >
                Remove
              </Button>
            )}
          </SpaceBetween>
        )}
        <Box color="text-body-secondary">Or drag the blue dot at its end to another state.</Box>
      </SpaceBetween>
    </Panel>
  );
}
