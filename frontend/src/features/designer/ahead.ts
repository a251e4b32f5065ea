import { getMachine } from "../../api/client";
import type { Machine } from "../../api/types";
import { parseText } from "../../asl/document";
import { toGraph } from "../../asl/graph";
import { isObject } from "../../asl/model";
import { layouter } from "../../canvas/elk";

let asked: { readonly id: string; readonly machine: Promise<Machine> } | null = null;

/** Before there is a page: asks for a machine, and has its graph laid out as soon as it is there. */
export function askAhead(id: string): void {
  const machine = getMachine(id);
  asked = { id, machine };
  machine.then(
    ({ draft, definition, format }) => {
      const parsed = parseText(draft?.text ?? definition, draft?.format ?? format);
      if (parsed.ok && isObject(parsed.value)) layouter().known(toGraph(parsed.value));
    },
    // Whoever opens the machine hears of it.
    () => undefined,
  );
}

/** The answer that was asked for ahead, for the one who opens with it; a second one asks anew. */
export function takeAhead(id: string): Promise<Machine> | null {
  const found = asked?.id === id ? asked.machine : null;
  asked = null;
  return found;
}
