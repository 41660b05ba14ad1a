import type { Me, Project } from "@/lib/api/types";

const STORED = "trine.project";

/** How addresses name a project: by its slug, by its id where two organizations use the same slug. */
export function projectRef(project: Project, all: readonly Project[]): string {
  return all.filter((other) => other.slug === project.slug).length > 1 ? project.id : project.slug;
}

export function findProject(ref: string, all: readonly Project[]): Project | undefined {
  return all.find((project) => projectRef(project, all) === ref || project.id === ref);
}

/** The project last used here, else the first there is. */
export function homeProject({ projects }: Me): string | undefined {
  const last = findProject(localStorage.getItem(STORED) ?? "", projects);
  const home = last ?? projects[0];
  return home && projectRef(home, projects);
}

export function rememberProject(project: Project): void {
  localStorage.setItem(STORED, project.id);
}
