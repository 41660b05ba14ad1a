"""Credentials that nobody guesses, and what is stored of them."""

import base64
import re

from app.kit.crypto import keyed_hash, new_token

DRAWN = 2000


def test_a_token_has_256_random_bits_and_none_comes_twice() -> None:
    drawn = [new_token("trn_") for _ in range(DRAWN)]
    assert len(set(drawn)) == DRAWN
    for token in drawn:
        assert re.fullmatch(r"trn_[A-Za-z0-9_-]{43}", token)
    # Each bit is set about as often as not: 6 standard deviations of 2,000 coins are 134.
    bits = [f"{int.from_bytes(base64.urlsafe_b64decode(token[4:] + '=')):0256b}" for token in drawn]
    counts = [sum(row[place] == "1" for row in bits) for place in range(256)]
    assert max(abs(count - DRAWN / 2) for count in counts) < 134


def test_what_is_stored_of_a_token_needs_the_pepper() -> None:
    token = new_token("trn_")
    stored = keyed_hash(b"p" * 32, token)
    assert len(stored) == 32
    assert stored != keyed_hash(b"q" * 32, token)
    assert stored == keyed_hash(b"p" * 32, token)
