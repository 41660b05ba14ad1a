import { expect, test } from "vitest";

import { Problem } from "@/lib/api/problem";
import { serve } from "@/testing/server";

import { chat, complete } from "./chat";

const OPTIONS = { model: "chat", temperature: 0.5, maxTokens: 8 };
const PATH = "POST /v1/chat/completions";

test("pieces arrive as they are sent, however the network cuts them", async () => {
  const sent = ["def", " 函数", "()"].map(
    (content) => `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`,
  );
  const bytes = new TextEncoder().encode(`${sent.join("")}data: [DONE]\n\n`);
  const requests = serve({ [PATH]: () => new Response(cut(bytes, 7)) });
  expect(await said()).toEqual(["def", " 函数", "()"]);
  expect(await requests[0]?.json()).toMatchObject({ model: "chat", stream: true, max_tokens: 8 });
});

test("a completion goes on from its prompt", async () => {
  const sent = ["return", " x"].map((text) => `data: ${JSON.stringify({ choices: [{ text }] })}\n\n`).join("");
  const requests = serve({ "POST /v1/completions": () => new Response(`${sent}data: [DONE]\n\n`) });
  const pieces: string[] = [];
  for await (const piece of complete("def f(x):", OPTIONS, new AbortController().signal)) pieces.push(piece);
  expect(pieces).toEqual(["return", " x"]);
  expect(await requests[0]?.json()).toMatchObject({ prompt: "def f(x):", stream: true });
});

test("a refusal is told in the gateway's words", async () => {
  serve({ [PATH]: () => Response.json({ error: { message: "the prompt is too long" } }, { status: 400 }) });
  await expect(said()).rejects.toThrow("the prompt is too long");
});

test("an error within the stream ends it", async () => {
  serve({ [PATH]: () => new Response(`data: ${JSON.stringify({ error: { message: "the engine died" } })}\n\n`) });
  await expect(said()).rejects.toBeInstanceOf(Problem);
});

async function said(): Promise<string[]> {
  const pieces: string[] = [];
  const stream = chat([{ role: "user", content: "hello" }], OPTIONS, new AbortController().signal);
  for await (const piece of stream) pieces.push(piece);
  return pieces;
}

function cut(bytes: Uint8Array, size: number): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (let from = 0; from < bytes.length; from += size) controller.enqueue(bytes.slice(from, from + size));
      controller.close();
    },
  });
}
