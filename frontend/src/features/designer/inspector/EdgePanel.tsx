import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useStore } from "zustand";
import type { GraphEdge, GraphScope } from "../../../asl/graph";
import { walkScopes } from "../../../asl/graph";
import { t } from "../../../i18n";
import type { Designer } from "../store";
import { StateField } from "./fields";
import { Panel } from "./panel";

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
  start: t("Start"),
  next: t("Next"),
  choice: t("A rule"),
  default: t("Otherwise"),
  catch: t("Catch"),
  end: t("End"),
};

export function EdgePanel({ designer, edgeId }: { designer: Designer; edgeId: string }) {
  const graph = useStore(designer, (s) => s.graph);
  const found = findEdge(graph, edgeId);
  if (!found?.edge.exit)
    return (
      <Panel title={t("Transition")} subtitle={t("Gone")}>
        <span />
      </Panel>
    );
  const { edge, scope } = found;
  const exit = edge.exit;
  if (!exit) return null;
  const target = scope.nodes.find((node) => node.id === edge.target)?.name;
  const source = scope.nodes.find((node) => node.id === edge.source)?.name ?? t("Start");
  return (
    <Panel
      title={edge.label || WORDS[edge.kind]}
      subtitle={t("{kind}, from {source}", { kind: WORDS[edge.kind], source })}
    >
      <SpaceBetween size="m">
        <StateField
          label={t("Leads to")}
          value={target}
          names={scope.nodes.map((node) => node.name)}
          onChange={(to) => to && designer.edit({ type: "retarget", exit, to })}
        />
        {exit.from !== null && (
          <SpaceBetween direction="horizontal" size="xs">
            <Button onClick={() => designer.select([{ scope: exit.scope, name: exit.from ?? "" }])}>
              {t("Edit {from}", { from: exit.from })}
            </Button>
            {edge.kind !== "end" && (
              <Button
                iconName="remove"
                onClick={() =>
                  designer.edit({ type: "removeExit", exit }) && designer.selectEdge(null)
                }
              >
                {t("Remove")}
              </Button>
            )}
          </SpaceBetween>
        )}
        <Box color="text-body-secondary">
          {t("Or drag the blue dot at its end to another state.")}
        </Box>
      </SpaceBetween>
    </Panel>
  );
}
