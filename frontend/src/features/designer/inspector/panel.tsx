import Box from "@cloudscape-design/components/box";
import type { ReactNode } from "react";
import type { StateRef } from "../../../asl/edits";
import { at, isObject, type Json, type JsonObject, type Path } from "../../../asl/model";
import type { Designer } from "../store";

/** What every form of a state is given. */
export interface PanelProps {
  readonly designer: Designer;
  readonly reference: StateRef;
  readonly path: Path;
  readonly state: JsonObject;
  readonly root: Json | undefined;
  /** The other states of the part, where a transition may lead. */
  readonly names: readonly string[];
  /** Whether the expressions of this state are JSONata. */
  readonly jsonata: boolean;
  readonly set: (key: string, value: Json | undefined) => void;
  /** Opens the dialog that writes the state anew in JSONata. */
  readonly convert: (state: string) => void;
  readonly setIn: (keys: readonly string[], value: Json | undefined) => void;
}

export function scopeNames(root: Json | undefined, scope: Path): string[] {
  const states = at(root, [...scope, "States"]);
  return isObject(states) ? Object.keys(states) : [];
}

export function Panel(props: { title: string; subtitle: string; children: ReactNode }) {
  return (
    <div className="inspector">
      <div className="inspector-title">
        <Box variant="h3" tagOverride="h2">
          {props.title}
        </Box>
        <Box color="text-body-secondary">{props.subtitle}</Box>
      </div>
      <div className="inspector-body">{props.children}</div>
    </div>
  );
}
