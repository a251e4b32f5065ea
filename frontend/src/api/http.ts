import type { Diagnostic } from "./types";

/** What the server says when it refuses: RFC 9457 problem details. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly diagnostics: readonly Diagnostic[],
    /** Members of the problem beyond the common ones, such as `yours` and `theirs`. */
    readonly body: Readonly<Record<string, unknown>>,
  ) {
    super(message);
  }
}

export interface Call {
  readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly query?: Readonly<Record<string, string | number | boolean | null | undefined>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

function csrfToken(): string {
  return /(?:^|;\s*)csrftoken=([^;]*)/.exec(document.cookie)?.[1] ?? "";
}

export function apiUrl(path: string, query: Call["query"] = {}): string {
  const pairs = Object.entries(query).filter(
    ([, value]) => value !== undefined && value !== null && value !== "",
  );
  const search = new URLSearchParams(pairs.map(([key, value]) => [key, String(value)])).toString();
  return `/api/${path}${search ? `?${search}` : ""}`;
}

export async function call<T>(path: string, options: Call = {}): Promise<T> {
  const { method = "GET", query, body, headers, signal } = options;
  let response: Response;
  try {
    response = await fetch(apiUrl(path, query), {
      method,
      credentials: "same-origin",
      headers: {
        Accept: "application/json",
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...(method === "GET" ? {} : { "X-CSRFToken": csrfToken() }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Problem(
      0,
      "Offline",
      "The server cannot be reached. Is Treadle still running?",
      [],
      {},
    );
  }
  if (response.status === 204) return undefined as T;
  const text = await response.text();
  let data: unknown = null;
  try {
    data = text === "" ? null : JSON.parse(text);
  } catch {
    if (response.ok)
      throw new Problem(response.status, "NotJson", "The server's answer is not JSON", [], {});
  }
  if (response.ok) return data as T;
  throw problemOf(response, data);
}

function problemOf(response: Response, data: unknown): Problem {
  const body = (typeof data === "object" && data !== null ? data : {}) as Record<string, unknown>;
  const said = [body.detail, body.title].find((part) => typeof part === "string" && part !== "");
  return new Problem(
    response.status,
    typeof body.code === "string" ? body.code : `Http${response.status}`,
    typeof said === "string"
      ? said
      : `The server answered ${response.status} ${response.statusText}`,
    Array.isArray(body.diagnostics) ? (body.diagnostics as Diagnostic[]) : [],
    body,
  );
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
