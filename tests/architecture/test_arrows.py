"""Which package may import which: the contracts of pyproject.toml, and what really gets loaded."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.source import ROOT, modules


def test_contracts_hold() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr


def test_models_of_train_import_of_ours_only_trine() -> None:
    """import-linter cannot forbid a package to its own subpackage."""
    foreign = [
        f"{name} imports {imported}"
        for name, tree in modules("train/models")
        for node in ast.walk(tree)
        for imported in _imported(node)
        if imported.split(".")[0] == "train" and not f"{imported}.".startswith("train.models.")
    ]
    assert not foreign


def test_only_a_slice_itself_asks_its_repository() -> None:
    """The look-ups of auth, which know people before they are anybody, are for whoever signs in or enrols: ADR 0007."""
    foreign = [
        f"{name} imports {imported}"
        for name, tree in modules("app")
        for node in ast.walk(tree)
        for imported in _imported(node)
        if (parts := imported.split("."))[0] == "app" and "repository" in parts[2:3]
        if parts[1] not in {name.split("/")[1], "kit", "auth"}
    ]
    assert not foreign


@pytest.mark.parametrize(
    ("module", "heavy"),
    [
        ("trine", {"ray", "torch", "vllm", "transformers", "fastapi", "sqlalchemy", "psycopg", "numpy"}),
        ("trine.cli", {"ray", "torch", "vllm", "transformers", "fastapi", "sqlalchemy", "psycopg", "numpy"}),
        ("app.main", {"torch", "vllm", "transformers", "train", "tune", "sim", "deployments"}),
        ("sim.main", {"fastapi", "sqlalchemy", "psycopg", "vllm", "app"}),
        ("deployments.engines.torch", {"torch", "onnxruntime"}),
        ("train.main", {"fastapi", "sqlalchemy", "psycopg", "vllm", "app"}),
    ],
)
def test_import_stays_light(module: str, heavy: set[str]) -> None:
    script = f"import sys, {module}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    result = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    loaded = heavy & set(result.stdout.split())
    assert not loaded, f"import {module} loads {sorted(loaded)}"


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module:
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return []
