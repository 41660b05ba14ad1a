from ipaddress import ip_network

import pytest

from app.kit.origin import AGENT_LENGTH, origin_of

OURS = [ip_network("127.0.0.0/8"), ip_network("10.0.0.0/8"), ip_network("::1/128")]


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("203.0.113.7", "", "203.0.113.7"),
        ("203.0.113.7", "198.51.100.1", "203.0.113.7"),
        ("127.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "6.6.6.6, 198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "6.6.6.6, 198.51.100.1, 10.0.0.3", "198.51.100.1"),
        ("::1", "2001:db8::1", "2001:db8::1"),
        ("::ffff:127.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "unknown", "127.0.0.1"),
        ("127.0.0.1", "198.51.100.1, <script>", "127.0.0.1"),
        ("127.0.0.1", ",,", "127.0.0.1"),
        ("socket", "198.51.100.1", "socket"),
    ],
)
def test_only_our_own_proxies_are_believed(peer: str, forwarded: str, address: str) -> None:
    assert origin_of(peer, forwarded=forwarded, agent="", trusted=OURS).address == address


def test_what_a_client_calls_itself_is_cut() -> None:
    agent = origin_of("127.0.0.1", forwarded="", agent="a\x00\x1b[31m" + "b" * 1000, trusted=OURS).agent
    assert agent.startswith("a[31mbbb")
    assert len(agent) == AGENT_LENGTH
