import { useRef, useState } from "react";

import { type ChatOptions, type Message, chat, complete } from "@/features/inference/chat";

interface Conversation {
  messages: readonly Message[];
  answering: boolean;
  error: Error | null;
  say: (text: string) => void;
  stop: () => void;
  clear: () => void;
}

export type Mode = "chat" | "completion";

/** What is said to a service and what it answers; leaving or stopping ends the generation. A completion has no memory. */
export function useConversation(mode: Mode, options: ChatOptions): Conversation {
  const [messages, setMessages] = useState<readonly Message[]>([]);
  const [answering, setAnswering] = useState(false);
  const [error, setError] = useState<Error | null>(null);
  const stream = useRef<AbortController>(null);

  async function answer(said: readonly Message[]): Promise<void> {
    const controller = new AbortController();
    stream.current = controller;
    setAnswering(true);
    setError(null);
    try {
      let content = "";
      const answers =
        mode === "chat"
          ? chat(said, options, controller.signal)
          : complete(said.at(-1)?.content ?? "", options, controller.signal);
      for await (const piece of answers) {
        content += piece;
        setMessages([...said, { role: "assistant", content }]);
      }
    } catch (problem) {
      if (!controller.signal.aborted) setError(problem instanceof Error ? problem : new Error(String(problem)));
    } finally {
      setAnswering(false);
    }
  }

  return {
    messages,
    answering,
    error,
    say: (text) => {
      const before = mode === "chat" ? messages : [];
      const said: readonly Message[] = [...before, { role: "user", content: text }];
      setMessages(said);
      void answer(said);
    },
    stop: () => stream.current?.abort(),
    clear: () => {
      stream.current?.abort();
      setMessages([]);
      setError(null);
    },
  };
}
