"""An answer that is kept is sealed: to be read by who asked, for what was asked, and unchanged."""

import base64

import pytest

from app.errors import Conflict
from app.idempotency.answer import Answer, answer_secret, opened

ANSWER = Answer(201, {"content-type": "application/json"}, b'{"key": "trn_secret"}')
SECRET = answer_secret(b"p" * 32, "ada", "key-1")
ASKED = b"digest of the request"


def test_who_asked_reads_it_again() -> None:
    stored = ANSWER.sealed(SECRET, ASKED)
    assert b"trn_secret" not in base64.b64decode(stored["sealed"])
    assert opened(201, stored, [b"x" * 32, SECRET], ASKED) == ANSWER


def test_no_two_are_alike() -> None:
    assert ANSWER.sealed(SECRET, ASKED) != ANSWER.sealed(SECRET, ASKED)


def test_the_secret_is_of_the_actor_the_key_and_the_pepper() -> None:
    others = {answer_secret(b"q" * 32, "ada", "key-1"), answer_secret(b"p" * 32, "bob", "key-1")}
    others.add(answer_secret(b"p" * 32, "ada", "key-2"))
    assert len(others | {SECRET}) == 4
    assert len(SECRET) == 32


@pytest.mark.parametrize("place", [0, 12, 20, -1])
def test_a_changed_bit_is_noticed(place: int) -> None:
    sealed = bytearray(base64.b64decode(ANSWER.sealed(SECRET, ASKED)["sealed"]))
    sealed[place] ^= 1
    with pytest.raises(Conflict, match="can no longer be read"):
        opened(201, {"sealed": base64.b64encode(sealed).decode()}, [SECRET], ASKED)


def test_it_does_not_answer_another_request() -> None:
    with pytest.raises(Conflict):
        opened(201, ANSWER.sealed(SECRET, ASKED), [SECRET], b"digest of another")
