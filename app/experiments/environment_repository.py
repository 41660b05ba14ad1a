from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from app.kit.repository import Repository
from app.tables import Artifact, ArtifactFile


class EnvironmentRepository(Repository[Artifact]):
    table = Artifact

    async def files(self, run_ids: Sequence[UUID]) -> dict[UUID, dict[str, ArtifactFile]]:
        """By run and path, of the last environment that each of the runs uploaded."""
        statement = (
            self.statement()
            .join(ArtifactFile, ArtifactFile.artifact_id == Artifact.id)
            .where(Artifact.run_id.in_(run_ids), Artifact.type == "environment")
            .with_only_columns(Artifact.run_id, Artifact.id, ArtifactFile)
            .order_by(Artifact.id)
        )
        found: defaultdict[UUID, dict[str, ArtifactFile]] = defaultdict(dict)
        for run_id, artifact_id, file in await self.session.execute(statement):
            if any(known.artifact_id != artifact_id for known in found[run_id].values()):
                found[run_id] = {}
            found[run_id][file.path] = file
        return dict(found)
