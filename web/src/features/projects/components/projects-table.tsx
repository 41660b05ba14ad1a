import { Link } from "@tanstack/react-router";
import { Lock, Trash2 } from "lucide-react";

import { Ago } from "@/components/ago";
import { Confirmed } from "@/components/confirmed";
import type { Column } from "@/components/data-table";
import { textLinkClasses } from "@/components/text-link";
import { WholeTable } from "@/components/whole-table";
import { undeleteProject, useRemoveProject } from "@/features/projects/queries";
import type { Organization, Project } from "@/lib/api/types";
import { type I18n, useI18n } from "@/lib/i18n/i18n-context";
import type { RowsSearch } from "@/lib/rows-search";
import { showFailure, showToast } from "@/lib/toasts";

interface ProjectsTableProps {
  organization: Organization;
  projects: readonly Project[];
  manages: boolean;
  /** What the page knows of projects is to be read again. */
  onChange: () => void;
  search: RowsSearch;
  onSearch: (search: RowsSearch) => void;
}

export function ProjectsTable({ organization, projects, manages, onChange, ...searched }: ProjectsTableProps) {
  const i18n = useI18n();
  return (
    <WholeTable
      label={i18n.t("projects.title")}
      columns={columns(organization, manages, onChange, i18n)}
      rows={projects}
      rowKey={(project) => project.id}
      words={(project) => `${project.name} ${project.slug}`}
      values={{ name: (project) => project.name, created_at: (project) => project.created_at }}
      {...searched}
    />
  );
}

function columns(organization: Organization, manages: boolean, onChange: () => void, { t }: I18n): Column<Project>[] {
  return [
    {
      key: "name",
      header: t("column.name"),
      sort: "name",
      cell: (project) => (
        <>
          <Link
            to="/o/$org/projects/$projectId"
            params={{ org: organization.slug, projectId: project.id }}
            className={textLinkClasses}
          >
            {project.name}
          </Link>
          <code className="block text-xs text-muted-foreground">{project.slug}</code>
        </>
      ),
    },
    {
      key: "about",
      header: t("column.about"),
      from: "md",
      cell: ({ description }) => <span className="line-clamp-2 wrap-anywhere">{description || "–"}</span>,
    },
    {
      key: "access",
      header: t("projects.access"),
      cell: ({ private: isPrivate }) =>
        isPrivate ? (
          <span className="inline-flex items-center gap-1.5">
            <Lock aria-hidden className="size-3.5" />
            {t("projects.private")}
          </span>
        ) : (
          t("projects.open")
        ),
    },
    {
      key: "created",
      header: t("column.created"),
      sort: "created_at",
      from: "sm",
      cell: ({ created_at }) => <Ago when={created_at} />,
    },
    {
      key: "actions",
      header: t("column.actions"),
      align: "right",
      cell: (project) => (manages ? <Removal project={project} onChange={onChange} /> : null),
    },
  ];
}

function Removal({ project, onChange }: { project: Project; onChange: () => void }) {
  const { t } = useI18n();
  const remove = useRemoveProject(project.id);
  const title = t("projects.removeNamed", { name: project.name });
  return (
    <Confirmed
      icon={Trash2}
      title={title}
      about={t("projects.removeAbout")}
      action={t("action.delete")}
      mutation={remove}
      onConfirm={(close) =>
        remove.mutate(undefined, {
          onSuccess: () => {
            close();
            onChange();
            showToast({
              text: t("projects.removed", { name: project.name }),
              undo: () => void undeleteProject(project.id).then(onChange, showFailure),
            });
          },
        })
      }
    />
  );
}
