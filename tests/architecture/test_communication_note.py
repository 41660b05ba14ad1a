"""`docs/notes/communication.md` has every module that opens connections (OWASP ASVS 5.0: 13.1.1)."""

import ast
import re

from tests.architecture.source import ROOT, files, modules

NOTE = (ROOT / "docs/notes/communication.md").read_text()
PACKAGES = ("app", "deployments", "train", "tune", "sim")
CONNECTING = re.compile(
    r"(httpx|aiohttp|requests|urllib3|urllib\.request|http\.client|socket|websockets|smtplib|ftplib|paramiko|boto3"
    r"|redis|psycopg|obstore|pyarrow\.fs|fsspec|grpc|huggingface_hub|opentelemetry\.exporter|app\.kit\.outbound)(\.|$)"
)
NAMES_ALONE = re.compile(r"(psycopg\.(sql|errors|conninfo|types)|psycopg\.abc|obstore\.exceptions|urllib\.parse)(\.|$)")
"""Of those libraries: errors and texts."""
ERRORS_ALONE = {
    "app/accounts/sign_in.py",
    "app/errors.py",
    "app/experiments/ingest.py",
    "app/kit/addresses.py",
    "app/kit/traceback.py",
    "app/platform.py",
    "app/request_context.py",
}
"""They know the errors, or hand the connection on, and open none."""


def connecting() -> set[str]:
    found: set[str] = set()
    for package in PACKAGES:
        for path, tree in modules(package):
            for node in ast.walk(tree):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
                if any(CONNECTING.match(name) and not NAMES_ALONE.match(name) for name in names):
                    found.add(path)
    return found


def test_every_module_that_connects_is_listed() -> None:
    listed = set(re.findall(r"`((?:app|deployments|train|tune|sim)/[\w/]+\.py)`", NOTE))
    assert connecting() - listed - ERRORS_ALONE == set(), "tell it in docs/notes/communication.md"
    assert listed - connecting() == set(), "it connects to nothing any longer"


def test_every_port_that_kubernetes_lets_through_is_listed() -> None:
    ports = {
        port
        for name in files(".yaml")
        if name.startswith("deploy/kuberay/") and "kind: NetworkPolicy" in (ROOT / name).read_text()
        for port in re.findall(r"\bport: (\d+)", (ROOT / name).read_text())
    }
    assert {"8443", "5432"} <= ports
    assert {port for port in ports if not re.search(rf"\b{port}\b", NOTE)} == set()
