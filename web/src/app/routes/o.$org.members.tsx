import { createFileRoute } from "@tanstack/react-router";

import { MembersPage } from "@/app/pages/members-page";
import { readRowsSearch } from "@/lib/rows-search";

export const Route = createFileRoute("/o/$org/members")({
  validateSearch: readRowsSearch(["name", "role"]),
  component: MembersPage,
});
