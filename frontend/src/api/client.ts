import type { Json } from "../asl/model";
import { apiUrl, ask, client } from "./http";
import type { components } from "./schema";
import type { Execution, ExecutionStatus, Format, History } from "./types";

type Schemas = components["schemas"];

/** One function a row of the REST reference. Only this folder talks to the network. */
const part = encodeURIComponent;
const machine = (machine_id: string) => ({ path: { machine_id } });
const execution = (execution_id: string) => ({ path: { execution_id } });
const given = (value: string | null | undefined) => value || undefined;

export const signIn = (token: string) => ask(client.POST("/api/session/", { body: { token } }));
export const getSession = () => ask(client.GET("/api/session/"));
export const signOut = () => ask(client.DELETE("/api/session/"));

export const listTokens = () => ask(client.GET("/api/tokens/"));
export const createToken = (name: string) => ask(client.POST("/api/tokens/", { body: { name } }));
export const deleteToken = (token_id: string) =>
  ask(client.DELETE("/api/tokens/{token_id}/", { params: { path: { token_id } } }));

export const listAccessKeys = () => ask(client.GET("/api/access-keys/"));
export const createAccessKey = (name: string) =>
  ask(client.POST("/api/access-keys/", { body: { name } }));
export const deleteAccessKey = (key_id: string) =>
  ask(client.DELETE("/api/access-keys/{key_id}/", { params: { path: { key_id } } }));

export const listConnections = () =>
  ask(client.GET("/api/connections/", { params: { query: { limit: 200 } } }));
type Authorisation = Schemas["AuthorisationInputRequest"];
export const createConnection = (body: Authorisation & { name: string }) =>
  ask(client.POST("/api/connections/", { body }));
export const updateConnection = (connection_id: string, body: Authorisation) =>
  ask(
    client.PUT("/api/connections/{connection_id}/", { params: { path: { connection_id } }, body }),
  );
export const deleteConnection = (connection_id: string) =>
  ask(client.DELETE("/api/connections/{connection_id}/", { params: { path: { connection_id } } }));

export const listMachines = (query: { search?: string; cursor?: string | null }) =>
  ask(
    client.GET("/api/machines/", {
      params: { query: { search: given(query.search), cursor: given(query.cursor) } },
    }),
  );
export const createMachine = (body: {
  name: string;
  definition: string;
  format: Format;
  description?: string;
}) => ask(client.POST("/api/machines/", { body: { description: "", ...body } }));
export const importMachine = (body: { content: string; format?: Format; name?: string }) =>
  ask(client.POST("/api/machines/import/", { body }));
export const getMachine = (id: string) =>
  ask(client.GET("/api/machines/{machine_id}/", { params: machine(id) }));
export const patchMachine = (id: string, body: { name?: string; description?: string }) =>
  ask(client.PATCH("/api/machines/{machine_id}/", { params: machine(id), body }));
export const getDeletion = (id: string) =>
  ask(client.GET("/api/machines/{machine_id}/deletion/", { params: machine(id) }));
/** Answers the machine while it waits for its executions, nothing when it is gone at once. */
export const deleteMachine = (id: string) =>
  ask(client.DELETE("/api/machines/{machine_id}/", { params: machine(id) }));

/** `saves` is the count of the draft that this one replaces; null when there is none yet. */
export const putDraft = (
  id: string,
  body: { text: string; format: Format; base_revision: number },
  saves: number | null,
) => {
  const header = saves === null ? { "If-None-Match": "*" } : { "If-Match": `"d${saves}"` };
  return ask(
    client.PUT("/api/machines/{machine_id}/draft/", { params: { ...machine(id), header }, body }),
  );
};
export const deleteDraft = (id: string, saves: number) =>
  ask(
    client.DELETE("/api/machines/{machine_id}/draft/", {
      params: { ...machine(id), header: { "If-Match": `"d${saves}"` } },
    }),
  );

