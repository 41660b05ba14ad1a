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
export function chat(messages: readonly Message[], options: ChatOptions, signal: AbortSignal): AsyncGenerator<string> {
  return pieces("/v1/chat/completions", { messages }, options, signal);
}

/** Streams what follows a text, as `chat`. */
export function complete(prompt: string, options: ChatOptions, signal: AbortSignal): AsyncGenerator<string> {
  return pieces("/v1/completions", { prompt }, options, signal);
}

async function* pieces(
  path: string,
  given: object,
  { model, temperature, maxTokens }: ChatOptions,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const response = await platformFetch(
    new Request(new URL(path, window.location.origin), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model, ...given, temperature, max_tokens: maxTokens, stream: true }),
      signal,
    }),
  );
  if (!response.ok || !response.body) throw Problem.from(response.status, await response.json().catch(() => null));
  for await (const data of events(response.body)) {
    if (data === "[DONE]") return;
    const chunk = JSON.parse(data) as Chunk;
    if (chunk.error) throw Problem.from(response.status, chunk);
    const choice = chunk.choices?.[0];
    const piece = choice?.delta?.content ?? choice?.text;
    if (piece) yield piece;
  }
}

interface Chunk {
  error?: unknown;
  /** `delta` of a conversation, `text` of a completion. */
  choices?: { delta?: { content?: string | null }; text?: string }[];
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
