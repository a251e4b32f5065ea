import type { GraphNode, GraphScope } from "./graph";
import { walkNodes } from "./graph";

/** The graph with some containers drawn as one box that tells how many states it hides. */
export function fold(graph: GraphScope, folded: ReadonlySet<string>): GraphScope {
  if (folded.size === 0) return graph;
  return foldScope(graph, folded);
}

function foldScope(scope: GraphScope, folded: ReadonlySet<string>): GraphScope {
  let changed = false;
  const nodes = scope.nodes.map((node): GraphNode => {
    if (node.inner.length === 0) return node;
    if (folded.has(node.id)) {
      changed = true;
      return { ...node, inner: [], hidden: hiddenIn(node) };
    }
    const inner = node.inner.map((part) => foldScope(part, folded));
    if (inner.every((part, i) => part === node.inner[i])) return node;
    changed = true;
    return { ...node, inner };
  });
  return changed ? { ...scope, nodes } : scope;
}

export function hiddenIn(node: GraphNode): number {
  return node.inner.reduce((sum, part) => sum + [...walkNodes(part)].length, 0);
}

/** The ids of the containers around a node, outermost first. */
export function containersOf(graph: GraphScope, id: string): string[] {
  return [...walkNodes(graph)]
    .filter((node) => node.inner.length > 0 && id.startsWith(`${node.id}/`))
    .map((node) => node.id);
}
