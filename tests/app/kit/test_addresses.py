"""Only public addresses, in whatever way they are written; what a setting allows beside them."""

import ipaddress
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit.addresses import Address, AddressRefused, Allowed, is_public, reachable, resolved

INSIDE = (
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
    "::/128",
    "::1/128",
    "::/96",
    "::ffff:0:0/96",
    "::ffff:0:0:0/96",
    "64:ff9b:1::/48",
    "100::/64",
    "2001::/32",
    "2001:db8::/32",
    "2002::/16",
    "3fff::/20",
    "5f00::/16",
    "fc00::/7",
    "fe80::/10",
    "fec0::/10",
    "ff00::/8",
)
"""IANA's special-purpose registries, and the ways in which IPv6 holds an IPv4 address."""


def within(network: str) -> st.SearchStrategy[Address]:
    known = ipaddress.ip_network(network)
    return st.integers(0, known.num_addresses - 1).map(lambda offset: known[offset])


inside = st.sampled_from(INSIDE).flatmap(within)
inside_v4 = st.sampled_from([network for network in INSIDE if "." in network]).flatmap(within)
everywhere = st.ip_addresses()


@given(inside)
def test_what_is_inside_is_not_public(address: Address) -> None:
    assert not is_public(address)


@given(everywhere)
def test_what_is_public_is_in_no_special_network(address: Address) -> None:
    if is_public(address):
        assert not any(address in ipaddress.ip_network(network) for network in INSIDE)
        assert not any((address.is_private, address.is_loopback, address.is_link_local, address.is_multicast))


@given(st.ip_addresses(v=4))
def test_ipv6_that_holds_ipv4_is_not_more_public_than_it(address: ipaddress.IPv4Address) -> None:
    for prefix in ("::ffff:", "::", "::ffff:0:"):
        assert not is_public(ipaddress.ip_address(f"{prefix}{address}"))
    assert is_public(ipaddress.ip_address(f"64:ff9b::{address}")) == is_public(address)


@pytest.mark.parametrize("text", ["1.1.1.1", "140.82.121.3", "2606:4700:4700::1111", "2a00:1450:4001:80b::200e"])
def test_ordinary_addresses_are_public(text: str) -> None:
    assert is_public(ipaddress.ip_address(text))


def spelled(address: Address) -> list[str]:
    """Ways to write it that resolvers understand."""
    if isinstance(address, ipaddress.IPv6Address):
        return [str(address), address.exploded, str(address).upper()]
    number = int(address)
    first, rest = number >> 24, number & 0xFFFFFF
    return [
        str(address),
        str(number),
        hex(number),
        f"{first}.{rest}",
        f"0{first:o}.{rest}",
        f"{hex(first)}.{hex(rest)}",
    ]


@given(inside_v4 | within("fc00::/7") | within("::1/128") | within("::ffff:0:0/96"))
async def test_however_it_is_written(address: Address) -> None:
    for text in spelled(address):
        with pytest.raises(AddressRefused, match="not a public address"):
            await reachable(text, 443, (), resolved)


async def test_a_name_of_this_machine() -> None:
    with pytest.raises(AddressRefused, match="TRINE_ALLOWED_ADDRESSES"):
        await reachable("localhost", 80, (), resolved)


async def answers(*found: str) -> Sequence[str]:
    return found


async def test_one_address_inside_spoils_a_name() -> None:
    with pytest.raises(AddressRefused, match=r"10\.0\.0\.1"):
        await reachable("both.test", 443, (), lambda host, port: answers("1.1.1.1", "10.0.0.1"))


async def test_a_name_without_an_address() -> None:
    with pytest.raises(OSError, match="no address"):
        await reachable("none.test", 443, (), lambda host, port: answers())


async def test_a_text_that_is_no_name() -> None:
    with pytest.raises(OSError, match="no name of a host"):
        await resolved("a" * 70, 443)


async def test_what_is_allowed_is_allowed_on_its_port() -> None:
    allowed = (Allowed.parse("10.0.0.0/30"), Allowed.parse("127.0.0.1:8443"), Allowed.parse("[fd00::5]:443"))
    assert await reachable("10.0.0.2", 1, allowed, resolved) == [("10.0.0.2", True)]
    assert await reachable("127.0.0.1", 8443, allowed, resolved) == [("127.0.0.1", True)]
    assert await reachable("fd00::5", 443, allowed, resolved) == [("fd00::5", True)]
    assert await reachable("1.1.1.1", 443, allowed, resolved) == [("1.1.1.1", False)]
    for host, port in (("10.0.0.4", 1), ("127.0.0.1", 8444), ("127.0.0.2", 8443), ("::ffff:127.0.0.1", 8443)):
        with pytest.raises(AddressRefused):
            await reachable(host, port, allowed, resolved)


@pytest.mark.parametrize(
    "text", ["localhost", "10.0.0.1/8", "127.0.0.1:0", "127.0.0.1:70000", "127.0.0.1:x", "[::1", ""]
)
def test_a_setting_that_is_no_address(text: str) -> None:
    with pytest.raises(ValueError, match=r"write 10\.0\.0\.0/8|no port between"):
        Allowed.parse(text)


@given(st.ip_addresses(), st.none() | st.integers(1, 65535))
def test_what_is_written_is_what_is_allowed(address: Address, port: int | None) -> None:
    host = f"[{address}]" if address.version == 6 else str(address)
    parsed = Allowed.parse(host if port is None else f"{host}:{port}")
    assert parsed.holds(address, port or 443)
    assert port is None or not parsed.holds(address, port % 65535 + 1)
