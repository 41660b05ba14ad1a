"""The environment of everything that `up` starts: what is needed, no keys or passwords of the person who typed it."""

import os
import sys
from pathlib import Path

from deployments.local.haproxy import WRAPPER
from deployments.local.home import Home
from deployments.local.ports import LOOPBACK
from deployments.local.state import Ports

ROOT = Path(__file__).parents[2]
SETTINGS = ROOT / "deploy" / "ray.env"
MARK = "TRINE_LOCAL_CLUSTER"

KEPT = {"PATH", "HOME", "USER", "LANG", "LANGUAGE", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "VIRTUAL_ENV"}
KEPT |= {"SSL_CERT_FILE", "SSL_CERT_DIR", "NO_PROXY", "no_proxy", "HF_HOME", "HF_HUB_OFFLINE", "XDG_CACHE_HOME"}
# Not OTEL_EXPORTER_OTLP_HEADERS, which holds credentials.
KEPT |= {"OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_TRACES_SAMPLER", "OTEL_TRACES_SAMPLER_ARG"}
KEPT_PREFIXES = (
    "LC_",
    "PYTHON",
    "RAY_",
    "OMP_",
    "MKL_",
    "OPENBLAS_",
    "CUDA_",
    "NVIDIA_",
    "NCCL_",
    "VLLM_",
    "TORCH",
    "TRINE_",
)
SECRET_WORDS = ("KEY", "TOKEN", "PASSWORD", "ENROLMENT", "DATABASE_URL", "REDIS_URL")
# of another cluster, or set below
DROPPED = {"RAY_ADDRESS", "RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH", "PYTHONHOME", "PYTHONSTARTUP", "TRINE_URL"}


def settings() -> dict[str, str]:
    """deploy/ray.env as a mapping."""
    lines = (line.strip() for line in SETTINGS.read_text().splitlines())
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {name: value for name, _, value in pairs}


def cleaned(source: dict[str, str]) -> dict[str, str]:
    """What of a person's environment goes to the cluster, where every tenant's job could read it."""
    return {name: value for name, value in source.items() if name not in DROPPED and wanted(name)}


def wanted(name: str) -> bool:
    if name in KEPT:
        return True
    return name.startswith(KEPT_PREFIXES) and not any(word in name for word in SECRET_WORDS)


def cluster_environment(home: Home, ports: Ports) -> dict[str, str]:
    """The environment of `ray start`, inherited by every Serve replica and job."""
    environment = cleaned(dict(os.environ))
    binaries = str(Path(sys.executable).parent)
    path = [binaries, *(part for part in environment.get("PATH", os.defpath).split(os.pathsep) if part != binaries)]
    inherited = [part for part in environment.get("PYTHONPATH", "").split(os.pathsep) if part and part != str(ROOT)]
    return (
        environment
        | settings()
        | {
            "PATH": os.pathsep.join(path),
            "PYTHONPATH": os.pathsep.join([str(ROOT), *inherited]),
            "TRINE_HOME": str(home.root),
            "TRINE_SECRETS_DIR": str(home.secrets),
            "TRINE_PORT": str(ports.web),
            "TRINE_URL": f"http://{LOOPBACK}:{ports.web}",
            "TRINE_DASHBOARD_URL": f"http://{LOOPBACK}:{ports.dashboard}",
            "TRINE_RAY_PORT": str(ports.gcs),
            "TRINE_RAY_DASHBOARD_PORT": str(ports.dashboard),
            # Ray takes 127.0.0.1 for "this host", looks up its address and listens everywhere; this, made for laptops
            # with a firewall that asks, keeps it on 127.0.0.1
            "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",
            "TRINE_SINGLE_NODE": "1",
            "RAY_AUTH_TOKEN_PATH": str(home.secrets / "ray_token"),
            "RAY_SERVE_HAPROXY_BINARY_PATH": str(home.haproxy / WRAPPER),
            "RAY_SERVE_HAPROXY_CONFIG_FILE_LOC": str(home.haproxy / "haproxy.cfg"),
            "RAY_SERVE_HAPROXY_SOCKET_PATH": str(home.haproxy / "admin.sock"),
            "RAY_SERVE_HAPROXY_SERVER_STATE_BASE": str(home.haproxy),
            "RAY_SERVE_HAPROXY_SERVER_STATE_FILE": str(home.haproxy / "server-state"),
            "RAY_SERVE_HAPROXY_STATS_PORT": str(ports.stats),
            "RAY_SERVE_HAPROXY_METRICS_PORT": str(ports.metrics),
            "RAY_SERVE_FALLBACK_PROXY_HTTP_PORT": str(ports.fallback),
            MARK: str(home.root),
        }
    )
