import type { JsonObject } from "../asl/model";
import type { components } from "./schema";

/** What sockets send. They are not part of the served schema; docs/reference/rest-api.md, "Sockets". */
type Schemas = components["schemas"];

export interface HistoryEvent extends Omit<Schemas["Event"], "details"> {
  readonly details?: JsonObject;
}
export type ExecutionFrame =
  | {
      readonly type: "events";
      readonly events: HistoryEvent[];
      readonly last_event_id: number;
      readonly status: Schemas["ExecutionStatus"];
      readonly stopped_at: string | null;
    }
  | { readonly type: "heartbeat"; readonly at: string };
export type ListFrame =
  | { readonly type: "execution"; readonly execution: Schemas["ExecutionSummary"] }
  | { readonly type: "heartbeat"; readonly at: string };
