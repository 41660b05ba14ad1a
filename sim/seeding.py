"""Seeds that depend on nothing but their names."""

import hashlib

EPISODE = "episode"
"""The purpose of ordinary episodes."""

_BYTES = 6


def episode_seed(seed: int, episode: int, purpose: str = EPISODE) -> int:
    """Seed of one episode, below 2^48: the same wherever, whenever and beside whatever else the episode runs.

    `purpose` separates streams that must not meet, e.g. the episodes of training from those of its evaluation.
    """
    name = f"{purpose}/{seed}/{episode}".encode()
    return int.from_bytes(hashlib.blake2b(name, digest_size=_BYTES).digest(), "big")