export const listRevisions = (id: string, cursor: string | null) =>
  ask(
    client.GET("/api/machines/{machine_id}/revisions/", {
      params: { ...machine(id), query: { cursor: given(cursor) } },
    }),
  );
export const getRevision = (machine_id: string, number: number) =>
  ask(
    client.GET("/api/machines/{machine_id}/revisions/{number}/", {
      params: { path: { machine_id, number } },
    }),
  );
/** `head` and `draft` are what it takes the place of: the number of a revision, the count of a draft or none. */
export const createRevision = (
  id: string,
  body: { definition: string; format: Format; comment: string; draft: number | null },
  head: number,
) =>
  ask(
    client.POST("/api/machines/{machine_id}/revisions/", {
      params: { ...machine(id), header: { "If-Match": `"r${head}"` } },
      body,
    }),
  );

export const listVersions = (id: string) =>
  ask(
    client.GET("/api/machines/{machine_id}/versions/", {
      params: { ...machine(id), query: { limit: 200 } },
    }),
  );
export const publishVersion = (id: string, description: string) =>
  ask(
    client.POST("/api/machines/{machine_id}/versions/", {
      params: machine(id),
      body: { description },
    }),
  );
export const deleteVersion = (machine_id: string, number: number) =>
  ask(
    client.DELETE("/api/machines/{machine_id}/versions/{number}/", {
      params: { path: { machine_id, number } },
    }),
  );
export const listAliases = (id: string) =>
  ask(
    client.GET("/api/machines/{machine_id}/aliases/", {
      params: { ...machine(id), query: { limit: 200 } },
    }),
  );
interface AliasBody {
  description: string;
  routes: { version: number; weight: number }[];
}
export const createAlias = (id: string, body: AliasBody & { name: string }) =>
  ask(client.POST("/api/machines/{machine_id}/aliases/", { params: machine(id), body }));
export const updateAlias = (machine_id: string, name: string, body: AliasBody) =>
  ask(
    client.PATCH("/api/machines/{machine_id}/aliases/{name}/", {
      params: { path: { machine_id, name } },
      body,
    }),
  );
export const deleteAlias = (machine_id: string, name: string) =>
  ask(
    client.DELETE("/api/machines/{machine_id}/aliases/{name}/", {
      params: { path: { machine_id, name } },
    }),
  );

export const exportUrl = (id: string, format: Format, revision?: number) =>
  apiUrl(`machines/${part(id)}/export/`, { format, revision });
export const bundleUrl = (id: string) => apiUrl(`machines/${part(id)}/bundle/`);
export const pictureUrl = (
  id: string,
  kind: "svg" | "png",
  query: { revision?: number; theme?: "light" | "dark" } = {},
) => apiUrl(`machines/${part(id)}/graph.${kind}`, query);

export const listShares = (id: string) =>
  ask(client.GET("/api/machines/{machine_id}/shares/", { params: machine(id) }));
export const createShare = (id: string, body: { expires_at?: string }) =>
  ask(client.POST("/api/machines/{machine_id}/shares/", { params: machine(id), body }));
export const revokeShare = (machine_id: string, share_id: string) =>
  ask(
    client.DELETE("/api/machines/{machine_id}/shares/{share_id}/", {
      params: { path: { machine_id, share_id } },
    }),
  );

export const validate = (
  body: { definition: string; format: Format; document_version: number },
  signal: AbortSignal,
) => ask(client.POST("/api/validate/", { body, signal }));
export const listFunctions = () => ask(client.GET("/api/functions/"));
export const listIntegrations = () => ask(client.GET("/api/integrations/"));
export const listCeleryTasks = () => ask(client.GET("/api/integrations/celery/"));
export const listSamples = () => ask(client.GET("/api/samples/"));

export const getShared = (token: string) =>
  ask(client.GET("/api/shared/{token}/", { params: { path: { token } } }));
export const copyShared = (token: string) =>
  ask(client.POST("/api/shared/{token}/copy/", { params: { path: { token } } }));

