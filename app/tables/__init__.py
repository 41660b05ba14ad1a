"""Every ORM table; importing the package registers them all with the metadata."""

from app.tables.activity import Event, IdempotencyKey
from app.tables.agent import AgentMessage, AgentSession
from app.tables.artifacts import RunInput, Upload
from app.tables.credentials import PasswordReset, RecoveryCode, SecondFactor
from app.tables.datasets import Dataset, DatasetVersion
from app.tables.identities import Identity, PendingSignIn
from app.tables.media import Media
from app.tables.mlflow import LoggedModel, RunLink
from app.tables.people import (
    ApiKey,
    Invitation,
    Membership,
    Organization,
    Project,
    ProjectMembership,
    ServiceAccount,
    SignInSession,
    User,
)
from app.tables.registry import ModelAlias, ModelApproval, ModelGate, ModelVersion, RegisteredModel
from app.tables.retention import ArtifactRetention
from app.tables.samples import PoolSample, PoolShare, ServiceSample
from app.tables.scheduling import Cluster, GpuNode, ResourceQuota, SchedulingQueue, UsageDay, UsageEntry, Workload
from app.tables.telemetry import BatchSource, MetricBatch, MetricChunk, UnfoldedBatch
from app.tables.tracking import (
    Artifact,
    ArtifactFile,
    Experiment,
    Log,
    MetricLatest,
    Param,
    Run,
    RunField,
    UnreferencedBlob,
)
from app.tables.views import RunView
from app.tables.webhooks import Webhook, WebhookDelivery
from app.tables.work import Deployment, Environment, InferenceService, Scenario, Simulation, Study, TrainingJob, Trial

__all__ = [
    "AgentMessage",
    "AgentSession",
    "ApiKey",
    "Artifact",
    "ArtifactFile",
    "ArtifactRetention",
    "BatchSource",
    "Cluster",
    "Dataset",
    "DatasetVersion",
    "Deployment",
    "Environment",
    "Event",
    "Experiment",
    "GpuNode",
    "IdempotencyKey",
    "Identity",
    "InferenceService",
    "Invitation",
    "Log",
    "LoggedModel",
    "Media",
    "Membership",
    "MetricBatch",
    "MetricChunk",
    "MetricLatest",
    "ModelAlias",
    "ModelApproval",
    "ModelGate",
    "ModelVersion",
    "Organization",
    "Param",
    "PasswordReset",
    "PendingSignIn",
    "PoolSample",
    "PoolShare",
    "Project",
    "ProjectMembership",
    "RecoveryCode",
    "RegisteredModel",
    "ResourceQuota",
    "Run",
    "RunField",
    "RunInput",
    "RunLink",
    "RunView",
    "Scenario",
    "SchedulingQueue",
    "SecondFactor",
    "ServiceAccount",
    "ServiceSample",
    "SignInSession",
    "Simulation",
    "Study",
    "TrainingJob",
    "Trial",
    "UnfoldedBatch",
    "UnreferencedBlob",
    "Upload",
    "UsageDay",
    "UsageEntry",
    "User",
    "Webhook",
    "WebhookDelivery",
    "Workload",
]
