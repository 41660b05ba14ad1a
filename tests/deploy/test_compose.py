"""deploy/compose.yaml: valid, whole, closed. Nothing here starts Docker."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.deploy.manifests import DEPLOY, ROOT, compose, ray_settings

SERVICES: dict[str, dict[str, Any]] = compose()["services"]


def test_the_compose_specification_accepts_it() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    done = subprocess.run([*command, str(DEPLOY / "compose.yaml")], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("section", ["secrets", "networks", "volumes"])
def test_what_a_service_names_is_defined_and_what_is_defined_is_named(section: str) -> None:
    named: set[str] = set()
    for service in SERVICES.values():
        if section == "volumes":
            sources = [mount.split(":")[0] for mount in service.get("volumes", [])]
            named |= {source for source in sources if not source.startswith(".")}
        else:
            named |= set(service.get(section, []))
    assert named == set(compose()[section])


def test_services_wait_for_and_join_services_that_exist() -> None:
    for service in SERVICES.values():
        assert set(service.get("depends_on", [])) <= SERVICES.keys()
        kind, _, joined = service.get("network_mode", "").partition(":")
        assert kind in {"", "service"}
        assert not joined or joined in SERVICES
        waited = service.get("depends_on", {})
        healthy = {
            name for name in waited if isinstance(waited, dict) and waited[name]["condition"] == "service_healthy"
        }
        assert all("healthcheck" in SERVICES[name] for name in healthy)


def test_only_the_port_of_tls_is_published_and_its_listener_terminates_tls() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert published == {"pod": ["443:443"]}
    assert not any("privileged" in service for service in SERVICES.values())
    assert SERVICES["proxy"]["network_mode"] == SERVICES["head"]["network_mode"] == "service:pod"
    assert SERVICES["proxy"]["environment"]["TRINE_TLS_PORT"] == "443"
    caddyfile = (DEPLOY / "proxy/Caddyfile").read_text()
    assert "tls {$TRINE_TLS_CERTIFICATE} {$TRINE_TLS_KEY}" in caddyfile
    assert "admin off" in caddyfile


def test_there_is_no_password_in_it_and_every_secret_is_a_file() -> None:
    assert all(set(secret) == {"file"} for secret in compose()["secrets"].values())
    assert all(secret["file"] == f"secrets/{name}" for name, secret in compose()["secrets"].items())
    for name, service in SERVICES.items():
        for variable, value in _environment(service).items():
            if re.search(r"PASSWORD|SECRET_|TOKEN|KEY|CREDENTIAL|_CERTIFICATE", variable):
                assert str(value).startswith("/run/secrets"), f"{name}: {variable}"
        assert not re.search(
            r"(password|requirepass|secret|token)[ =]+[A-Za-z0-9]", " ".join(_command(service)), re.IGNORECASE
        )
    # A default after `:-` would be one that nobody changes.
    defaults = set(re.findall(r"\$\{(\w+):-", (DEPLOY / "compose.yaml").read_text()))
    assert defaults == {"TRINE_FLAVOUR", "TRINE_WORKERS"}
    ignored = (ROOT / ".gitignore").read_text().splitlines()
    assert "/deploy/secrets/" in ignored
    assert "deploy/secrets" in (DEPLOY / "images/Dockerfile.dockerignore").read_text().splitlines()


def test_workers_reach_no_database_and_hold_no_key_of_the_platform() -> None:
    worker = SERVICES["worker"]
    assert worker["networks"] == ["cluster"]
    for closed in ("postgres", "redis", "grafana"):
        assert SERVICES[closed]["networks"] == ["data"]
    assert not {"database_owner_url", "signing_key", "key_pepper", "redis_password"} & set(worker["secrets"])
    assert compose()["networks"]["data"] == {"internal": True}


def test_every_node_reads_the_one_file_of_settings() -> None:
    for name in ("head", "worker", "applications"):
        assert SERVICES[name]["env_file"] == ["ray.env"]
        assert not ray_settings().keys() & _environment(SERVICES[name]).keys()


def test_every_mounted_file_exists_and_what_the_image_runs_is_executable() -> None:
    for service in SERVICES.values():
        for mount in service.get("volumes", []):
            source = mount.split(":")[0]
            assert not source.startswith(".") or (DEPLOY / source).exists(), source
    for script in ("images/start", "images/prepare", "images/run", "secrets.sh"):
        assert os.access(DEPLOY / script, os.X_OK), script
        subprocess.run(["bash", "-n", str(DEPLOY / script)], check=True)


def test_the_images_targets_exist_and_copy_only_what_is_there() -> None:
    dockerfile = (DEPLOY / "images/Dockerfile").read_text()
    assert {"cpu", "gpu"} <= set(re.findall(r"^FROM \S+ AS (\S+)$", dockerfile, re.MULTILINE))
    kept = [
        line[1:]
        for line in (DEPLOY / "images/Dockerfile.dockerignore").read_text().splitlines()
        if line.startswith("!")
    ]
    assert all((ROOT / name).exists() for name in kept)
    assert dockerfile.rstrip().endswith("USER trine")


def test_secrets_are_random_complete_and_private(tmp_path: Path) -> None:
    folder = tmp_path / "deploy"
    folder.mkdir()
    (folder / "secrets.sh").write_text((DEPLOY / "secrets.sh").read_text())
    command = ["bash", str(folder / "secrets.sh"), "trine.example.org"]
    subprocess.run(command, check=True, capture_output=True)
    made = folder / "secrets"
    assert made.stat().st_mode & 0o777 == 0o700
    content = {name: (made / name).read_bytes() for name in compose()["secrets"]}
    assert len(content["signing_key"]) == 64
    assert len(set(content.values())) == len(content)
    assert content["postgres_password"] in content["database_owner_url"]
    verified = subprocess.run(
        ["openssl", "verify", "-CAfile", made / "authority", made / "tls_certificate"], capture_output=True, text=True
    )
    assert verified.returncode == 0, verified.stderr
    subprocess.run(command, check=True, capture_output=True)
    assert {name: (made / name).read_bytes() for name in content} == content


def _environment(service: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = service.get("environment", {})
    return found


def _command(service: dict[str, Any]) -> list[str]:
    return [str(part) for part in [*service.get("command", []), *service.get("entrypoint", [])]]
