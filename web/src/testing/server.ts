import { vi } from "vitest";

type Handler = (request: Request) => Response | Promise<Response>;

/** Answers `fetch` by method and path; what has no handler is a 404. */
export function serve(handlers: Readonly<Record<string, Handler>>): Request[] {
  const requests: Request[] = [];
  vi.stubGlobal("fetch", async (input: RequestInfo | URL, init?: RequestInit) => {
    const request = input instanceof Request ? input : new Request(new URL(input, window.location.origin), init);
    requests.push(request.clone());
    const handler = handlers[`${request.method} ${new URL(request.url).pathname}`];
    return handler ? handler(request) : Response.json({ code: "not_found", detail: "no handler" }, { status: 404 });
  });
  return requests;
}
