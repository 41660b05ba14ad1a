"""The environments in which runs began: artifacts of type `environment`, which `trine/capture.py` writes."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic_core import from_json

from app.experiments.params import flat
from app.storage.store import ArtifactStore, Spoilt
from app.tables import ArtifactFile

DOCUMENT, PACKAGES, PATCH = "environment.json", "packages.txt", "git.diff"
MOST = {DOCUMENT: 512 * 1024, PACKAGES: 512 * 1024, PATCH: 2 * 1024 * 1024}
"""Bytes of what is read; what is larger was written by nobody of ours."""
AT_ONCE = 8
"""Files that are read at the same time for one request."""
_OF_PACKAGE = "version."


class Source(StrEnum):
    ARTIFACT = "artifact"
    TAGS = "tags"
    """Only what the run says of itself: no environment was uploaded, or not yet."""
    UNREADABLE = "unreadable"
    """One was uploaded that is not what it says it is; what is told is from tags."""
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Environment:
    source: Source
    facts: dict[str, Any] = field(default_factory=dict)
    """By flat names, such as `python.version` and `git.commit`."""
    packages: dict[str, str] = field(default_factory=dict)
    """Name → version."""


async def read(
    store: ArtifactStore, files: Mapping[UUID, Mapping[str, ArtifactFile]], tags: Mapping[UUID, Mapping[str, Any]]
) -> dict[UUID, Environment]:
    """Of each run in `tags`, by the files of its environment. No session is open meanwhile."""
    room = asyncio.Semaphore(AT_ONCE)

    async def one(run_id: UUID) -> Environment:
        async with room:
            return await _environment(store, files.get(run_id, {}), tags[run_id])

    return dict(zip(tags, await asyncio.gather(*(one(run_id) for run_id in tags)), strict=True))


async def content(store: ArtifactStore, file: ArtifactFile) -> str:
    """Raises `Spoilt`."""
    blob = await store.open(file.org_id, file.sha256, size=file.size)
    return b"".join([piece async for piece in blob.verified()]).decode("utf-8", "replace")


def of_tags(tags: Mapping[str, Any]) -> Environment:
    """What `trine.capture.facts`, or MLflow's client, tells of a run in its tags."""
    facts = {name: tags[tag] for tag, name in _FACTS.items() if tag in tags}
    packages = {
        tag.removeprefix(_OF_PACKAGE): str(version) for tag, version in tags.items() if tag.startswith(_OF_PACKAGE)
    }
    return Environment(Source.TAGS if facts or packages else Source.NONE, facts, packages)


def packages_of(text: str) -> dict[str, str]:
    """Of lines `name==version`; names as PyPI compares them."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        name, separator, version = line.strip().partition("==")
        if separator:
            found[name.lower().replace("_", "-").replace(".", "-")] = version
    return found


_FACTS = {
    "mlflow.source.name": "command",
    "mlflow.source.git.commit": "git.commit",
    "mlflow.source.git.branch": "git.branch",
    "mlflow.source.git.repoURL": "git.remote",
    "command": "command",
    "host": "host",
    "python": "python.version",
    "git.commit": "git.commit",
    "git.branch": "git.branch",
}
"""Tag → name in an environment; where two tell of one, the later holds."""


async def _environment(store: ArtifactStore, files: Mapping[str, ArtifactFile], tags: Mapping[str, Any]) -> Environment:
    told = of_tags(tags)
    if DOCUMENT not in files:
        return told
    wanted = [files[name] for name in (DOCUMENT, PACKAGES) if name in files]
    unreadable = Environment(Source.UNREADABLE, told.facts, told.packages)
    if any(file.size > MOST[file.path] for file in wanted):
        return unreadable
    try:
        texts = {file.path: await content(store, file) for file in wanted}
        document = from_json(texts[DOCUMENT])
    except (Spoilt, ValueError):
        return unreadable
    if not isinstance(document, dict):
        return unreadable
    return Environment(Source.ARTIFACT, flat(document), packages_of(texts.get(PACKAGES, "")))
