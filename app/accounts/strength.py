"""Which passwords are refused: what a guesser tries first.

Judged by zxcvbn (Wheeler, "zxcvbn: Low-Budget Password Strength Estimation", USENIX Security 2016), which knows 30,000
common passwords, words, names, dates, rows of keys and how people alter them. The words of the platform and of the
person count for nothing. There is no rule of how a password is made up.
"""

import re

from zxcvbn import zxcvbn

from app.errors import Invalid

GUESSES = 10**8
"""That a password must withstand: out of reach of whoever asks the platform, at the rates of signing in."""
LOOKED_AT = 72
"""Characters; the work grows with the square of them, and what follows makes no password weaker."""
OUR_WORDS = ("trine", "platform", "training", "inference", "simulation", "administrator")
SHORTEST_WORD = 3
_WORDS = re.compile(r"[^\W_]+")


def check(password: str, *known: str, field: str = "password") -> None:
    """`known` is what is known of the person: address, name, organization. Raises `Invalid`."""
    words = {word.lower() for text in (*OUR_WORDS, *known) for word in _WORDS.findall(text)}
    rest = password.lower()
    # The longest first: a word may hold another one.
    for word in sorted((word for word in words if len(word) >= SHORTEST_WORD), key=len, reverse=True):
        rest = rest.replace(word, "")
    # In what there is beside the words that are known, as it was typed where there is none.
    judged = password if len(rest) == len(password) else rest
    if not judged or zxcvbn(judged[:LOOKED_AT])["guesses"] < GUESSES:
        raise Invalid(
            "this password is among the first that a guesser tries: take several words that do not belong together, "
            "or let a password manager make one",
            field=field,
            code="weak_password",
        )
