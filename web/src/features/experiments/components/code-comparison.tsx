import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { Difference } from "@/components/difference";
import { QueryView } from "@/components/query-view";
import { Card } from "@/components/ui/card";
import { Select } from "@/components/ui/select";
import { codeComparisonQuery } from "@/features/experiments/comparison-queries";
import type { CodeComparison as Compared, RunsComparison } from "@/lib/api/types";
import { useI18n } from "@/lib/i18n/i18n-context";

interface CodeComparisonProps {
  project: string;
  runs: RunsComparison["runs"];
}

/** How the code of two of the runs differs, as far as it was captured. */
export function CodeComparison({ project, runs }: CodeComparisonProps) {
  const { t } = useI18n();
  const [first, second] = runs;
  const [base, setBase] = useState(first?.id ?? "");
  const [other, setOther] = useState(second?.id ?? "");
  const query = useQuery(codeComparisonQuery(project, base, other));
  const options = runs.map((run) => [run.id, run.name] as const);
  return (
    <Card title={t("compare.code")}>
      <div className="mb-3 grid gap-3 sm:grid-cols-2">
        <Select label={t("compare.base")} value={base} options={options} onChange={setBase} />
        <Select label={t("compare.other")} value={other} options={options} onChange={setOther} />
      </div>
      <QueryView query={query}>{(found) => <Found found={found} />}</QueryView>
    </Card>
  );
}

function Found({ found: { base, other, same_commit, identical, files } }: { found: Compared }) {
  const { t, term } = useI18n();
  const commits = { base: base.commit ?? "–", other: other.commit ?? "–" };
  return (
    <div className="space-y-3">
      <p data-identical={identical}>
        {t(
          identical
            ? "compare.codeSame"
            : same_commit === null
              ? "compare.codeUnknown"
              : same_commit
                ? "compare.codeChanged"
                : "compare.commitsDiffer",
          commits,
        )}
      </p>
      {files.map(({ path, state, text }) => (
        <div key={path} data-file={path} className="space-y-1">
          <p className="text-xs">
            <code className="wrap-anywhere">{path}</code>{" "}
            <span className="text-muted-foreground">{term("fileState", state)}</span>
          </p>
          {text && <Difference label={path} text={text} />}
        </div>
      ))}
    </div>
  );
}
