"""How each kind of thing is removed for good, as statements about the row `:id`; in the order in which they refer."""

from dataclasses import dataclass

_SERVES = """EXISTS (
  SELECT FROM workloads AS w JOIN deployments AS d ON d.workload_id = w.id
  WHERE d.service_id = thing.id AND w.ended_at IS NULL
)"""
_REPORTED = """EXISTS (SELECT FROM artifacts AS a WHERE a.run_id = thing.id)
OR EXISTS (SELECT FROM model_versions AS v WHERE v.run_id = thing.id)
OR EXISTS (SELECT FROM workloads AS w WHERE w.id = thing.workload_id AND w.ended_at IS NULL)"""


@dataclass(frozen=True, slots=True)
class Kind:
    name: str
    """As events say it."""
    table: str
    held: str
    """What keeps the row `thing` although its time is over."""
    steps: tuple[str, ...]
    project: str = "project_id"
    named: str = "name"
    """What events call it, as an expression about the row."""
    telemetry: tuple[str, ...] = ()
    """Tables of what a run reported."""


SERVICE = Kind(
    "service",
    "inference_services",
    _SERVES,
    (
        # The workloads go with their project: they tell what was used.
        "DELETE FROM deployments WHERE service_id = :id",
        "DELETE FROM inference_services WHERE id = :id",
    ),
)
_OF_VERSION = (
    # Who looks at a simulation still sees what it found.
    "UPDATE simulations SET model_version_id = NULL WHERE model_version_id IN ({versions})",
    "DELETE FROM model_approvals WHERE version_id IN ({versions})",
    "DELETE FROM model_aliases WHERE version_id IN ({versions})",
)
MODEL_VERSION = Kind(
    "model_version",
    "model_versions",
    "EXISTS (SELECT FROM deployments AS d WHERE d.model_version_id = thing.id)",
    (
        *(step.format(versions="SELECT CAST(:id AS uuid)") for step in _OF_VERSION),
        "DELETE FROM model_versions WHERE id = :id",
    ),
    named="'version ' || version",
)
MODEL = Kind(
    "model",
    "models",
    "EXISTS (SELECT FROM deployments AS d JOIN model_versions AS v ON v.id = d.model_version_id "
    "WHERE v.model_id = thing.id)",
    (
        *(step.format(versions="SELECT id FROM model_versions WHERE model_id = :id") for step in _OF_VERSION),
        "DELETE FROM model_gates WHERE model_id = :id",
        "DELETE FROM model_versions WHERE model_id = :id",
        "DELETE FROM models WHERE id = :id",
    ),
)
DATASET = Kind(
    "dataset",
    "datasets",
    "false",
    ("DELETE FROM dataset_versions WHERE dataset_id = :id", "DELETE FROM datasets WHERE id = :id"),
)
ARTIFACT = Kind(
    "artifact",
    "artifacts",
    "EXISTS (SELECT FROM model_versions AS v WHERE v.artifact_id = thing.id) "
    "OR EXISTS (SELECT FROM dataset_versions AS v WHERE v.artifact_id = thing.id)",
    (
        "INSERT INTO unreferenced_blobs (id, org_id, sha256, size) "
        "SELECT gen_random_uuid(), org_id, sha256, max(size) FROM artifact_files AS mine WHERE artifact_id = :id "
        "AND NOT EXISTS (SELECT FROM artifact_files AS other WHERE other.org_id = mine.org_id "
        "AND other.sha256 = mine.sha256 AND other.artifact_id <> :id) "
        "AND NOT EXISTS (SELECT FROM media WHERE media.org_id = mine.org_id AND media.sha256 = mine.sha256) "
        "GROUP BY org_id, sha256 ON CONFLICT (org_id, sha256) DO NOTHING",
        "DELETE FROM run_inputs WHERE artifact_id = :id",
        "DELETE FROM artifact_files WHERE artifact_id = :id",
        "DELETE FROM artifacts WHERE id = :id",
    ),
)
RUN = Kind(
    "run",
    "runs",
    _REPORTED,
    (
        "DELETE FROM run_inputs WHERE run_id = :id",
        "DELETE FROM params WHERE run_id = :id",
        "DELETE FROM run_fields WHERE run_id = :id",
        "DELETE FROM logged_models WHERE run_id = :id",
        "DELETE FROM run_links WHERE run_id = :id",
        "INSERT INTO unreferenced_blobs (id, org_id, sha256, size) "
        "SELECT gen_random_uuid(), org_id, sha256, max(size) FROM media AS mine WHERE run_id = :id "
        "AND NOT EXISTS (SELECT FROM media AS other WHERE other.org_id = mine.org_id "
        "AND other.sha256 = mine.sha256 AND other.run_id <> :id) "
        "AND NOT EXISTS (SELECT FROM artifact_files AS f WHERE f.org_id = mine.org_id AND f.sha256 = mine.sha256) "
        "GROUP BY org_id, sha256 ON CONFLICT (org_id, sha256) DO NOTHING",
        "DELETE FROM media WHERE run_id = :id",
        "DELETE FROM metric_latest WHERE run_id = :id",
        "DELETE FROM trials WHERE run_id = :id OR study_id IN (SELECT id FROM studies WHERE run_id = :id)",
        "DELETE FROM training_jobs WHERE run_id = :id",
        "DELETE FROM studies WHERE run_id = :id",
        "DELETE FROM simulations WHERE run_id = :id",
        # The runs of a study's trials outlive the study.
        "UPDATE runs SET workload_id = NULL WHERE id = :id "
        "OR workload_id IN (SELECT id FROM workloads WHERE run_id = :id)",
        "DELETE FROM workloads WHERE run_id = :id",
        "DELETE FROM runs WHERE id = :id",
    ),
    telemetry=("metric_batches", "unfolded_batches", "metrics", "logs", "batch_sources"),
)
EXPERIMENT = Kind(
    "experiment",
    "experiments",
    "EXISTS (SELECT FROM runs AS r WHERE r.experiment_id = thing.id)",
    ("DELETE FROM experiments WHERE id = :id",),
)
PROJECT = Kind(
    "project",
    "projects",
    " OR ".join(
        f"EXISTS (SELECT FROM {table} AS t WHERE t.project_id = thing.id)"
        for table in ("experiments", "runs", "artifacts", "datasets", "models", "inference_services")
    ),
    (
        "DELETE FROM workloads WHERE project_id = :id",
        "DELETE FROM agent_messages WHERE session_id IN (SELECT id FROM agent_sessions WHERE project_id = :id)",
        "DELETE FROM agent_sessions WHERE project_id = :id",
        "DELETE FROM artifact_retentions WHERE project_id = :id",
        "DELETE FROM project_memberships WHERE project_id = :id",
        "DELETE FROM resource_quotas WHERE project_id = :id",
        "DELETE FROM model_gates WHERE project_id = :id",
        "DELETE FROM webhooks WHERE project_id = :id",
        "DELETE FROM run_views WHERE project_id = :id",
        "DELETE FROM api_keys WHERE project_id = :id",
        "DELETE FROM projects WHERE id = :id",
    ),
    project="id",
)

KINDS = (SERVICE, MODEL_VERSION, MODEL, DATASET, ARTIFACT, RUN, EXPERIMENT, PROJECT)
"""What refers comes before what it refers to."""
