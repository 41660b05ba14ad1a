"""The API answers nothing that OpenAPI does not describe, and nothing breaks it: schemathesis, a small run."""

import asyncio
import sys
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from app.errors import PROBLEMS
from tests.app.test_isolation import one_of_everything
from tests.fixtures.auth import Person
from tests.fixtures.scheduling import Desk

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
EXCLUDED = r"/api/v1/events$|/training-jobs/\{job_id\}/logs$|/metrics:stream$|/v2/models/"
"""Streams that end when the client goes; and what an engine answers, because none runs here."""
SECONDS = 120


async def test_no_answer_is_undocumented_and_none_is_an_error_of_the_server(
    served: str, ada: Person, desk: Desk, tmp_path: Path
) -> None:
    things = await one_of_everything(ada)
    key = (await ada.api_key("fuzz"))["key"]
    config = tmp_path / "schemathesis.toml"
    parameters = "\n".join(f'"path.{name}" = "{value}"' for name, value in things.items())
    config.write_text(f"[parameters]\n{parameters}\n")
    command = [
        *(str(Path(sys.executable).with_name("st")), "--config-file", str(config), "run", f"{served}/openapi.json"),
        *("--header", f"Authorization: Bearer {key}", "--checks", ",".join(CHECKS), "--exclude-path-regex", EXCLUDED),
        # All that the others are asked about is in it.
        *("--exclude-name", "DELETE /api/v1/projects/{project}"),
        *("--phases", "examples,fuzzing", "--max-examples", "4", "--max-time", "25", "--generation-deterministic"),
        *("--continue-on-failure", "--no-color", "--request-timeout", "20", "--warnings", "off", "--no-shrink"),
    ]
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, cwd=tmp_path
    )
    try:
        async with asyncio.timeout(SECONDS):
            output, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode == 0, output.decode()


def test_every_operation_declares_its_errors(web_app: FastAPI) -> None:
    for path, operations in web_app.openapi()["paths"].items():
        if not path.startswith("/api/v1"):
            continue
        for method, operation in operations.items():
            declared, where = set(operation["responses"]), f"{method} {path}"
            assert {"429", "503"} <= declared, where
            assert method == "head" or operation["responses"]["429"]["headers"]["Retry-After"]["required"], where
            assert "401" in declared or path.endswith(("{path}", "/auth/providers", "/callback")), where
            assert "{" not in path or {"404", "422"} <= declared, where
            assert method == "get" or method == "head" or "409" in declared, where


def test_problems_are_described_as_such(web_app: FastAPI) -> None:
    problem: dict[str, Any] = web_app.openapi()["paths"]["/api/v1/auth/me"]["get"]["responses"]["401"]
    assert "application/problem+json" in problem["content"]
    assert all("application/problem+json" in each["content"] for each in PROBLEMS.values())
