import { Tabs } from "radix-ui";

import { CopyCommand } from "@/components/copy-command";
import { type Asked, type Language, snippet } from "@/features/inference/snippets";
import { useI18n } from "@/lib/i18n/i18n-context";

const LANGUAGES: readonly (readonly [Language, string])[] = [
  ["curl", "curl"],
  ["python", "Python"],
  ["javascript", "JavaScript"],
];

/** What the playground asks, as programs ask it. */
export function CodeSnippets(asked: Asked) {
  const { t } = useI18n();
  return (
    <Tabs.Root defaultValue="curl">
      <Tabs.List aria-label={t("snippets.title")} className="mb-3 flex gap-1 border-b border-border">
        {LANGUAGES.map(([language, name]) => (
          <Tabs.Trigger
            key={language}
            value={language}
            className="-mb-px border-b-2 border-transparent px-3 py-2 font-medium text-muted-foreground transition-colors hover:text-foreground focus-visible:-outline-offset-2 data-[state=active]:border-primary data-[state=active]:text-foreground"
          >
            {name}
          </Tabs.Trigger>
        ))}
      </Tabs.List>
      {LANGUAGES.map(([language]) => (
        <Tabs.Content key={language} value={language}>
          <CopyCommand command={snippet(language, asked)} />
        </Tabs.Content>
      ))}
    </Tabs.Root>
  );
}
