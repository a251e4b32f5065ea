import type { GraphScope } from "./graph";

/** The machine as a Mermaid state diagram, for a README or a wiki: containers are composite states. */
export function toMermaid(graph: GraphScope): string {
  const lines = ["stateDiagram-v2"];
  let made = 0;
  const ids = new Map<string, string>();
  const idOf = (id: string) => {
    const known = ids.get(id);
    if (known) return known;
    const fresh = `s${++made}`;
    ids.set(id, fresh);
    return fresh;
  };
  const scope = (part: GraphScope, indent: string) => {
    for (const node of part.nodes) {
      const id = idOf(node.id);
      lines.push(`${indent}state "${quoted(node.name)}" as ${id}`);
      if (node.inner.length === 0) continue;
      lines.push(`${indent}state ${id} {`);
      node.inner.forEach((inner, i) => {
        if (i > 0) lines.push(`${indent}  --`);
        scope(inner, `${indent}  `);
      });
      lines.push(`${indent}}`);
    }
    const first = part.nodes[0];
    if (first && part.start === null) lines.push(`${indent}[*] --> ${idOf(first.id)}`);
    for (const edge of part.edges) {
      const from = edge.source === part.start ? "[*]" : idOf(edge.source);
      const to = edge.target === part.end ? "[*]" : idOf(edge.target);
      const label = edge.label ? `: ${labelled(edge.label)}` : "";
      lines.push(`${indent}${from} --> ${to}${label}`);
    }
  };
  scope(graph, "  ");
  return `${lines.join("\n")}\n`;
}

/** Inside quotation marks Mermaid has no escape for one. */
function quoted(text: string): string {
  return text.replaceAll('"', "'").replace(/[\r\n]+/g, " ");
}

/** A label ends with its line, and a semicolon or a hash would begin something else. */
function labelled(text: string): string {
  return text
    .replace(/[\r\n]+/g, " ")
    .replaceAll("#", "#35;")
    .replaceAll(";", "#59;");
}