export const startExecution = (
  id: string,
  body: { input: Json; name?: string; version?: number; alias?: string },
) => ask(client.POST("/api/machines/{machine_id}/executions/", { params: machine(id), body }));
export const listExecutions = (query: {
  machine?: string;
  status?: ExecutionStatus | "";
  search?: string;
  map_run?: string;
  cursor?: string | null;
}) =>
  ask(
    client.GET("/api/executions/", {
      params: {
        query: {
          machine: given(query.machine),
          status: given(query.status),
          search: given(query.search),
          map_run: given(query.map_run),
          cursor: given(query.cursor),
        },
      },
    }),
  );
export const getExecution = (id: string) =>
  ask(
    client.GET("/api/executions/{execution_id}/", { params: execution(id) }),
  ) as Promise<Execution>;
export const stopExecution = (id: string, body: { error?: string; cause?: string }) =>
  ask(client.POST("/api/executions/{execution_id}/stop/", { params: execution(id), body }));
export const retryExecution = (id: string) =>
  ask(client.POST("/api/executions/{execution_id}/retry/", { params: execution(id) }));
export const listMapRuns = (id: string) =>
  ask(client.GET("/api/executions/{execution_id}/map-runs/", { params: execution(id) }));
export const redriveExecution = (id: string) =>
  ask(client.POST("/api/executions/{execution_id}/redrive/", { params: execution(id) }));
export const getHistory = (id: string, after: number, limit = 1000) =>
  ask(
    client.GET("/api/executions/{execution_id}/history/", {
      params: { ...execution(id), query: { after, limit } },
    }),
  ) as Promise<History>;
export const listTasks = (id: string, state: string) =>
  ask(
    client.GET("/api/executions/{execution_id}/tasks/", {
      params: { ...execution(id), query: { state } },
    }),
  );
export const getExecutionDefinition = (id: string) =>
  ask(client.GET("/api/executions/{execution_id}/definition/", { params: execution(id) }));

export interface MockBody {
  result?: Json;
  error?: string;
  cause?: string;
  milliseconds: number;
}
/** Run a definition on the server's virtual clock: nothing is stored, nothing real is called. */
export const simulate = (body: {
  definition: string;
  format: Format;
  input: Json;
  mocks: Record<string, MockBody[]>;
  items: Record<string, Json[]>;
}) => ask(client.POST("/api/simulate/", { body }));
export const testState = (body: {
  definition: string;
  format: Format;
  state: string;
  input: Json;
  variables: Record<string, Json>;
  inspection_level: "INFO" | "DEBUG" | "TRACE";
  mock: MockBody | null;
}) => ask(client.POST("/api/test-state/", { body: { retries: 0, ...body } }));
/** States of a draft as they would be in JSONata: nothing is changed by asking. */
export const convertStates = (
  id: string,
  body: {
    definition: string;
    format: Format;
    state: string | null;
    samples: { input: Json; variables: Record<string, Json>; answer: MockBody | null }[];
  },
) => ask(client.POST("/api/machines/{machine_id}/conversion/", { params: machine(id), body }));
/** What the latest executions began with, and the shape of it. */
export const listInputs = (id: string) =>
  ask(client.GET("/api/machines/{machine_id}/inputs/", { params: machine(id) }));
/** Actions of all AWS services: the server searches, a page holds the likeliest. */
export const searchSdkActions = (search: string, signal?: AbortSignal) =>
  ask(
    client.GET("/api/integrations/aws-sdk-actions/", {
      params: { query: { search, limit: 30 } },
      ...(signal ? { signal } : {}),
    }),
  );
export const getSdkAction = (service: string, action: string) =>
  ask(
    client.GET("/api/integrations/aws-sdk/{service}/{action}/", {
      params: { path: { service, action } },
    }),
  );
export const listActivities = () =>
  ask(client.GET("/api/activities/", { params: { query: { limit: 200 } } }));
