"""From where a request came: the client's address, seen through proxies of our own, and what it calls itself."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Network = IPv4Network | IPv6Network
AGENT_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Origin:
    address: str
    agent: str
    """Of the client's own telling, cut to `AGENT_LENGTH` characters."""

    def described(self) -> dict[str, str]:
        return {"address": self.address, "agent": self.agent}


_current: ContextVar[Origin | None] = ContextVar("origin", default=None)


def origin() -> Origin | None:
    """Of the request that this is part of; None outside of one."""
    return _current.get()


@contextmanager
def coming(found: Origin) -> Iterator[None]:
    token = _current.set(found)
    try:
        yield
    finally:
        _current.reset(token)


def origin_of(peer: str, *, forwarded: str, agent: str, trusted: Sequence[Network]) -> Origin:
    """`forwarded` is X-Forwarded-For. Proxies of ours put the address that they see at its right; what is left of the
    first that is no proxy of ours is the client's own telling, and says nothing."""
    address = peer
    for told in reversed([part.strip() for part in forwarded.split(",") if part.strip()]):
        if not _is_ours(address, trusted) or _parsed(told) is None:
            break
        address = told
    return Origin(address, "".join(character for character in agent if character.isprintable())[:AGENT_LENGTH])


def _is_ours(address: str, trusted: Sequence[Network]) -> bool:
    parsed = _parsed(address)
    return parsed is not None and any(parsed in network for network in trusted)


def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    try:
        parsed = ip_address(address)
    except ValueError:
        return None
    return parsed.ipv4_mapped or parsed if isinstance(parsed, IPv6Address) else parsed
