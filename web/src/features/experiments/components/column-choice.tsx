import type { LucideIcon } from "lucide-react";
import { Popover } from "radix-ui";
import { useState } from "react";

import { SearchField } from "@/components/search-field";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { type RunColumn, columnText } from "@/features/experiments/column-text";
import { useI18n } from "@/lib/i18n/i18n-context";

interface ColumnChoiceProps {
  label: string;
  icon: LucideIcon;
  known: readonly RunColumn[];
  shown: readonly RunColumn[];
  /** No more can be chosen. */
  most?: number;
  onChange: (shown: RunColumn[]) => void;
}

/** Some of the metrics, parameters and tags that runs have. */
export function ColumnChoice({ label, icon: Icon, known, shown, most = Infinity, onChange }: ColumnChoiceProps) {
  const { t, term } = useI18n();
  const [sought, setSought] = useState("");
  const texts = new Set(shown.map(columnText));
  const found = known.filter((column) => column.name.toLowerCase().includes(sought.trim().toLowerCase()));
  return (
    <Popover.Root>
      <Popover.Trigger asChild>
        <Button variant="outline">
          <Icon aria-hidden />
          {label}
        </Button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          align="end"
          sideOffset={4}
          collisionPadding={8}
          aria-label={label}
          className="z-50 max-h-(--radix-popover-content-available-height) w-72 max-w-[calc(100vw-1rem)] overflow-y-auto rounded-lg border border-border bg-card p-3 shadow-lg"
        >
          <SearchField label={t("table.searchName")} value={sought} onChange={setSought} />
          {found.length === 0 && <p className="py-3 text-muted-foreground">{t("table.noMatch")}</p>}
          {(["metrics", "params", "tags"] as const).map((place) => {
            const members = found.filter((column) => column.place === place);
            if (members.length === 0) return null;
            return (
              <fieldset key={place} className="mt-3 min-w-0">
                <legend className="text-xs font-medium text-muted-foreground">{term("place", place)}</legend>
                {members.map((column) => {
                  const text = columnText(column);
                  return (
                    <div key={text}>
                      <Checkbox
                        label={column.name}
                        checked={texts.has(text)}
                        disabled={!texts.has(text) && shown.length >= most}
                        onChange={(is) =>
                          onChange(is ? [...shown, column] : shown.filter((each) => columnText(each) !== text))
                        }
                      />
                    </div>
                  );
                })}
              </fieldset>
            );
          })}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
