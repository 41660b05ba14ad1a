"""When something that could not be delivered is tried again: waits grow, and are not the same for everybody."""

import secrets
from datetime import timedelta

ATTEMPTS = 10
"""Over a day and a half; then it has failed."""
FIRST = timedelta(seconds=5)
FACTOR = 5
LONGEST = timedelta(hours=10)
_CHANCE = secrets.SystemRandom()


def pause(attempts: int, random_share: float | None = None) -> timedelta | None:
    """Until the next attempt after so many; None: there is none. 5 s, 25 s, 2 min, 10 min, 1 h, 4 h, 10 h …, each up
    to a fifth longer by chance (`random_share` of 0 to 1)."""
    if attempts >= ATTEMPTS:
        return None
    share = _CHANCE.random() if random_share is None else random_share
    return min(LONGEST, FIRST * FACTOR ** (attempts - 1)) * (1 + share / 5)
