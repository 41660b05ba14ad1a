import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { notFound, redirect, useRouter } from "@tanstack/react-router";

import { meQuery } from "@/features/auth/queries";
import { Problem } from "@/lib/api/problem";
import type { Me, Organization } from "@/lib/api/types";
import { loadTexts } from "@/lib/i18n/locale";

/** Who is signed in; leads to the sign-in page, and back to `next`, where nobody is. */
export async function requireMe(queryClient: QueryClient, next: string): Promise<Me> {
  try {
    return await queryClient.query({ ...meQuery, staleTime: "static" });
  } catch (error) {
    if (error instanceof Problem && error.status === 401) throw redirect({ to: "/sign-in", search: { next } });
    throw error;
  }
}

/** As `requireMe`, for the pages of accounts and organizations, whose texts come with them. */
export async function requireAccount(queryClient: QueryClient, next: string): Promise<Me> {
  const [me] = await Promise.all([requireMe(queryClient, next), loadTexts("account")]);
  return me;
}

/** One of the person's organizations, by its slug or its id. */
export function requireOrganization(ref: string, { organizations }: Me): Organization {
  const found = organizations.find(({ id, slug }) => slug === ref || id === ref);
  if (!found) throw notFound();
  return found;
}

/** Reads anew who is signed in and what they belong to, and shows it. */
export function useRefreshMe(): () => Promise<void> {
  const queryClient = useQueryClient();
  const router = useRouter();
  return async () => {
    queryClient.removeQueries({ queryKey: meQuery.queryKey });
    await router.invalidate();
  };
}

/** An address within this page, and nothing else. */
export function ownAddress(next: unknown): string | undefined {
  return typeof next === "string" && /^\/(?![/\\])/.test(next) ? next : undefined;
}
