import createClient, { type Middleware } from "openapi-fetch";
import { isLanguage, type Language, language, t } from "../i18n";
import { beginning, noteLost, noteReached } from "./reach";
import type { paths } from "./schema";
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

/** Which of its languages the server takes from what the browser asks for. */
function browsers(): Language {
  return navigator.languages.map((tag) => tag.slice(0, 2)).find(isLanguage) ?? "en";
}

/**
 * What the server says, it says in the language that was chosen here, which need not be the browser's. Where it is,
 * nothing is added: what the shell had fetched ahead is taken only by a request that is the same.
 */
const spoken: Middleware = {
  onRequest({ request }) {
    if (browsers() !== language) request.headers.set("Accept-Language", language);
  },
};

const csrf: Middleware = {
  onRequest({ request }) {
    if (request.method === "GET") return;
    const token = /(?:^|;\s*)csrftoken=([^;]*)/.exec(document.cookie)?.[1];
    if (token !== undefined) request.headers.set("X-CSRFToken", token);
  },
};

export const client = createClient<paths>({ baseUrl: "/", credentials: "same-origin" });
client.use(csrf, spoken);

interface Answer<T> {
  readonly data?: T;
  readonly error?: unknown;
  readonly response: Response;
}

/** The data of an answer; anything else is thrown as a Problem. */
export async function ask<T>(asked: Promise<Answer<T>>): Promise<T> {
  const began = beginning();
  let answer: Answer<T>;
  try {
    answer = await asked;
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    noteLost();
    throw new Problem(
      0,
      "Offline",
      t("The server cannot be reached. Is Treadle still running?"),
      [],
      {},
    );
  }
  noteReached(began);
  if (answer.response.ok) return answer.data as T;
  throw problemOf(answer.response, answer.error);
}

function problemOf(response: Response, error: unknown): Problem {
  const body = (typeof error === "object" && error !== null ? error : {}) as Record<
    string,
    unknown
  >;
  const said = [body.detail, body.title].find((part) => typeof part === "string" && part !== "");
  return new Problem(
    response.status,
    typeof body.code === "string" ? body.code : `Http${response.status}`,
    typeof said === "string"
      ? said
      : t("The server answered {status}", { status: `${response.status} ${response.statusText}` }),
    Array.isArray(body.diagnostics) ? (body.diagnostics as Diagnostic[]) : [],
    body,
  );
}

/**
 * What keeps a page from being shown: that its thing was never had, or that it is had no more. A server that is silent
 * for a moment takes nothing away that stands on the page already.
 */
export function barring(query: { readonly data: unknown; readonly error: Error | null }) {
  const { data, error } = query;
  const refused = error instanceof Problem && error.status >= 400 && error.status < 500;
  return data === undefined || refused ? error : null;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** An address for links and pictures, which the browser fetches by itself. */
export function apiUrl(
  path: string,
  query: Record<string, string | number | undefined> = {},
): string {
  const pairs = Object.entries(query).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, String(value)]],
  );
  const search = new URLSearchParams(pairs).toString();
  return `/api/${path}${search ? `?${search}` : ""}`;
}
