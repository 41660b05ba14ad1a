import { createFileRoute, redirect } from "@tanstack/react-router";

export const Route = createFileRoute("/o/$org/")({
  beforeLoad: ({ params }) => {
    throw redirect({ to: "/o/$org/members", params, replace: true });
  },
});
