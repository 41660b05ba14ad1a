import type { Me, Project } from "@/lib/api/types";

const STORED = "trine.project";

/** How addresses name a project: by its slug, by its id where two organizations use the same slug. */
export function projectRef(project: Project, all: readonly Project[]): string {
  return all.filter((other) => other.slug === project.slug).length > 1 ? project.id : project.slug;
}

export function findProject(ref: string, all: readonly Project[]): Project | undefined {
  return all.find((project) => projectRef(project, all) === ref || project.id === ref);
}

/** The project last used here, else the first there is: of one organization, or of any. */
export function lastProject(projects: readonly Project[], organizationId?: string): Project | undefined {
  const among = projects.filter(({ org_id }) => organizationId === undefined || org_id === organizationId);
  return findProject(localStorage.getItem(STORED) ?? "", among) ?? among[0];
}

/** How addresses name the project to begin with. */
export function homeProject({ projects }: Me): string | undefined {
  const home = lastProject(projects);
  return home && projectRef(home, projects);
}

export function rememberProject(project: Project): void {
  localStorage.setItem(STORED, project.id);
}
