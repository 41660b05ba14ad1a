"""`docs/notes/sign_in.md` says what the code does (OWASP ASVS 5.0: 6.1.1, 6.1.3, 7.1.1, 7.1.2, 7.1.3)."""

import re

import app.tables  # noqa: F401
from app.accounts import strength
from app.accounts.schemas import PasswordResetUse
from app.auth import password_links
from app.config import Settings
from app.kit.orm import Base
from app.main import build_app
from deployments.local.database import INITIAL_PASSWORD_DAYS
from tests.app.test_permissions import WITHOUT_CREDENTIAL
from tests.architecture.source import ROOT

NOTE = (ROOT / "docs/notes/sign_in.md").read_text()
OPENS_NOTHING = {"GET /v1/healthz", "GET /v1/readyz", "GET /api/v1/auth/providers"}


def test_the_values_are_those_of_the_settings() -> None:
    told = dict(re.findall(r"^\| `TRINE_(\w+)` \| `([^`]+)` \|", NOTE, re.MULTILINE))
    assert len(told) == 5
    for name, value in told.items():
        assert str(Settings.model_fields[name.lower()].default) == value, name
    assert f"runs out after {INITIAL_PASSWORD_DAYS} days" in NOTE
    assert f"good once, {password_links.LIFETIME.total_seconds() / 3600:.0f} hours" in NOTE
    assert strength.GUESSES == 10**8


def test_every_operation_without_a_credential_is_among_the_ways_in() -> None:
    for operation in WITHOUT_CREDENTIAL - OPENS_NOTHING:
        method, path = operation.split(" ")
        path = path.replace(":path}", "}").replace(":sign-in", "/callback")
        assert path in NOTE, (method, path)


def test_nothing_stands_in_for_a_password_but_a_link() -> None:
    """No hint and no question: neither is stored, nor taken, nor told (6.4.2)."""
    asked = re.compile(r"question|hint|maiden|reminder")
    stored = [f"{table}.{column.name}" for table, each in Base.metadata.tables.items() for column in each.columns]
    described = build_app().openapi()["components"]["schemas"]
    named = [f"{name}.{field}" for name, schema in described.items() for field in schema.get("properties", {})]
    assert len(stored) > 500
    assert len(named) > 500
    assert [name for name in (*stored, *named) if asked.search(name.lower())] == []
    assert set(PasswordResetUse.model_fields) == {"token", "new_password"}
    opening = {name for name in WITHOUT_CREDENTIAL if "password" in name or "login" in name}
    assert opening == {"POST /api/v1/auth/login", "POST /api/v1/auth/password:reset"}


def test_each_part_that_is_asked_for_is_there() -> None:
    for part in ("lock its owner out", "any number of sessions", "ends there keeps its session here", "second factor"):
        assert part in NOTE, part
