"""Addresses that somebody else names, a provider's or a webhook's: the public ones, and those that a setting allows."""

import asyncio
import ipaddress
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from socket import SOCK_STREAM
from typing import Annotated, Self

from pydantic import BeforeValidator

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""Host and port → its numeric addresses; raises `OSError`."""


class AddressRefused(ValueError):
    """Says which address, and which setting would allow it."""


_WITH_PORT = re.compile(r"(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?")


@dataclass(frozen=True, slots=True)
class Allowed:
    """A network that may be asked although it is not public, on every port or on one."""

    network: Network
    port: int | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """`10.0.0.0/8`, `10.0.0.5:8443`, `fd00::/8` or `[fd00::5]:8443`; raises `ValueError`."""
        written = _WITH_PORT.fullmatch(text.strip())
        host, port = (written[1] or written[2], written[3]) if written else (text.strip(), None)
        try:
            network = ipaddress.ip_network(host)
            number = int(port) if port else None
        except ValueError as error:
            raise ValueError(f"{text!r} is no address: write 10.0.0.0/8, 10.0.0.5:8443 or [fd00::5]:8443") from error
        if number is not None and not 0 < number < 65536:
            raise ValueError(f"{text!r} has no port between 1 and 65535")
        return cls(network, number)

    def holds(self, address: Address, port: int) -> bool:
        return address in self.network and self.port in {None, port}


def _listed(value: object) -> object:
    if not isinstance(value, str):
        return value
    return tuple(Allowed.parse(part) for part in value.split(",") if part.strip())


AllowedAddresses = Annotated[tuple[Allowed, ...], BeforeValidator(_listed)]
"""Also from text: `10.0.0.5:8443,192.168.7.0/24`."""


async def reachable(host: str, port: int, allowed: Sequence[Allowed], resolve: Resolve) -> list[tuple[str, bool]]:
    """Every address of `host`, to be connected to as it is, and whether it is one of `allowed`.

    Raises `AddressRefused` where one of them is neither public nor allowed: a name may have both kinds, and who
    controls it decides which comes first. Raises `OSError` where the name has none.
    """
    found: list[tuple[str, bool]] = []
    for text in dict.fromkeys(await resolve(host, port)):
        address = ipaddress.ip_address(text)
        named = any(each.holds(address, port) for each in allowed)
        if not named and not is_public(address):
            raise AddressRefused(
                f"{host}:{port} is {address}, which is not a public address; "
                "an administrator can allow it with TRINE_ALLOWED_ADDRESSES"
            )
        found.append((str(address), named))
    if not found:
        raise OSError(f"{host} has no address")
    return found


def is_public(address: Address) -> bool:
    """Whether the whole Internet has it. Not: what embeds another address, but for that of a NAT64 (RFC 6052)."""
    if isinstance(address, ipaddress.IPv6Address) and address in _NAT64:
        return is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    special = address.is_multicast or address.is_reserved or address.is_link_local or address.is_unspecified
    return address.is_global and not special and not any(address in network for network in _NOT_PUBLIC)


async def resolved(host: str, port: int) -> Sequence[str]:
    """By the system: also `2130706433` and `0x7f.1`, which are ways to write 127.0.0.1."""
    try:
        rows = await asyncio.get_running_loop().getaddrinfo(host, port, type=SOCK_STREAM)
    except UnicodeError as error:
        raise OSError(f"{host!r} is no name of a host") from error
    return [str(row[4][0]) for row in rows]


_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
# What `ipaddress` of Python 3.11 takes for global (IANA's special-purpose registries, 2024), and 6to4 and Teredo.
_NOT_PUBLIC = tuple(
    ipaddress.ip_network(network)
    for network in (
        "192.0.0.0/24",
        "192.88.99.0/24",
        "::ffff:0:0/96",
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/23",
        "2002::/16",
        "3fff::/20",
        "5f00::/16",
        "fec0::/10",
    )
)
