import { platformFetch } from "@/lib/api/client";
import { Problem } from "@/lib/api/problem";

export interface Message {
  role: "user" | "assistant";
  content: string;
}

export interface ChatOptions {
  model: string;
  temperature: number;
  maxTokens: number;
}

/** Streams an answer piece by piece; throws `Problem` where the gateway refuses or the stream reports an error. */
export async function* chat(
  messages: readonly Message[],
  { model, temperature, maxTokens }: ChatOptions,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const response = await platformFetch(
    new Request(new URL("/v1/chat/completions", window.location.origin), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model, messages, temperature, max_tokens: maxTokens, stream: true }),
      signal,
    }),
  );
  if (!response.ok || !response.body) throw Problem.from(response.status, await response.json().catch(() => null));
  for await (const data of events(response.body)) {
    if (data === "[DONE]") return;
    const chunk = JSON.parse(data) as Chunk;
    if (chunk.error) throw Problem.from(response.status, chunk);
    const piece = chunk.choices?.[0]?.delta?.content;
    if (piece) yield piece;
  }
}

interface Chunk {
  error?: unknown;
  choices?: { delta?: { content?: string | null } }[];
}

/** The data of each Server-Sent Event. */
async function* events(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  const reader = stream.getReader();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      rest += decoder.decode(value, { stream: true });
      const lines = rest.split(/\r?\n/);
      rest = lines.pop() ?? "";
      for (const line of lines) if (line.startsWith("data:")) yield line.slice(5).trim();
    }
  } finally {
    await reader.cancel();
  }
}
