"""A file in parts, in a folder and in a bucket."""

from uuid import UUID, uuid4

import pytest

from app.errors import Invalid
from app.storage import parts
from app.storage.parts import PART_BYTES, Part
from app.storage.store import ArtifactStore
from tests.app.storage.content import digest, keys, some, streamed

ORG = uuid4()


async def send(store: ArtifactStore, upload_id: UUID, number: int, content: bytes) -> str:
    await parts.write(
        store,
        org_id=ORG,
        upload_id=upload_id,
        number=number,
        sha256=digest(content),
        size=len(content),
        content=streamed(content),
    )
    return digest(content)


@pytest.mark.parametrize(("size", "count"), [(0, 1), (1, 1), (PART_BYTES, 1), (PART_BYTES + 1, 2)])
def test_how_a_file_is_cut(size: int, count: int) -> None:
    assert parts.count(size) == count
    assert sum(parts.length(size, number) for number in range(count)) == size
    assert all(0 <= parts.length(size, number) <= PART_BYTES for number in range(count))


async def test_parts_in_any_order_become_the_file(store: ArtifactStore) -> None:
    upload, pieces = uuid4(), [some(6_000_000, 1), some(6_000_000, 2), b"end"]
    whole = b"".join(pieces)
    for number in (2, 0, 1):
        await send(store, upload, number, pieces[number])
    await send(store, upload, 0, b"of an earlier try")
    arrived = await parts.arrived(store, org_id=ORG, upload_id=upload)
    assert Part(2, digest(b"end"), 3) in arrived
    assert len(arrived) == 4
    await parts.assemble(
        store,
        org_id=ORG,
        upload_id=upload,
        digests=[digest(piece) for piece in pieces],
        sha256=digest(whole),
        size=len(whole),
    )
    assert b"".join([chunk async for chunk in store.read(ORG, digest(whole))]) == whole
    await parts.discard(store, org_id=ORG, upload_id=upload)
    assert await keys(store) == {store.key(ORG, digest(whole))}


async def test_what_is_not_the_file_leaves_nothing(store: ArtifactStore) -> None:
    upload = uuid4()
    digests = [await send(store, upload, 0, b"one"), await send(store, upload, 1, b"two")]
    before = await keys(store)
    for sha256, size, code in ((digest(b"twoone"), 6, "digest_mismatch"), (digest(b"onetwo"), 7, "wrong_size")):
        with pytest.raises(Invalid) as error:
            await parts.assemble(store, org_id=ORG, upload_id=upload, digests=digests, sha256=sha256, size=size)
        assert error.value.code == code
    with pytest.raises(FileNotFoundError):
        await parts.assemble(
            store, org_id=ORG, upload_id=upload, digests=[*digests, digest(b"3")], sha256=digest(b"onetwo3"), size=7
        )
    assert await keys(store) == before
