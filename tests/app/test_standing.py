from app.standing import Standing, headers


def test_the_headers_of_the_draft_and_of_openai() -> None:
    key = Standing("key", "requests", 100, 1, 40, 0.02)
    user = Standing("user", "requests", 200, 60, 10, 6.2)
    tokens = Standing("organization-tokens", "tokens", 5000, 60, 0, 89.5)
    assert headers([key, user, tokens]) == {
        "RateLimit-Policy": '"key";q=100;w=1, "user";q=200;w=60, "organization-tokens";q=5000;w=60;qu="tokens"',
        "RateLimit": '"key";r=40;t=1, "user";r=10;t=7, "organization-tokens";r=0;t=90',
        "x-ratelimit-limit-requests": "200",
        "x-ratelimit-remaining-requests": "10",
        "x-ratelimit-reset-requests": "7s",
        "x-ratelimit-limit-tokens": "5000",
        "x-ratelimit-remaining-tokens": "0",
        "x-ratelimit-reset-tokens": "1m30s",
    }
    assert headers([key])["x-ratelimit-reset-requests"] == "20ms"
    assert headers([]) == {}
