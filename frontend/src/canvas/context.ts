import { createContext, useContext } from "react";
import type { Mark } from "../asl/compare";
import type { Exit } from "../asl/edits";
import type { Path } from "../asl/model";

/** What boxes and lines need to know of the canvas around them. */
export interface CanvasActions {
  readonly mode: "edit" | "view";
  /** Node ids with the number of problems of each severity. */
  readonly problems: ReadonlyMap<string, { errors: number; warnings: number }>;
  readonly selectedEdge: string | null;
  /** The edge or the empty scope that would take what is being dragged. */
  readonly lit: string | null;
  readonly focusId: string | null;
  /** By name of the state: how it differs from another definition. */
  readonly marks: ReadonlyMap<string, Mark>;
  insertAt(exit: Exit, at: { x: number; y: number }): void;
  addTo(scope: Path, at: { x: number; y: number }): void;
  selectEdge(id: string): void;
  beginReconnect(edgeId: string, event: React.PointerEvent): void;
  rename(id: string): void;
  fold(id: string): void;
  /** What can be done with a box, asked for at a place of the page. */
  menu(id: string, at: { x: number; y: number }): void;
}

export const CanvasContext = createContext<CanvasActions | null>(null);

export function useCanvas(): CanvasActions {
  const actions = useContext(CanvasContext);
  if (actions === null) throw new Error("a node outside a canvas");
  return actions;
}
