"""`$TRINE_HOME`: where this machine keeps credentials and telemetry that could not be sent yet."""

import json
import os
from pathlib import Path

from pydantic import ValidationError

from trine.errors import NotConfigured, TrineError
from trine.specs.base import Spec

URL = "TRINE_URL"
API_KEY = "TRINE_API_KEY"


class Credentials(Spec):
    """`credentials.json`, as `trine up` and `trine login` write it."""

    url: str
    email: str = ""
    password: str = ""
    api_key: str
    org: str = ""
    project: str = ""


def home() -> Path:
    return Path(os.environ.get("TRINE_HOME") or "~/.trine").expanduser()


def credentials() -> Credentials:
    """From `TRINE_URL` and `TRINE_API_KEY` where both are set, else from `credentials.json`.

    `TRINE_PROJECT` overrides the default project. Raises `NotConfigured` where there is neither.
    """
    found = _from_environment() or stored()
    if found is None:
        raise NotConfigured(f"No address and key of a platform: {_path()} does not exist.", code="not_configured")
    project = os.environ.get("TRINE_PROJECT")
    return found.model_copy(update={"project": project}) if project else found


def stored() -> Credentials | None:
    """What the file holds; None where there is no file."""
    try:
        text = _path().read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    try:
        known = {key: value for key, value in json.loads(text).items() if key in Credentials.model_fields}
        return Credentials.model_validate(known)
    except (ValueError, AttributeError, ValidationError) as error:
        raise TrineError(
            f"{_path()} is not a credentials file: {type(error).__name__}.",
            code="credentials_unreadable",
            advice="Run `trine login` to write it anew.",
        ) from error


def store(credentials: Credentials) -> Path:
    """Writes `credentials.json`, readable by its owner alone."""
    path = _path()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = path.with_suffix(f".{os.getpid()}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(credentials.model_dump_json(indent=2) + "\n")
    partial.replace(path)
    return path


def _path() -> Path:
    return home() / "credentials.json"


def _from_environment() -> Credentials | None:
    url, key = os.environ.get(URL), os.environ.get(API_KEY)
    if url and key:
        return Credentials(url=url, api_key=key)
    if url or key:
        file = stored()
        if file is not None:
            return file.model_copy(update={"url": url or file.url, "api_key": key or file.api_key})
    return None
