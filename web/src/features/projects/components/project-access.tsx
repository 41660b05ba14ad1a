import { ProblemNote } from "@/components/problem-note";
import { Checkbox } from "@/components/ui/checkbox";
import { useSetAccess } from "@/features/projects/queries";
import type { Project } from "@/lib/api/types";
import { useI18n } from "@/lib/i18n/i18n-context";

/** Whether everybody in the organization sees the project. */
export function ProjectAccess({ project, onChange }: { project: Project; onChange: () => void }) {
  const { t } = useI18n();
  const set = useSetAccess(project.id, onChange);
  return (
    <div className="space-y-2">
      <Checkbox
        label={t("projects.isPrivate")}
        checked={set.isPending ? set.variables : project.private}
        onChange={(is) => set.mutate(is)}
      />
      <p className="text-xs text-muted-foreground">{t("projects.privateAbout")}</p>
      {set.error && <ProblemNote error={set.error} />}
    </div>
  );
}
