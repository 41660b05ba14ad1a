import { type KeyboardEvent, type SubmitEvent, useId, useState } from "react";

import { ProblemNote } from "@/components/problem-note";
import { Button } from "@/components/ui/button";
import { Field, controlClasses } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import { CodeSnippets } from "@/features/inference/components/code-snippets";
import { type Mode, useConversation } from "@/features/inference/conversation";
import { cn } from "@/lib/class-names";
import { useI18n } from "@/lib/i18n/i18n-context";

const TEMPERATURE = 0.8;
const MAX_TOKENS = 128;

/** Talks to a service as any client would, through `/v1`. */
export function Playground({ model }: { model: string }) {
  const { t } = useI18n();
  const id = useId();
  const [draft, setDraft] = useState("");
  const [temperature, setTemperature] = useState(TEMPERATURE);
  const [maxTokens, setMaxTokens] = useState(MAX_TOKENS);
  const [mode, setMode] = useState<Mode>("chat");
  const { messages, answering, error, say, stop, clear } = useConversation(mode, { model, temperature, maxTokens });
  const last = messages.findLast(({ role }) => role === "user")?.content;

  function submit(event?: SubmitEvent): void {
    event?.preventDefault();
    const text = mode === "chat" ? draft.trim() : draft;
    if (!text.trim() || answering) return;
    say(text);
    setDraft("");
  }

  function sendOnEnter(event: KeyboardEvent): void {
    // While an input method composes a word, Enter chooses it.
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    submit();
  }

  return (
    <form onSubmit={submit} className="space-y-3">
      <div
        role="log"
        aria-label={t("playground.conversation")}
        tabIndex={0}
        className="max-h-[50vh] min-h-32 space-y-3 overflow-y-auto rounded-lg border border-border p-3"
      >
        {messages.length === 0 && <p className="text-muted-foreground">{t("playground.empty")}</p>}
        {messages.map((message, index) => (
          <div key={index} className={cn("flex", message.role === "user" && "justify-end")}>
            <p
              data-role={message.role}
              className={cn(
                "max-w-[85%] rounded-lg px-3 py-2 wrap-anywhere whitespace-pre-wrap",
                message.role === "user" ? "bg-accent text-accent-foreground" : "bg-muted",
              )}
            >
              {message.content}
            </p>
          </div>
        ))}
      </div>
      {error && <ProblemNote error={error} />}
      <div className="space-y-1">
        <label htmlFor={id} className="block font-medium">
          {t(mode === "chat" ? "playground.message" : "playground.prompt")}
        </label>
        <textarea
          id={id}
          rows={2}
          value={draft}
          onChange={(event) => setDraft(event.target.value)}
          onKeyDown={sendOnEnter}
          className={cn(controlClasses, "py-2")}
        />
      </div>
      <div className="flex flex-wrap items-end gap-3">
        <Select
          label={t("playground.mode")}
          value={mode}
          options={[
            ["chat", t("playground.chat")],
            ["completion", t("playground.completion")],
          ]}
          onChange={(chosen) => {
            clear();
            setMode(chosen);
          }}
          className="w-32"
        />
        <div className="w-32">
          <Field
            label={t("playground.temperature")}
            type="number"
            min={0}
            max={2}
            step={0.1}
            value={temperature}
            onChange={(event) => setTemperature(event.target.valueAsNumber || 0)}
          />
        </div>
        <div className="w-32">
          <Field
            label={t("playground.maxTokens")}
            type="number"
            min={1}
            step={1}
            value={maxTokens}
            onChange={(event) => setMaxTokens(event.target.valueAsNumber || 1)}
          />
        </div>
        <div className="ml-auto flex gap-2">
          <Button variant="ghost" onClick={clear} disabled={messages.length === 0}>
            {t("playground.clear")}
          </Button>
          {answering ? (
            <Button variant="outline" onClick={stop}>
              {t("playground.stop")}
            </Button>
          ) : (
            <Button type="submit" disabled={!draft.trim()}>
              {t("playground.send")}
            </Button>
          )}
        </div>
      </div>
      <div className="border-t border-border pt-3">
        <CodeSnippets
          address={window.location.origin}
          model={model}
          mode={mode}
          prompt={[draft, last].find(Boolean) ?? t("snippets.prompt")}
          temperature={temperature}
          maxTokens={maxTokens}
        />
      </div>
    </form>
  );
}
