import createClient from "openapi-fetch";

import { connectionLost } from "./connection";
import { takeEarly } from "./early";
import { Problem, Unreachable } from "./problem";
import type { paths } from "./schema";

const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

/** `fetch` with the session of this browser; says when nothing answers, and when the session has ended. */
export async function platformFetch(request: Request): Promise<Response> {
  if (!SAFE_METHODS.has(request.method))
    request.headers.set("x-csrf-token", cookie("trine_csrf") || cookie("__Host-trine_csrf"));
  let response: Response;
  try {
    response = (await takeEarly(request)) ?? (await fetch(request));
  } catch (error) {
    if (request.signal.aborted) throw error;
    connectionLost();
    throw new Unreachable("the platform does not answer", { cause: error });
  }
  if (await isAway(response)) {
    connectionLost();
    throw new Unreachable(`the platform is not ready (${response.status})`);
  }
  return response;
}

export const api = createClient<paths>({ baseUrl: window.location.origin, fetch: platformFetch });

/** The body of an answer; throws `Problem` where the platform refused. */
export async function body<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await call;
  if (!response.ok) throw Problem.from(response.status, error);
  return data as T;
}

/** A thing, and the tag of its version: what `If-Match` says of a change. */
export interface Tagged<T> {
  value: T;
  etag: string;
}

/** As `body`, of an answer that says which version it is. */
export async function tagged<T>(call: Parameters<typeof body<T>>[0]): Promise<Tagged<T>> {
  const answer = await call;
  return { value: await body(Promise.resolve(answer)), etag: answer.response.headers.get("etag") ?? "" };
}

/** A proxy that finds nobody behind it, or a platform without its database. */
async function isAway(response: Response): Promise<boolean> {
  if (response.status === 502 || response.status === 504) return true;
  if (response.status !== 503) return false;
  if (!response.headers.get("content-type")?.includes("json")) return true;
  const stated: unknown = await response.clone().json();
  return Problem.from(503, stated).code === "database_unavailable";
}

function cookie(name: string): string {
  const found = document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
}
