import type { Json } from "../asl/model";
import { apiUrl, call } from "./http";
import type {
  Deletion,
  Draft,
  Execution,
  ExecutionStatus,
  ExecutionSummary,
  Format,
  FunctionInfo,
  History,
  Machine,
  MachineSummary,
  Page,
  Revision,
  Sample,
  Session,
  Share,
  SharedMachine,
  TaskAttempt,
  Token,
  Validation,
} from "./types";

/** One function a row of the REST reference. Only this folder talks to the network. */
const part = encodeURIComponent;
const revisionTag = (revision: number) => `"r${revision}"`;
const draftTag = (saves: number) => `"d${saves}"`;

export const signIn = (token: string) =>
  call<Session>("session/", { method: "POST", body: { token } });
export const getSession = () => call<Session>("session/");
export const signOut = () => call<void>("session/", { method: "DELETE" });

export const listTokens = () => call<Page<Token>>("tokens/");
export const createToken = (name: string) =>
  call<Token>("tokens/", { method: "POST", body: { name } });
export const deleteToken = (id: string) => call<void>(`tokens/${part(id)}/`, { method: "DELETE" });

export const listMachines = (query: { search?: string; cursor?: string | null }) =>
  call<Page<MachineSummary>>("machines/", { query });
export const createMachine = (body: {
  name: string;
  definition: string;
  format?: Format;
  description?: string;
}) => call<Machine>("machines/", { method: "POST", body });
export const importMachine = (body: { content: string; format?: Format; name?: string }) =>
  call<Machine>("machines/import/", { method: "POST", body });
export const getMachine = (id: string) => call<Machine>(`machines/${part(id)}/`);
export const patchMachine = (id: string, body: { name?: string; description?: string }) =>
  call<Machine>(`machines/${part(id)}/`, { method: "PATCH", body });
export const getDeletion = (id: string) => call<Deletion>(`machines/${part(id)}/deletion/`);
export const deleteMachine = (id: string) =>
  call<Machine | undefined>(`machines/${part(id)}/`, { method: "DELETE" });

/** `saves` is the count of the draft that this one replaces; null when there is none yet. */
export const putDraft = (
  id: string,
  body: { text: string; format: Format; base_revision: number },
  saves: number | null,
) =>
  call<Draft>(`machines/${part(id)}/draft/`, {
    method: "PUT",
    body,
    headers: saves === null ? { "If-None-Match": "*" } : { "If-Match": draftTag(saves) },
  });
export const deleteDraft = (id: string, saves: number) =>
  call<void>(`machines/${part(id)}/draft/`, {
    method: "DELETE",
    headers: { "If-Match": draftTag(saves) },
  });

export const listRevisions = (id: string, cursor?: string | null) =>
  call<Page<Revision>>(`machines/${part(id)}/revisions/`, { query: { cursor } });
export const getRevision = (id: string, number: number) =>
  call<Revision>(`machines/${part(id)}/revisions/${number}/`);
export const createRevision = (
  id: string,
  body: { definition: string; format: Format; comment: string },
  head: number,
) =>
  call<Revision>(`machines/${part(id)}/revisions/`, {
    method: "POST",
    body,
    headers: { "If-Match": revisionTag(head) },
  });

export const exportUrl = (id: string, format: Format, revision?: number) =>
  apiUrl(`machines/${part(id)}/export/`, { format, revision });
export const bundleUrl = (id: string) => apiUrl(`machines/${part(id)}/bundle/`);
export const pictureUrl = (
  id: string,
  kind: "svg" | "png",
  query: { revision?: number; theme?: "light" | "dark" } = {},
) => apiUrl(`machines/${part(id)}/graph.${kind}`, query);
export const executionPictureUrl = (id: string, kind: "svg" | "png") =>
  apiUrl(`executions/${part(id)}/graph.${kind}`);

export const listShares = (id: string) => call<Page<Share>>(`machines/${part(id)}/shares/`);
export const createShare = (id: string, body: { expires_at?: string }) =>
  call<Share>(`machines/${part(id)}/shares/`, { method: "POST", body });
export const revokeShare = (id: string, share: string) =>
  call<void>(`machines/${part(id)}/shares/${part(share)}/`, { method: "DELETE" });

export const validate = (
  body: { definition: string; format: Format; document_version: number },
  signal?: AbortSignal,
) => call<Validation>("validate/", { method: "POST", body, ...(signal ? { signal } : {}) });
export const listFunctions = () => call<{ results: FunctionInfo[]; folder: string }>("functions/");
export const listSamples = () => call<{ results: Sample[] }>("samples/");

export const getShared = (token: string) => call<SharedMachine>(`shared/${part(token)}/`);
export const copyShared = (token: string) =>
  call<Machine>(`shared/${part(token)}/copy/`, { method: "POST", body: {} });

export const startExecution = (machine: string, body: { input: Json; name?: string }) =>
  call<Execution>(`machines/${part(machine)}/executions/`, { method: "POST", body });
export const listExecutions = (query: {
  machine?: string;
  status?: ExecutionStatus | "";
  search?: string;
  cursor?: string | null;
}) => call<Page<ExecutionSummary>>("executions/", { query });
export const getExecution = (id: string) => call<Execution>(`executions/${part(id)}/`);
export const stopExecution = (id: string, body: { error?: string; cause?: string }) =>
  call<Execution>(`executions/${part(id)}/stop/`, { method: "POST", body });
export const retryExecution = (id: string) =>
  call<Execution>(`executions/${part(id)}/retry/`, { method: "POST", body: {} });
export const getHistory = (id: string, after: number, limit = 1000) =>
  call<History>(`executions/${part(id)}/history/`, { query: { after, limit } });
export const listTasks = (id: string, state: string) =>
  call<Page<TaskAttempt>>(`executions/${part(id)}/tasks/`, { query: { state } });
export const getExecutionDefinition = (id: string) =>
  call<Revision>(`executions/${part(id)}/definition/`);
