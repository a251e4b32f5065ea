import type { Json } from "../asl/model";

/** The shapes of docs/reference/rest-api.md. */
export type Format = "json" | "yaml";
export type ExecutionStatus = "RUNNING" | "SUCCEEDED" | "FAILED" | "TIMED_OUT" | "ABORTED";
export interface Page<T> {
  results: T[];
  next: string | null;
}
export interface Session {
  user: { id: string | number; name: string };
  version: string;
  limits: { definition_bytes: number; payload_bytes: number; history_events: number };
}
export interface Token {
  id: string;
  name: string;
  created_at: string;
  last_used_at: string | null;
  token?: string;
}
export interface ExecutionSummary {
  id: string;
  arn: string;
  name: string;
  machine: { id: string; name: string };
  revision: number;
  status: ExecutionStatus;
  started_at: string;
  stopped_at: string | null;
  stuck: boolean;
}
export interface Execution extends ExecutionSummary {
  input: Json;
  output: Json;
  error: string | null;
  cause: string | null;
  last_event_id: number;
  stuck_reason: string | null;
}
export interface MachineSummary {
  id: string;
  arn: string;
  name: string;
  description: string;
  type: string;
  status: "ACTIVE" | "DELETING";
  revision: number;
  created_at: string;
  updated_at: string;
  has_draft: boolean;
  counts: {
    running: number;
    succeeded: number;
    failed: number;
    timed_out: number;
    aborted: number;
  };
  last_execution: ExecutionSummary | null;
}
export interface Draft {
  text: string;
  format: Format;
  base_revision: number;
  saves: number;
  updated_at: string;
  author: string | null;
}
export interface Machine extends MachineSummary {
  definition: string;
  format: Format;
  draft: Draft | null;
}
export interface Revision {
  number: number;
  definition?: string;
  format: Format;
  comment: string;
  created_at: string;
  author: string | null;
}
export interface Share {
  id: string;
  created_at: string;
  expires_at: string | null;
  revoked_at: string | null;
  last_seen_at: string | null;
  url?: string;
  svg_url?: string;
}
export interface Deletion {
  revisions: number;
  executions: number;
  running_executions: number;
  share_links: number;
}
export interface Diagnostic {
  severity: "ERROR" | "WARNING" | string;
  code: string;
  message: string;
  pointer: string | null;
  line: number | null;
  column: number | null;
}
export interface Validation {
  valid: boolean;
  diagnostics: Diagnostic[];
  document_version: number | null;
}
export interface FunctionInfo {
  name: string;
  arn: string;
  description: string;
  file: string;
}
export interface Sample {
  name: string;
  title: string;
  description: string;
  definition: string | Json;
  input: Json;
}
export interface SharedMachine {
  name: string;
  description: string;
  type: string;
  revision: number;
  definition: string;
  format: Format;
  updated_at: string;
}
export interface HistoryEvent {
  id: number;
  previous_event_id: number;
  type: string;
  timestamp: string;
  scope: string;
  state: string | null;
  note: "retry" | "caught" | "fatal" | null;
  details?: { [key: string]: Json };
}
export interface History {
  events: HistoryEvent[];
  last_event_id: number;
  status: ExecutionStatus;
}
export interface TaskAttempt {
  id: string;
  state: string;
  scope: string;
  attempt: number;
  resource: string;
  status: string;
  scheduled_at: string;
  begun_at: string | null;
  ended_at: string | null;
  worker: string | null;
  error: string | null;
  cause: string | null;
  logs: string;
  logs_truncated: boolean;
}
export type ExecutionFrame =
  | {
      type: "events";
      events: HistoryEvent[];
      last_event_id: number;
      status: ExecutionStatus;
      stopped_at: string | null;
    }
  | { type: "heartbeat"; at: string };
export type ListFrame =
  | { type: "execution"; execution: ExecutionSummary }
  | { type: "heartbeat"; at: string };
