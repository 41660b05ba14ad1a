"""The settings of sign-in providers, and where their secrets come from."""

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from app.auth.oidc import OidcClient
from app.auth.provider_clients import ProviderClients
from app.config import Settings
from app.errors import NotFound
from app.kit.outbound import Outbound

CORP = {"kind": "oidc", "name": "corp", "title": "Corp", "issuer": "https://sso.test", "client_id": "trine"}
HUB = {"kind": "github", "name": "github", "client_id": "trine"}


def settings(home: Path, monkeypatch: pytest.MonkeyPatch, value: str) -> Settings:
    monkeypatch.setenv("TRINE_SIGN_IN", value)
    return Settings(home=home)


def clients(configured: Settings) -> ProviderClients:
    return ProviderClients(configured.sign_in, url="https://trine.test/", secret=configured.secret, outbound=Outbound())


def test_from_the_environment_and_from_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = json.dumps([CORP, HUB])
    (tmp_path / "providers.json").write_text(text)
    for value in (text, str(tmp_path / "providers.json")):
        found = settings(tmp_path, monkeypatch, value).sign_in
        assert [(each.kind, each.title, each.issuer) for each in found] == [
            ("oidc", "Corp", "https://sso.test"),
            ("github", "GitHub", "https://github.com"),
        ]
    assert settings(tmp_path, monkeypatch, "").sign_in == ()


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("/nowhere/providers.json", "write a JSON list, or the path"),
        (json.dumps([CORP, CORP]), "two providers have the same name"),
        (json.dumps([CORP | {"kind": "saml"}]), "'oidc', 'github'"),
        (json.dumps([CORP | {"issuer": "sso.test"}]), "pattern"),
        (json.dumps([CORP | {"name": "../x"}]), "pattern"),
        (json.dumps([CORP | {"adopt_accounts": True}]), "adopt_accounts"),
        ("[", "JSON"),
    ],
)
def test_what_is_wrong_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        settings(tmp_path, monkeypatch, value)


def test_a_secret_is_a_file_that_is_read_when_it_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    configured = settings(tmp_path, monkeypatch, json.dumps([CORP]))
    with pytest.raises(RuntimeError, match="sign_in_corp"):
        clients(configured)
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets/sign_in_corp").write_text("first\n")
    client = clients(configured).get("corp")
    assert isinstance(client, OidcClient)
    assert client._secret() == "first"
    (tmp_path / "secrets/sign_in_corp").write_text("second")
    assert client._secret() == "second"
    with pytest.raises(NotFound):
        clients(configured).get("another")


def test_a_secret_of_the_settings_is_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    configured = settings(tmp_path, monkeypatch, json.dumps([CORP | {"client_secret": "of the environment"}]))
    client = clients(configured).get("corp")
    assert client._secret() == "of the environment"
    assert "of the environment" not in f"{configured!r} {configured.model_dump_json()}"


def test_addresses_that_are_allowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRINE_ALLOWED_ADDRESSES", "10.0.0.5:8443, 192.168.7.0/24")
    first, second = Settings(home=tmp_path).allowed_addresses
    assert (str(first.network), first.port, str(second.network)) == ("10.0.0.5/32", 8443, "192.168.7.0/24")
    monkeypatch.setenv("TRINE_ALLOWED_ADDRESSES", "sso.internal")
    with pytest.raises(ValidationError, match=r"write 10\.0\.0\.0/8"):
        Settings(home=tmp_path)
