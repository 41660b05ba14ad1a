"""The first user of a fresh platform, made through the public API, and `credentials.json`."""

import json
import secrets
import time
from pathlib import Path
from typing import Any

import httpx
import pydantic

from deployments.local.errors import LocalError
from deployments.local.home import Home, write_private
from deployments.local.ports import LOOPBACK

EMAIL = "admin@trine.example"
NAME = "Admin"
ORGANIZATION = "Default"
KEY_NAME = "trine up"
PATIENCE = 60.0
INTERVAL = 0.2


class Credentials(pydantic.BaseModel, frozen=True):
    url: str
    email: str
    password: str
    api_key: str
    org: str
    project: str


def load(home: Home) -> Credentials | None:
    """None where there is no file. A file that cannot be read as credentials is an error, never overwritten.

    Raises:
        LocalError: the file is damaged.
    """
    if not home.credentials.exists():
        return None
    try:
        return Credentials.model_validate_json(home.credentials.read_text())
    except pydantic.ValidationError as error:
        raise LocalError("account.damaged", path=home.credentials, reason=error.errors()[0]["msg"]) from error


def save(home: Home, credentials: Credentials) -> None:
    write_private(home.credentials, json.dumps(credentials.model_dump(), indent=2, ensure_ascii=False) + "\n")


def ensure(home: Home, port: int) -> tuple[Credentials, bool]:
    """The credentials, and whether they are new. Old ones are tried first: a key that was revoked is replaced.

    Raises:
        LocalError: the API refused a step; it quotes the answer.
    """
    url = f"http://{LOOPBACK}:{port}"
    kept = load(home)
    with httpx.Client(base_url=url, timeout=30, trust_env=False) as api:
        wait_until_ready(api)
        if kept is None:
            credentials = register(api, url, home.credentials)
        elif key_works(api, kept.api_key):
            credentials = kept.model_copy(update={"url": url})
        elif (session := sign_in(api, kept)) is not None:
            credentials = kept.model_copy(update={"url": url, "api_key": make_key(api, session["token"], kept.project)})
        else:  # an emptied database
            credentials = register(api, url, home.credentials, email=kept.email, password=kept.password)
    if credentials != kept:
        save(home, credentials)
    return credentials, kept is None or credentials.api_key != kept.api_key


def wait_until_ready(api: httpx.Client) -> None:
    """HAProxy learns of a replica a moment after Serve calls it running.

    Raises:
        LocalError: it still does not answer after `PATIENCE` seconds; it quotes the last answer.
    """
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            reply = api.get("/readyz")
            if reply.is_success:
                return
            last = f"{reply.status_code} {reply.text[:300]}"
        except httpx.TransportError as error:
            last = str(error)
        if time.monotonic() > deadline:
            raise LocalError("account.unready", url=api.base_url, last=last)
        time.sleep(INTERVAL)


def register(api: httpx.Client, url: str, path: Path, email: str = EMAIL, password: str | None = None) -> Credentials:
    password = password or secrets.token_urlsafe(18)
    body = {"email": email, "password": password, "name": NAME, "organization": ORGANIZATION}
    reply = api.post("/api/v1/auth/register", json=body)
    if reply.status_code == httpx.codes.CONFLICT:
        raise LocalError("account.lost", path=path, email=email)
    session = answer(reply)
    project = session["projects"][0]["slug"]
    key = make_key(api, session["token"], project)
    return Credentials(
        url=url, email=email, password=password, api_key=key, org=session["organizations"][0]["slug"], project=project
    )


def key_works(api: httpx.Client, key: str) -> bool:
    return api.get("/api/v1/auth/me", headers={"Authorization": f"Bearer {key}"}).is_success


def sign_in(api: httpx.Client, kept: Credentials) -> dict[str, Any] | None:
    reply = api.post("/api/v1/auth/login", json={"email": kept.email, "password": kept.password})
    return None if reply.status_code == httpx.codes.UNAUTHORIZED else answer(reply)


def make_key(api: httpx.Client, token: str, project: str) -> str:
    body = {"name": KEY_NAME, "project": project}
    key: str = answer(api.post("/api/v1/api-keys", json=body, headers={"Authorization": f"Bearer {token}"}))["key"]
    return key


def answer(reply: httpx.Response) -> dict[str, Any]:
    if reply.is_error:
        request = reply.request
        raise LocalError(
            "account.failed",
            method=request.method,
            path=request.url.path,
            status=reply.status_code,
            body=reply.text[:500],
        )
    body: dict[str, Any] = reply.json()
    return body
