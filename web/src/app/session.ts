import type { QueryClient } from "@tanstack/react-query";
import { redirect } from "@tanstack/react-router";

import { meQuery } from "@/features/auth/queries";
import { Problem } from "@/lib/api/problem";
import type { Me } from "@/lib/api/types";

/** Who is signed in; leads to the sign-in page, and back to `next`, where nobody is. */
export async function requireMe(queryClient: QueryClient, next: string): Promise<Me> {
  try {
    return await queryClient.query({ ...meQuery, staleTime: "static" });
  } catch (error) {
    if (error instanceof Problem && error.status === 401) throw redirect({ to: "/sign-in", search: { next } });
    throw error;
  }
}

/** An address within this page, and nothing else. */
export function ownAddress(next: unknown): string | undefined {
  return typeof next === "string" && /^\/(?![/\\])/.test(next) ? next : undefined;
}
