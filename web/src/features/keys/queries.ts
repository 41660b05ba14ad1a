import { useMutation, useQueryClient } from "@tanstack/react-query";

import { api, body } from "@/lib/api/client";
import { pagedQuery } from "@/lib/api/paged-query";
import type { components } from "@/lib/api/schema";
import type { ApiKey } from "@/lib/api/types";

type NewKey = components["schemas"]["ApiKeyCreate"];
/** A service account, or null for the person who is signed in. */
export type KeyOwner = string | null;

export const keysQuery = (owner: KeyOwner, withRevoked: boolean) =>
  pagedQuery<ApiKey>(["keys", owner, withRevoked], (cursor) => {
    const query = { cursor, limit: 50, valid: !withRevoked };
    if (owner === null) return body(api.GET("/api/v1/api-keys", { params: { query } }));
    return body(
      api.GET("/api/v1/service-accounts/{account_id}/keys", { params: { path: { account_id: owner }, query } }),
    );
  });

export function useCreateKey(owner: KeyOwner) {
  return useKeys(owner, (key: NewKey) => create(owner, key));
}

export function useRevokeKey(owner: KeyOwner) {
  return useKeys(owner, (keyId: string) => revoke(owner, keyId));
}

/** A new key with the same name, project, scopes and time to live; the old one ends once the new one is there. */
export function useRotateKey(owner: KeyOwner) {
  return useKeys(owner, async (old: ApiKey) => {
    const made = await create(owner, {
      name: old.name,
      project: old.project_id,
      scopes: old.scopes as NewKey["scopes"],
      ...(old.expires_at ? { expires_at: renewedExpiry(old.created_at, old.expires_at, Date.now()) } : {}),
    });
    await revoke(owner, old.id);
    return made;
  });
}

/** As long from now as the old key was meant to live. */
export function renewedExpiry(createdAt: string, expiresAt: string, now: number): string {
  return new Date(now + Date.parse(expiresAt) - Date.parse(createdAt)).toISOString();
}

function create(owner: KeyOwner, key: NewKey) {
  if (owner === null) return body(api.POST("/api/v1/api-keys", { body: key }));
  return body(
    api.POST("/api/v1/service-accounts/{account_id}/keys", { params: { path: { account_id: owner } }, body: key }),
  );
}

function revoke(owner: KeyOwner, keyId: string) {
  if (owner === null) return body(api.DELETE("/api/v1/api-keys/{key_id}", { params: { path: { key_id: keyId } } }));
  return body(
    api.DELETE("/api/v1/service-accounts/{account_id}/keys/{key_id}", {
      params: { path: { account_id: owner, key_id: keyId } },
    }),
  );
}

function useKeys<T, R>(owner: KeyOwner, change: (given: T) => Promise<R>) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: () => {
      void queryClient.invalidateQueries({ queryKey: ["keys", owner] });
    },
  });
}
