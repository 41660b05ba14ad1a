import { onlineManager } from "@tanstack/react-query";
import { expect, test } from "vitest";

import { serve } from "@/testing/server";

import { api, body, platformFetch } from "./client";
import { Problem, Unreachable } from "./problem";

test("what changes something repeats the cookie in the header", async () => {
  document.cookie = "trine_csrf=a%2Fb";
  const requests = serve({
    "POST /api/v1/auth/logout": () => new Response(null, { status: 204 }),
    "GET /api/v1/orgs": () => Response.json([]),
  });
  await body(api.POST("/api/v1/auth/logout"));
  await body(api.GET("/api/v1/orgs"));
  expect(requests.map((request) => request.headers.get("x-csrf-token"))).toEqual(["a/b", null]);
});

test("a refusal is a problem, and the platform still answers", async () => {
  serve({ "GET /api/v1/orgs": () => Response.json({ code: "unauthenticated", detail: "sign in" }, { status: 401 }) });
  await expect(body(api.GET("/api/v1/orgs"))).rejects.toMatchObject({ status: 401, code: "unauthenticated" });
  expect(onlineManager.isOnline()).toBe(true);
});

test("a refusal with 503 is one as well, unless the database is away", async () => {
  const answer = (code: string) => () => Response.json({ code, detail: "" }, { status: 503 });
  serve({
    "GET /a": answer("unavailable"),
    "GET /b": answer("database_unavailable"),
    "GET /readyz": () => new Response(),
  });
  expect((await platformFetch(new Request(new URL("/a", location.origin)))).status).toBe(503);
  await expect(platformFetch(new Request(new URL("/b", location.origin)))).rejects.toBeInstanceOf(Unreachable);
  await online();
});

test("the platform comes back by itself", async () => {
  let away = true;
  const answer = () => {
    if (away) throw new TypeError("connection refused");
    return Response.json([]);
  };
  serve({ "GET /api/v1/orgs": answer, "GET /readyz": answer });
  await expect(body(api.GET("/api/v1/orgs"))).rejects.not.toBeInstanceOf(Problem);
  expect(onlineManager.isOnline()).toBe(false);
  away = false;
  await online();
  expect(await body(api.GET("/api/v1/orgs"))).toEqual([]);
});

function online(): Promise<void> {
  return new Promise((resolve) => {
    const stop = onlineManager.subscribe((isOnline) => {
      if (!isOnline) return;
      stop();
      resolve();
    });
  });
}
