"""How long it takes to look at a whole project's runs at once: in groups, for importance, and as files.

`python -m bench.runs_export [--runs 100000]`. The runs are those of `bench.runs_table`: 20 metrics and 20 parameters
each. Measured is what a request does in the application, under row-level security; not HTTP. Of an export, the first
piece, the last, and how much memory the process took beyond what it had. Needs no platform: it starts a PostgreSQL of
its own.
"""

import argparse
import asyncio
import os
import resource
import time
from uuid import UUID

from uuid_utils.compat import uuid7

from app.auth.permissions import Role
from app.auth.principal import Principal, PrincipalKind
from app.experiments import export, groups, importance
from app.experiments.comparison_schemas import ImportanceRequest
from app.experiments.export_schemas import ExportFormat, RunsExportRequest
from app.experiments.groups_schemas import RunsGroupsRequest
from app.kit.db import Database
from bench.runs_table import fill
from bench.site import site

GROUPS = {
    "by a tag, 16 groups": RunsGroupsRequest(by=["tags.seed"], metrics=["metrics.m3", "metrics.m7"]),
    "by a parameter, all different": RunsGroupsRequest(by=["params.p3"], metrics=["metrics.m7"], sort="metrics.m7"),
    "by a tag, of 0.1 %": RunsGroupsRequest(by=["tags.seed"], metrics=["metrics.m7"], filter="params.p3 < 0.001"),
}
ROUNDS = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=100_000)
    arguments = parser.parse_args()
    with site() as made:
        org_id, project_id = fill(made.owner_url, arguments.runs)
        url = (made.home.secrets / "database_app_url").read_text().strip()
        asyncio.run(_measure(url, org_id, str(project_id), arguments.runs))


async def _measure(url: str, org_id: UUID, project: str, runs: int) -> None:
    database = Database(url)
    principal = Principal(PrincipalKind.USER, uuid7(), uuid7(), {org_id: Role.OWNER})
    print(f"{os.cpu_count()} cores, {runs:,} runs, the best of {ROUNDS}")
    for name, request in GROUPS.items():
        spent = []
        for _ in range(ROUNDS):
            began = time.perf_counter()
            async with database.session(principal.scope) as session:
                await groups.page(session, principal=principal, project=project, request=request)
            spent.append(time.perf_counter() - began)
        print(f"groups {name:32} {min(spent) * 1e3:8.0f} ms", flush=True)
    began = time.perf_counter()
    asked = ImportanceRequest(metric="metrics.m7")
    found = await importance.importance(database, principal=principal, project=project, request=asked)
    spent_s = time.perf_counter() - began
    print(f"importance of {len(found.params)} parameters, {found.runs} runs {spent_s:8.1f} s", flush=True)
    for kind in ExportFormat:
        await _export(database, principal, project, kind)
    await database.close()


async def _export(database: Database, principal: Principal, project: str, kind: ExportFormat) -> None:
    async def still() -> bool:
        return True

    before, began, first, size = _memory(), time.perf_counter(), 0.0, 0
    request = RunsExportRequest(format=kind)
    found = await export.runs(database, principal=principal, project=project, request=request, still=still)
    async for piece in found.content:
        first = first or time.perf_counter() - began
        size += len(piece)
    spent, more = time.perf_counter() - began, _memory() - before
    print(
        f"export {kind:8} {first:6.1f} s to the first piece, {spent:6.1f} s in all, {size / 1e6:.0f} MB, +{more:.0f} MB"
    )


def _memory() -> float:
    """MB, the most so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
