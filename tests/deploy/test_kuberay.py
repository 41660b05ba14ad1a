"""deploy/kuberay: against KubeRay's published definitions where they are at hand, and for what we promise of it."""

import functools
import os
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # it ships no types
import pytest
import yaml

from tests.deploy.manifests import DEPLOY, ROOT, kubernetes, of_kind, ray_settings

# They are data of another project and not copied into this one: a folder of its `config/crd/bases`.
DEFINITIONS = Path(os.environ.get("KUBERAY_CRDS", ROOT.parent / "shared/schemas/kuberay"))
CLUSTER = of_kind("RayCluster")[0]["spec"]
needs_definitions = pytest.mark.skipif(
    not (DEFINITIONS / "ray.io_rayclusters.yaml").exists(), reason="KUBERAY_CRDS names no folder of KubeRay's CRDs"
)


def pods() -> dict[str, dict[str, Any]]:
    groups = {group["groupName"]: group for group in CLUSTER["workerGroupSpecs"]}
    specs = {name: group["template"]["spec"] for name, group in {"head": CLUSTER["headGroupSpec"], **groups}.items()}
    return specs | {"applications": of_kind("Job")[0]["spec"]["template"]["spec"]}


@functools.cache
def definition() -> dict[str, Any]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    document = yaml.load((DEFINITIONS / "ray.io_rayclusters.yaml").read_text(), Loader=loader)  # noqa: S506 - a safe one
    (version,) = (version for version in document["spec"]["versions"] if version["name"] == "v1")
    schema: dict[str, Any] = version["schema"]["openAPIV3Schema"]
    return closed(schema)


def closed(schema: Any) -> Any:
    """The API server drops a field that it does not know; here it is an error."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    made = {name: closed(value) for name, value in schema.items()}
    if isinstance(made.get("properties"), dict) and made.get("type") == "object":
        made.setdefault("additionalProperties", False)
    return made


@needs_definitions
def test_kuberay_knows_every_field_of_the_cluster() -> None:
    schema = definition()
    cluster = {**of_kind("RayCluster")[0], "metadata": {}}
    jsonschema.validate(cluster, schema)
    cluster["spec"] = {**CLUSTER, "gcsFaultTolerance": {}}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(cluster, schema)


@needs_definitions
def test_the_job_is_a_pod_as_kubernetes_knows_it() -> None:
    pod = definition()["properties"]["spec"]["properties"]["headGroupSpec"]["properties"]["template"]
    jsonschema.validate({"spec": pods()["applications"]}, pod)


def test_the_head_survives_its_restart() -> None:
    store = CLUSTER["gcsFaultToleranceOptions"]
    assert store["redisAddress"]
    assert "secretKeyRef" in store["redisPassword"]["valueFrom"]
    assert CLUSTER["authOptions"] == {"mode": "token", "secretName": "trine-ray"}


def test_every_node_reads_the_one_file_of_settings() -> None:
    generators = yaml.safe_load((DEPLOY / "kustomization.yaml").read_text())["configMapGenerator"]
    assert {"name": "trine-ray-settings", "envs": ["ray.env"]} in generators
    for name, pod in pods().items():
        container = pod["containers"][0]
        assert {"configMapRef": {"name": "trine-ray-settings"}} in container["envFrom"], name
        assert not ray_settings().keys() & {variable["name"] for variable in container["env"]}, name
    started = CLUSTER["headGroupSpec"]["rayStartParams"]
    assert started["port"] == ray_settings()["TRINE_RAY_PORT"]
    assert started["dashboard-port"] == ray_settings()["TRINE_RAY_DASHBOARD_PORT"]
    # Serve's configuration is the file in the image, not a copy of it.
    assert "serve_config.yaml" in pods()["applications"]["containers"][0]["command"]


def test_secrets_are_references() -> None:
    assert not of_kind("Secret")
    for name, pod in pods().items():
        for container in [*pod["containers"], *pod.get("initContainers", [])]:
            for variable in container.get("env", []):
                if "value" in variable:
                    secret = any(word in variable["name"] for word in ("PASSWORD", "TOKEN", "SECRET_", "DATABASE"))
                    assert not secret, f"{name}: {variable['name']}"
    # Workers get no key of the platform.
    for name in ("cpu", "gpu"):
        assert "trine-platform" not in str(pods()[name])


def test_nothing_runs_as_root_or_may_become_it() -> None:
    for name, pod in pods().items():
        assert pod["securityContext"]["runAsNonRoot"], name
        assert pod["automountServiceAccountToken"] is False, name
        for container in [*pod["containers"], *pod.get("initContainers", [])]:
            assert container["securityContext"]["allowPrivilegeEscalation"] is False
            assert container["securityContext"]["capabilities"]["drop"] == ["ALL"]


def test_from_outside_only_the_ingress_reaches_only_the_port_of_tls() -> None:
    policies = {policy["metadata"]["name"]: policy["spec"] for policy in of_kind("NetworkPolicy")}
    assert policies["default-deny"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    outside = []
    for policy in policies.values():
        for rule in policy.get("ingress", []):
            assert rule["from"], "a rule without `from` lets everybody in"
            inside = all("podSelector" in peer and "namespaceSelector" not in peer for peer in rule["from"])
            outside += [] if inside else [rule]
    (rule,) = outside
    (service,) = of_kind("Service")
    (port,) = rule["ports"]
    assert port["port"] == service["spec"]["ports"][0]["targetPort"] == 8443
    proxy = next(container for container in pods()["head"]["containers"] if container["name"] == "proxy")
    assert {"name": "gateway", "containerPort": 8443} in proxy["ports"]


def test_the_ingress_has_a_certificate_and_leads_to_the_gateway() -> None:
    (ingress,) = of_kind("Ingress")
    (service,) = of_kind("Service")
    (rule,) = ingress["spec"]["rules"]
    assert ingress["spec"]["tls"] == [{"hosts": [rule["host"]], "secretName": "trine-tls"}]
    (path,) = rule["http"]["paths"]
    assert path["backend"]["service"]["name"] == service["metadata"]["name"]
    assert path["backend"]["service"]["port"]["name"] == service["spec"]["ports"][0]["name"]
    address = next(item for item in pods()["head"]["containers"][0]["env"] if item["name"] == "TRINE_URL")
    assert address["value"] == f"https://{rule['host']}"


def test_what_is_mounted_is_there() -> None:
    claims = {claim["metadata"]["name"] for claim in of_kind("PersistentVolumeClaim")}
    for name, pod in pods().items():
        volumes = {volume["name"]: volume for volume in pod.get("volumes", [])}
        mounted = {
            mount["name"]
            for container in [*pod["containers"], *pod.get("initContainers", [])]
            for mount in container.get("volumeMounts", [])
        }
        assert mounted == volumes.keys(), name
        named = {
            volume["persistentVolumeClaim"]["claimName"]
            for volume in volumes.values()
            if "persistentVolumeClaim" in volume
        }
        assert named <= claims
    assert all(item["metadata"].get("namespace", "trine") == "trine" for item in kubernetes())
