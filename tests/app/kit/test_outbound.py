"""Requests to addresses that others name, against real servers of this machine."""

import asyncio
import gzip
import itertools
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from fastapi import FastAPI, Request, Response
from fastapi.responses import RedirectResponse, StreamingResponse

from app.kit.addresses import AddressRefused, Allowed
from app.kit.outbound import Answer, Outbound, Unreachable
from tests.fixtures.app import serving


class Site:
    """A server that says where it was asked, and sends elsewhere."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.app = FastAPI()
        self.app.get("/here")(self.here)
        self.app.get("/to")(self.to)
        self.app.get("/loop")(self.loop)
        self.app.get("/endless")(self.endless)
        self.app.get("/silent")(self.silent)
        self.app.get("/packed")(self.packed)

    async def here(self, request: Request) -> dict[str, str | None]:
        self.asked.append(request.headers["host"])
        return {"host": request.headers["host"], "authorization": request.headers.get("authorization")}

    async def to(self, address: str) -> RedirectResponse:
        return RedirectResponse(address)

    async def loop(self) -> RedirectResponse:
        return RedirectResponse("/loop")

    async def endless(self) -> StreamingResponse:
        return StreamingResponse(b"x" * 1000 for _ in itertools.count())

    async def silent(self) -> Response:
        await asyncio.Event().wait()
        return Response()

    async def packed(self) -> Response:
        return Response(gzip.compress(b"x" * 10_000_000), headers={"content-encoding": "gzip"})


@pytest.fixture
async def site() -> AsyncIterator[tuple[Site, str]]:
    made = Site()
    async with serving(made.app) as address:
        yield made, address


def allowing(*addresses: str, seconds: float = 10, size: int = 10_000) -> Outbound:
    """`http://127.0.0.1:1234` and the like, and nothing else of this machine."""
    allowed = [Allowed.parse(address.removeprefix("http://")) for address in addresses]
    return Outbound(allowed, seconds=seconds, size=size)


async def test_an_allowed_address_answers(site: tuple[Site, str]) -> None:
    answer = await allowing(site[1]).ask("GET", f"{site[1]}/here", headers={"Authorization": "Bearer x"})
    assert (answer.status, answer.json()["authorization"]) == (200, "Bearer x")


async def test_another_port_of_the_same_address_does_not(site: tuple[Site, str]) -> None:
    async with serving(Site().app) as other:
        for address in (f"{site[1]}/here", site[1].replace("127.0.0.1", "localhost") + "/here"):
            with pytest.raises(AddressRefused):
                await allowing(other).ask("GET", address)
    assert site[0].asked == []


async def test_a_redirect_to_the_inside_is_refused(site: tuple[Site, str]) -> None:
    async with serving(Site().app) as other:
        for target in (f"{site[1]}/here", "http://[::ffff:127.0.0.1]/", "http://169.254.169.254/latest", "file:///x"):
            with pytest.raises(AddressRefused):
                await allowing(other).ask("GET", f"{other}/to?address={target}", redirects=3)
    assert site[0].asked == []


async def test_a_redirect_is_followed_where_it_is_asked_for_and_good(site: tuple[Site, str]) -> None:
    async with serving(Site().app) as other:
        both = allowing(other, site[1])
        address = f"{other}/to?address={site[1]}/here"
        headers = {"Authorization": "Bearer x"}
        answer = await both.ask("GET", address, redirects=1, headers=headers)
        assert answer.url == f"{site[1]}/here"
        assert answer.json()["authorization"] is None, "a credential stays with whom it is for"
        assert (await both.ask("GET", address)).status == 307, "and otherwise is an answer like another"


async def test_redirects_end(site: tuple[Site, str]) -> None:
    with pytest.raises(Unreachable, match="maximum allowed redirects"):
        await allowing(site[1]).ask("GET", f"{site[1]}/loop", redirects=3)


async def test_answers_end(site: tuple[Site, str]) -> None:
    with pytest.raises(Unreachable, match="more than 10000 bytes"):
        await allowing(site[1]).ask("GET", f"{site[1]}/endless")
    with pytest.raises(Unreachable, match="compressed"):
        await allowing(site[1]).ask("GET", f"{site[1]}/packed")
    with pytest.raises(Unreachable, match=r"did not answer within 0\.2 s"):
        await allowing(site[1], seconds=0.2).ask("GET", f"{site[1]}/silent?code=secret")


async def test_what_failed_is_told_without_the_query(site: tuple[Site, str]) -> None:
    with pytest.raises(Unreachable) as told:
        await allowing(site[1], seconds=0.2).ask("GET", f"{site[1]}/silent?code=secret")
    assert "secret" not in str(told.value)
    with pytest.raises(Unreachable, match=r"^https://page\.test/x answered 200 with something that is not JSON$"):
        Answer(200, httpx.Headers(), b"<html>", "https://page.test/x?code=secret").json()


async def test_http_is_for_allowed_addresses_alone() -> None:
    async def public(host: str, port: int) -> Sequence[str]:
        return ["1.1.1.1"]

    with pytest.raises(AddressRefused, match="not https"):
        await Outbound(resolve=public).ask("GET", "http://public.test/")


async def test_a_name_that_changes_its_address_is_connected_where_it_was_checked(site: tuple[Site, str]) -> None:
    """DNS rebinding: were it resolved again for the connection, that would go to the second address."""
    async with serving(Site().app) as inside:
        port = int(inside.rpartition(":")[2])
        turns = iter(["127.0.0.1", "127.0.0.2"])

        async def turning(host: str, port: int) -> Sequence[str]:
            return [next(turns)]

        outbound = Outbound([Allowed.parse(f"127.0.0.1:{port}")], resolve=turning)
        answer = await outbound.ask("GET", f"http://rebinding.test:{port}/here")
        assert answer.json()["host"] == f"rebinding.test:{port}"
        with pytest.raises(AddressRefused, match=r"127\.0\.0\.2"):
            await outbound.ask("GET", f"http://rebinding.test:{port}/here")


async def test_the_certificate_is_that_of_the_name(tmp_path: Path) -> None:
    """Though the connection is to a number."""
    trust = ssl.create_default_context(cadata=certify("provider.test", tmp_path / "both.pem"))

    async def local(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.1"]

    async with answering(tmp_path / "both.pem") as port:
        outbound = Outbound([Allowed.parse("127.0.0.1")], resolve=local, trust=trust)
        assert (await outbound.ask("GET", f"https://provider.test:{port}/")).status == 204
        with pytest.raises(Unreachable, match="certificate"):
            await outbound.ask("GET", f"https://another.test:{port}/")
        with pytest.raises(Unreachable, match="certificate"):
            await Outbound([Allowed.parse("127.0.0.1")], resolve=local).ask("GET", f"https://provider.test:{port}/")


@asynccontextmanager
async def answering(certificate: Path) -> AsyncIterator[int]:
    """Port of a server that answers 204 over TLS."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
    async with server:
        yield server.sockets[0].getsockname()[1]


def certify(name: str, target: Path) -> str:
    """Writes a key and a certificate of its own; returns the certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    text = certificate.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    target.write_bytes(private + text)
    return text.decode()
