"""What a password may be, and how it is kept (OWASP ASVS 5.0: 6.2, 11.4.2)."""

import re

import argon2
import httpx
import psycopg
import pytest

from tests.fixtures.db import Prepared

ANY = [
    "zqxvkwjpybhm",
    "            x            ",
    "пароль без латиницы",
    "correct horse battery staple " * 3,
    "训推仿真云端练习发电机组",
    "mango tulip quartz " * 13 + "quiet owl",
]


async def registered(http: httpx.AsyncClient, password: str) -> tuple[str, httpx.Response]:
    email = f"somebody-{abs(hash(password))}@example.org"
    body = {"email": email, "password": password, "name": "Somebody", "organization": "Any"}
    return email, await http.post("/api/v1/auth/register", json=body)


@pytest.mark.parametrize("password", ANY)
async def test_any_text_of_enough_characters_is_one_and_is_checked_as_it_was_typed(
    anonymous: httpx.AsyncClient, password: str
) -> None:
    email, reply = await registered(anonymous, password)
    assert reply.status_code == 201, reply.text
    assert await signed_in(anonymous, email, password) == 200
    for other in {password[:-1], password[:-1] + "!", password.swapcase(), password.title()} - {password}:
        assert await signed_in(anonymous, email, other) == 401, other


async def signed_in(http: httpx.AsyncClient, email: str, password: str) -> int:
    return (await http.post("/api/v1/auth/login", json={"email": email, "password": password})).status_code


@pytest.mark.parametrize("password", ["", "short", "x" * 11, "x" * 257])
async def test_what_is_too_short_or_too_long_is_refused_with_the_field(
    anonymous: httpx.AsyncClient, password: str
) -> None:
    _, reply = await registered(anonymous, password)
    assert reply.status_code == 422
    assert [error["field"] for error in reply.json()["errors"]] == ["password"]


@pytest.mark.usefixtures("strong_passwords")
async def test_it_is_kept_by_argon2id_of_todays_strength(anonymous: httpx.AsyncClient, prepared: Prepared) -> None:
    """OWASP's least: 19 MiB, two passes; a salt of its own for each."""
    kept = []
    for password in ("one password of two", "one password of two "):
        email, _ = await registered(anonymous, password)
        with psycopg.connect(prepared.owner_url) as connection:
            (stored,) = connection.execute("SELECT password_hash FROM users WHERE email = %s", [email]).fetchone() or (
                "",
            )
        used = argon2.extract_parameters(stored)
        assert used.type is argon2.Type.ID
        assert (used.memory_cost >= 19 * 1024, used.time_cost >= 2, used.salt_len >= 16) == (True, True, True)
        kept.append(re.split(r"\$", stored)[4])
    assert len(set(kept)) == 2
