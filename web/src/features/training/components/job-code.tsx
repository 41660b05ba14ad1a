import { KeyValues } from "@/components/key-values";
import { Card } from "@/components/ui/card";
import type { TrainingJob } from "@/lib/api/types";
import { useI18n } from "@/lib/i18n/i18n-context";

interface JobCodeProps {
  job: TrainingJob;
  /** Of its run. */
  tags: Readonly<Record<string, unknown>>;
}

/** Which code a job runs, as far as it is written down. */
export function JobCode({ job, tags }: JobCodeProps) {
  const { t } = useI18n();
  const known = Object.entries(tags).filter((entry): entry is [string, string] => typeof entry[1] === "string");
  return (
    <Card title={t("job.code")}>
      <p>{t("job.codeAbout", { recipe: job.recipe })}</p>
      {known.length > 0 && (
        <div className="mt-2">
          <KeyValues entries={known} />
        </div>
      )}
    </Card>
  );
}
