from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.span import EPOCH

# Of two that fold at once each takes other rows; rows of the same time add up, so a late one is a second row.
_FOLD = text("""
WITH taken AS (
  DELETE FROM service_samples WHERE seconds = :fine AND at < :before RETURNING *
), old AS (
  SELECT *, date_bin(:width, at, :epoch) AS step FROM taken
), sums AS (
  SELECT org_id, project_id, service_id, deployment_id, step, sum(requests) AS requests, sum(failed) AS failed,
         sum(refused) AS refused, sum(abandoned) AS abandoned, sum(prompt_tokens) AS prompt_tokens,
         sum(completion_tokens) AS completion_tokens
  FROM old GROUP BY org_id, project_id, service_id, deployment_id, step
), counted AS (
  SELECT service_id, deployment_id, step, kind, key, sum(number::bigint) AS number
  FROM old, LATERAL (
    SELECT 'latencies', each.key, each.value FROM jsonb_each_text(old.latencies) AS each
    UNION ALL SELECT 'first_tokens', each.key, each.value FROM jsonb_each_text(old.first_tokens) AS each
  ) AS buckets (kind, key, number)
  GROUP BY service_id, deployment_id, step, kind, key
), sketches AS (
  SELECT service_id, deployment_id, step,
         coalesce(jsonb_object_agg(key, number) FILTER (WHERE kind = 'latencies'), '{}') AS latencies,
         coalesce(jsonb_object_agg(key, number) FILTER (WHERE kind = 'first_tokens'), '{}') AS first_tokens
  FROM counted GROUP BY service_id, deployment_id, step
)
INSERT INTO service_samples (id, org_id, project_id, service_id, deployment_id, at, seconds, requests, failed, refused,
                             abandoned, prompt_tokens, completion_tokens, latencies, first_tokens)
SELECT gen_random_uuid(), s.org_id, s.project_id, s.service_id, s.deployment_id, s.step, :coarse, s.requests, s.failed,
       s.refused, s.abandoned, s.prompt_tokens, s.completion_tokens, coalesce(k.latencies, '{}'),
       coalesce(k.first_tokens, '{}')
FROM sums AS s
LEFT JOIN sketches AS k
  ON k.service_id = s.service_id AND k.deployment_id IS NOT DISTINCT FROM s.deployment_id AND k.step = s.step
""")
_FORGET = text("DELETE FROM service_samples WHERE seconds = :seconds AND at < :before")


class ServiceSamples:
    """Of every organization; the session is the controller's."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def fold(self, fine: int, coarse: int, before: datetime) -> None:
        """Rows of `fine` seconds from before `before` become rows of `coarse` seconds."""
        width = timedelta(seconds=coarse)
        values = {"fine": fine, "coarse": coarse, "before": before, "width": width, "epoch": EPOCH}
        await self.session.execute(_FOLD, values)

    async def forget(self, seconds: int, before: datetime) -> None:
        await self.session.execute(_FORGET, {"seconds": seconds, "before": before})
