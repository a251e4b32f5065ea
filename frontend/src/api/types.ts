import type { Json } from "../asl/model";
import type { HistoryEvent as SocketEvent } from "./frames";
import type { components } from "./schema";

/** Names for the shapes of the served schema; `npm run types` makes schema.d.ts anew. */
type Schemas = components["schemas"];

export type Format = Schemas["DefinitionFormat"];
export type ExecutionStatus = Schemas["ExecutionStatus"];
export type Session = Schemas["Session"];
export type ExecutionSummary = Schemas["ExecutionSummary"];
/** Payloads are any JSON; the schema can only say `unknown`. */
export type Execution = Schemas["Execution"] & { readonly input: Json; readonly output: Json };
export type MachineSummary = Schemas["MachineSummary"];
export type Machine = Schemas["Machine"];
export type Draft = Schemas["Draft"];
export type Revision = Schemas["Revision"];
export type RevisionSummary = Schemas["RevisionSummary"];
export type Version = Schemas["Version"];
export type Alias = Schemas["Alias"];
export type Route = Schemas["Route"];
export type Connection = Schemas["Connection"];
export type Share = Schemas["Share"];
export type Deletion = Schemas["Deletion"];
export type Diagnostic = Schemas["Diagnostic"];
export type Validation = Schemas["Validation"];
export type FunctionInfo = Schemas["Function"];
export type Activity = Schemas["Activity"];
export type SdkAction = Schemas["SdkAction"];
export type CeleryTask = Schemas["CeleryTask"];
/** A state as it would be in JSONata, and how both forms did on the same data. */
export type ConvertedState = Schemas["ConvertedState"];
export type Compared = Schemas["Compared"];
export type Sample = Schemas["Sample"];
export type SharedMachine = Schemas["SharedMachine"];
export type MapRun = Schemas["MapRun"];
export type TaskAttempt = Schemas["TaskAttempt"];
export type HistoryEvent = SocketEvent;
export type SimulatedEvent = Schemas["SimulatedEvent"];
export interface Page<T> {
  readonly results: readonly T[];
  readonly next: string | null;
}
/** A history page; its events carry details, those of a socket's frame do not. */
export interface History extends Omit<Schemas["History"], "events"> {
  readonly events: HistoryEvent[];
}
export type { ExecutionFrame, ListFrame } from "./frames";
