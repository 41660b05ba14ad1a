import { useRef, useState } from "react";

import { type ChatOptions, type Message, chat } from "@/features/inference/chat";

interface Conversation {
  messages: readonly Message[];
  answering: boolean;
  error: Error | null;
  say: (text: string) => void;
  stop: () => void;
  clear: () => void;
}

/** A conversation with a service; leaving or stopping ends the generation. */
export function useConversation(options: ChatOptions): Conversation {
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
      for await (const piece of chat(said, options, controller.signal)) {
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
      const said: readonly Message[] = [...messages, { role: "user", content: text }];
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
