import { useEffect, useState } from "react";
import type { Machine } from "../../api/types";
import { fold } from "../../asl/fold";
import { layouter } from "../../canvas/elk";
import { type Drafts, newDrafts } from "./draft";
import { opening } from "./kept";
import { type Later, newLater } from "./later";
import { type Designer, type DesignerState, newDesigner } from "./store";

export interface EditingSession {
  /** Code and graph, as one document. */
  readonly designer: Designer;
  /** What the server has of it. */
  readonly drafts: Drafts;
  /** The same document for what may be drawn after the graph. */
  readonly later: Later;
}

/** A machine as long as it is open: begun with what was edited last, wherever that is kept. */
export function useEditingSession(machine: Machine): EditingSession {
  const [session] = useState(() => {
    const begun = opening(machine);
    const designer = newDesigner(begun.text, begun.format);
    layoutAhead(designer);
    const drafts = newDrafts(machine, designer, begun);
    return { designer, drafts, later: newLater(designer) };
  });
  const { drafts, later } = session;
  useEffect(() => drafts.start(), [drafts]);
  useEffect(() => later.start(), [later]);
  return session;
}

/** The worker begins with an edit, not after React has drawn all else that follows from it; the layouter keeps the result. */
function layoutAhead(designer: Designer): void {
  const begin = ({ graph, folded }: DesignerState) => {
    if (graph)
      layouter()
        .layout(fold(graph, folded))
        .catch(() => undefined);
  };
  begin(designer.getState());
  designer.subscribe((now, before) => {
    if (now.graph !== before.graph || now.folded !== before.folded) begin(now);
  });
}
