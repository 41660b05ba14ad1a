import { expect, test } from "vitest";

import type { Me, Project } from "@/lib/api/types";

import { findProject, homeProject, projectRef, rememberProject } from "./project";

const project = (id: string, slug: string): Project => ({
  id,
  slug,
  org_id: "o",
  name: slug,
  description: "",
  private: false,
  created_at: "2026-01-01T00:00:00Z",
});

test("a slug names a project unless two organizations use it", () => {
  const all = [project("1", "default"), project("2", "vision"), project("3", "default")];
  expect(all.map((each) => projectRef(each, all))).toEqual(["1", "vision", "3"]);
  expect(findProject("vision", all)?.id).toBe("2");
  expect(findProject("default", all)).toBeUndefined();
});

test("home is the project last used, while it is there", () => {
  const [first, second] = [project("1", "a"), project("2", "b")];
  const me = (projects: Project[]): Me => ({ projects }) as Me;
  expect(homeProject(me([first, second]))).toBe("a");
  rememberProject(second);
  expect(homeProject(me([first, second]))).toBe("b");
  expect(homeProject(me([first]))).toBe("a");
  expect(homeProject(me([]))).toBeUndefined();
});
