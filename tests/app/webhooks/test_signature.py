import base64
import hashlib
import hmac

import pytest

from app.webhooks.backoff import ATTEMPTS, LONGEST, pause
from app.webhooks.signature import SecretLost, new_secret, opened, resealed, sealed, sign


def test_the_example_of_the_specification() -> None:
    """github.com/standard-webhooks/standard-webhooks, spec, "Signature scheme": the values of its libraries' tests."""
    signed = sign(
        ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
        message_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        timestamp=1614265330,
        body='{"test": 2432232314}',
    )
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_while_two_secrets_hold_either_verifies() -> None:
    old, new = new_secret(), new_secret()
    both = sign([new, old], message_id="msg_1", timestamp=1, body="{}").split(" ")
    for secret, signed in zip((new, old), both, strict=True):
        key = base64.b64decode(secret.removeprefix("whsec_"))
        digest = hmac.digest(key, b"msg_1.1.{}", hashlib.sha256)
        assert signed == "v1," + base64.b64encode(digest).decode()


def test_a_stored_secret_outlives_a_rotation_of_the_platform_key() -> None:
    secret = new_secret()
    stored = sealed((b"first",), secret)
    assert secret.encode() not in stored
    assert resealed((b"first",), stored) is stored
    renewed = resealed((b"second", b"first"), stored)
    assert opened((b"second",), renewed) == secret
    with pytest.raises(SecretLost):
        opened((b"second",), stored)
    assert resealed((b"second",), stored) is stored, "what is lost stays as it is"


def test_waits_grow_and_end() -> None:
    least = [pause(attempts, 0.0) for attempts in range(1, ATTEMPTS)]
    assert [each.total_seconds() for each in least[:4] if each] == [5, 25, 125, 625]
    assert least[-1] == LONGEST
    assert pause(ATTEMPTS) is None
    longest = pause(1, 1.0)
    assert longest is not None
    assert longest.total_seconds() == 6
