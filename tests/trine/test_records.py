"""The client's records against the platform's own description of its answers, and the client made of its source."""

from typing import Any

import pytest

import app.main
import trine.records.accounts as accounts
import trine.records.activity as activity
import trine.records.administration as administration
import trine.records.comparison as comparison
import trine.records.datasets as datasets
import trine.records.inference as inference
import trine.records.lineage as lineage
import trine.records.organizations as organizations
import trine.records.registry as registry
import trine.records.scheduling as scheduling
import trine.records.tracking as tracking
import trine.records.webhooks as webhooks
import trine.records.work as work
from scripts.blocking_client import blocking_files
from trine.records.base import Record

MIRRORED: dict[str, type[Record]] = {
    "UserRead": accounts.User,
    "OrganizationRead": accounts.Organization,
    "ProjectRead": accounts.Project,
    "Me": accounts.Me,
    "SignedIn": accounts.SignedIn,
    "ApiKeyRead": accounts.ApiKey,
    "ApiKeyCreated": accounts.ApiKeyCreated,
    "MemberRead": organizations.Member,
    "InvitationRead": organizations.Invitation,
    "InvitationCreated": organizations.InvitationCreated,
    "ServiceAccountRead": organizations.ServiceAccount,
    "QuotaRead": organizations.Quota,
    "UsageRead": organizations.Usage,
    "PoolUtilization": organizations.PoolUtilization,
    "ResourceUse": organizations.ResourceUse,
    "AdministeredOrganization": administration.AdministeredOrganization,
    "AdministeredUser": administration.AdministeredUser,
    "PasswordResetCreated": administration.PasswordResetCreated,
    "DashboardAccess": administration.DashboardAccess,
    "EventRead": activity.ActivityEvent,
    "WorkloadRead": scheduling.Workload,
    "Explanation": scheduling.Explanation,
    "Forecast": scheduling.Forecast,
    "QueueRead": scheduling.Queue,
    "NodeRead": scheduling.Node,
    "ExperimentRead": tracking.Experiment,
    "RunRead": tracking.RunRecord,
    "RunDetail": tracking.RunDetail,
    "RunRow": tracking.RunRow,
    "MetricCell": tracking.MetricCell,
    "LatestMetric": tracking.LatestMetric,
    "RunsComparison": comparison.RunsComparison,
    "ComparedRun": comparison.ComparedRun,
    "ComparedValues": comparison.ComparedValues,
    "ComparedMetric": comparison.ComparedMetric,
    "CodeVersion": comparison.CodeVersion,
    "CodeComparison": comparison.CodeComparison,
    "FileDifferenceRead": comparison.FileDifference,
    "ImportanceRead": comparison.Importance,
    "ParamImportance": comparison.ParamImportance,
    "RunsGroup": comparison.RunsGroup,
    "Spread": comparison.Spread,
    "RunViewRead": comparison.RunView,
    "SeriesRead": tracking.MetricSeries,
    "RunSeries": tracking.RunSeries,
    "LogHit": tracking.LogHit,
    "MediaRead": tracking.Media,
    "MediaKeyRead": tracking.MediaKey,
    "ArtifactRead": tracking.Artifact,
    "ArtifactDetail": tracking.ArtifactDetail,
    "FileEntry": tracking.File,
    "RunInputRead": lineage.RunInput,
    "LineageRead": lineage.Lineage,
    "LineageRun": lineage.LineageRun,
    "LineageVersion": lineage.LineageVersion,
    "Reader": lineage.Reader,
    "DatasetRead": datasets.Dataset,
    "DatasetDetail": datasets.DatasetDetail,
    "DatasetVersionRead": datasets.DatasetVersion,
    "ColumnRead": datasets.Column,
    "ServiceMetrics": inference.ServiceMetrics,
    "Quantiles": inference.Quantiles,
    "ServiceTotals": inference.ServiceTotals,
    "ModelRead": registry.Model,
    "ModelDetail": registry.ModelDetail,
    "VersionRead": registry.ModelVersion,
    "VersionDetail": registry.ModelVersionDetail,
    "VersionInput": registry.VersionInput,
    "CardRead": registry.ModelCard,
    "GateRead": registry.ModelGate,
    "GateCheck": registry.GateCheck,
    "Outcome": registry.GateOutcome,
    "ApprovalRead": registry.ModelApproval,
    "Lineage": registry.Lineage,
    "Node": registry.LineageNode,
    "Edge": registry.LineageEdge,
    "Cost": registry.LineageCost,
    "WebhookRead": webhooks.Webhook,
    "WebhookSecret": webhooks.WebhookSecret,
    "DeliveryRead": webhooks.WebhookDelivery,
    "TrainingJobRead": work.TrainingJob,
    "TrialRead": work.Trial,
    "StudyRead": work.Study,
    "EnvironmentRead": work.Environment,
    "ScenarioRead": work.Scenario,
    "SimulationRead": work.Simulation,
    "ReportRead": work.Report,
    "ServiceRead": inference.Service,
    "DeploymentRead": inference.Deployment,
}


@pytest.fixture(scope="module")
def schemas() -> dict[str, Any]:
    found: dict[str, Any] = app.main.build_app().openapi()["components"]["schemas"]
    return found


@pytest.mark.parametrize("name", MIRRORED)
def test_a_record_has_the_fields_of_the_answer(schemas: dict[str, Any], name: str) -> None:
    ours = MIRRORED[name].model_json_schema(mode="serialization")["properties"]
    theirs = (schemas.get(name) or schemas[f"{name}-Output"])["properties"]
    assert sorted(ours) == sorted(theirs)
    for field in ours:
        assert _nullable(ours[field]) == _nullable(theirs[field]), field


def test_the_blocking_client_is_what_its_source_makes() -> None:
    assert {path: path.read_text() for path in blocking_files()} == blocking_files()


def _nullable(schema: dict[str, Any]) -> bool:
    return {"type": "null"} in schema.get("anyOf", [])
