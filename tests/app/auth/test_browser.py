"""Cookies of a browser that comes over https."""

from fastapi import FastAPI

from app.config import Settings
from app.main import build_app
from tests.fixtures.app import client
from tests.fixtures.auth import PASSWORD, Person

ME = "/api/v1/auth/me"


async def test_behind_https_no_other_host_can_have_set_a_cookie(
    settings: Settings, web_app: FastAPI, ada: Person
) -> None:
    app = build_app(settings.model_copy(update={"url": "https://platform.test"}))
    async with app.router.lifespan_context(app), client(app) as http:
        http.base_url = "https://platform.test"
        entered = await http.post("/api/v1/auth/login", json={"email": ada.email, "password": PASSWORD})
        assert entered.status_code == 200
        kept = {value.partition("=")[0]: value for value in entered.headers.get_list("set-cookie")}
        assert set(kept) == {"__Host-trine_session", "__Host-trine_csrf"}
        for value in kept.values():
            assert "; Secure" in value
            assert "; Path=/;" in f"{value};"
            assert "Domain" not in value
        assert "HttpOnly" in kept["__Host-trine_session"]
        assert (await http.get(ME)).status_code == 200

        csrf = http.cookies["__Host-trine_csrf"]
        assert (await http.patch(ME, json={"name": "Ada"})).json()["code"] == "csrf"
        assert (await http.patch(ME, json={"name": "Ada"}, headers={"x-csrf-token": csrf})).status_code == 200

        # The same values under names that another host of the domain, or plain http, could have set.
        forged = {"trine_session": http.cookies["__Host-trine_session"], "trine_csrf": csrf}
        async with client(app) as other:
            for name, value in forged.items():
                other.cookies.set(name, value)
            assert (await other.get(ME)).status_code == 401

        left = await http.post("/api/v1/auth/logout", headers={"x-csrf-token": csrf})
        assert left.status_code == 204
        assert "__Host-trine_session" not in http.cookies
