import asyncio
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from app.experiments import log_search
from app.kit.db import NOBODY, Database
from tests.fixtures.auth import Person
from tests.fixtures.db import Prepared
from tests.fixtures.factories import make_run
from tests.fixtures.paging import pages


@pytest.fixture
async def run(ada: Person) -> str:
    made: str = (await make_run(ada))["id"]
    return made


async def tell(person: Person, run: str, *texts: str, source: str = "w") -> None:
    """An entry each."""
    for sequence, each in enumerate(texts):
        logs = [{"time": 1_700_000_000 + sequence, "text": each}]
        await person.post(f"/runs/{run}/batches", {"source": source, "sequence": sequence, "logs": logs})


async def search(person: Person, place: str, query: str, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = await person.get(f"{place}/logs:search", params={"query": query, **more})
    return found


async def texts(person: Person, place: str, query: str) -> list[str]:
    return [hit["text"] for hit in (await search(person, place, query))["items"]]


async def test_a_line_is_found_with_its_place(ada: Person, run: str) -> None:
    await tell(ada, run, "first\n", "epoch 1\r\nRuntimeError: CUDA out of memory\nbye\n", "last\n")
    (hit,) = (await search(ada, f"/runs/{run}", "cuda"))["items"]
    assert hit["text"] == "RuntimeError: CUDA out of memory"
    assert (hit["run_id"], hit["line"], hit["stream"], hit["source"], hit["attempt"]) == (run, 1, "stdout", "w", 1)
    assert hit["time"] == "2023-11-14T22:13:21Z"
    (entry, after) = await ada.get(f"/runs/{run}/logs", params={"first": hit["log_id"]})
    assert entry["text"].splitlines()[hit["line"]] == hit["text"]
    assert after["text"] == "last\n"
    assert await texts(ada, f"/runs/{run}", "epoch") == ["epoch 1"], "without the end of its line"


LINES = (
    "torch.cuda.OutOfMemoryError: CUDA out of memory",
    "memory is out",
    "retrying after CUDA error",
    "wrote /data/run-7/model_best.safetensors",
    "step=120 loss=0.25",
    "错误：显存不足，第 3 步",
    "エラー: メモリ不足",
    "Überlauf im Puffer",
)


FOUND: tuple[tuple[str, list[int]], ...] = (
    ("cuda", [0, 2]),
    ("CUDA memory", [0]),
    ('"out of memory"', [0]),
    ('"memory out"', []),
    ("out*", [0, 1]),
    ("outofmemory*", [0]),
    ("OutOfMemoryError", [0]),
    ("torch.cuda.OutOfMemoryError", [0]),
    ("cuda -retrying", [0]),
    ("memory -cuda", [1]),
    ("retrying or safetensors", [2, 3]),
    ("cuda retrying or is memory", [1, 2]),
    ("model_best", [3]),
    ("best_model", []),
    ("/data/run-7", [3]),
    ("loss=0.25", [4]),
    ("25", [4]),
    ("显存", [5]),
    ("显存不足", [5]),
    ("存显", []),
    ("不足", [5, 6]),
    ("错误 显存", [5]),
    ("メモリ", [6]),
    ("überlauf", [7]),
    ("nothing", []),
)


async def test_what_is_meant_is_found(ada: Person, run: str) -> None:
    await tell(ada, run, "\n".join(LINES) + "\n")
    for query, found in FOUND:
        assert await texts(ada, f"/runs/{run}", query) == [LINES[number] for number in reversed(found)], query


async def test_words_of_several_lines_of_an_entry_are_no_match(ada: Person, run: str) -> None:
    await tell(ada, run, "cuda is there\nout of memory\n", "cuda\n", "an error of cuda\nerror again\n")
    assert await texts(ada, f"/runs/{run}", "cuda memory") == []
    assert await texts(ada, f"/runs/{run}", "error -cuda") == ["error again"], "what the line itself must not have"


async def test_a_word_far_into_a_long_entry_is_found(ada: Person, run: str) -> None:
    many = "".join(f"step {number} loss {number / 8}\n" for number in range(9000))
    assert 131_072 < len(many) < 256 * 1024
    await tell(ada, run, many + "the needle is here\n")
    (hit,) = (await search(ada, f"/runs/{run}", '"needle is here"'))["items"]
    assert hit["line"] == 9000
    assert await texts(ada, f"/runs/{run}", '"step 8999 loss"') == [f"step 8999 loss {8999 / 8}"]


@pytest.mark.parametrize("half", [131_072 - 3, 131_072])
async def test_a_word_across_the_parts_of_the_index_is_found(ada: Person, run: str, half: int) -> None:
    await tell(ada, run, "x " * (half // 2) + "\nneedle\n")
    assert await texts(ada, f"/runs/{run}", "needle") == ["needle"]


async def test_whatever_characters_an_entry_has_it_is_stored(ada: Person, run: str) -> None:
    """More different words than one tsvector takes, and one that is too long for any."""
    every = "".join(chr(code) for code in range(0x20000, 0x20000 + 90_000))
    await tell(ada, run, (every * 3)[: 256 * 1024 - 8], "y" * 256 * 1024)
    assert len(await texts(ada, f"/runs/{run}", chr(0x20000))) == 1


async def test_pages_go_from_the_newest_to_the_oldest_line(ada: Person, run: str) -> None:
    for number in range(4):
        lines = "".join(f"error {number}.{line}\nfine\n" for line in range(5))
        await tell(ada, run, lines, source=f"w{number}")
    told = await pages(ada, f"/runs/{run}/logs:search", limit=3, query="error")
    assert [hit["text"] for page in told for hit in page] == [
        f"error {number}.{line}" for number in (3, 2, 1, 0) for line in (4, 3, 2, 1, 0)
    ]


async def test_a_page_reads_no_more_than_its_share(ada: Person, run: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Common words that no line has together: the page ends early, and the next goes on."""
    monkeypatch.setattr(log_search, "READ_CHARACTERS", 40)
    monkeypatch.setattr(log_search, "TOGETHER_CHARACTERS", 20)
    await tell(ada, run, "both common words\n", *["common\nwords and more\n" for _ in range(5)])
    first = await search(ada, f"/runs/{run}", "common words")
    assert first["items"] == []
    count = 1
    while first["items"] == [] and first["next_cursor"]:
        first = await search(ada, f"/runs/{run}", "common words", cursor=first["next_cursor"])
        count += 1
    assert [hit["text"] for hit in first["items"]] == ["both common words"]
    assert count > 1


async def test_a_project_is_searched_whole_but_for_what_is_deleted(ada: Person, bob: Person, run: str) -> None:
    other = await make_run(ada)
    theirs = await make_run(bob)
    for person, each in ((ada, run), (ada, other["id"]), (bob, theirs["id"])):
        await tell(person, each, "the needle\n")
    place = f"/projects/{ada.project_id}"
    found = (await search(ada, place, "needle"))["items"]
    assert [(hit["run_id"], hit["run_name"]) for hit in found] == [
        (other["id"], other["name"]),
        (run, found[1]["run_name"]),
    ]
    assert await texts(ada, f"/runs/{run}", "needle") == ["the needle"], "of a run, its own alone"
    (await ada.http.delete(f"/api/v1/runs/{other['id']}")).raise_for_status()
    assert [hit["run_id"] for hit in (await search(ada, place, "needle"))["items"]] == [run]
    assert (await bob.http.get(f"/api/v1{place}/logs:search", params={"query": "needle"})).status_code == 404


async def test_identifiers_of_runs_are_no_words(ada: Person, run: str) -> None:
    """The index has them beside the words."""
    await tell(ada, run, "hello\n")
    assert await texts(ada, f"/runs/{run}", run) == []
    assert await texts(ada, f"/runs/{run}", run.partition("-")[0]) == []


@pytest.mark.parametrize("query", ["...", "-needle", "a or -b"])
async def test_a_query_without_a_word_is_refused(ada: Person, run: str, query: str) -> None:
    reply = await ada.http.get(f"/api/v1/runs/{run}/logs:search", params={"query": query})
    assert reply.status_code == 422
    assert "needs a word" in reply.json()["detail"]


@pytest.mark.parametrize("cursor", ["x", "0.1", f"{uuid4()}", f"{uuid4()}.x", f"{uuid4()}.{10**12}"])
async def test_a_cursor_that_no_search_gave_is_refused(ada: Person, run: str, cursor: str) -> None:
    reply = await ada.http.get(f"/api/v1/runs/{run}/logs:search", params={"query": "a", "cursor": cursor})
    assert reply.status_code == 422
    assert "cursor" in reply.json()["detail"]


async def test_the_search_of_the_database_knows_the_organizations_of_its_transaction_alone(
    ada: Person, bob: Person, run: str, app_database: Database
) -> None:
    await tell(ada, run, "secret\n")
    find = text("SELECT count(*) FROM find_logs(:project, NULL, 'secret', 'ffffffff-ffff-ffff-ffff-ffffffffffff', 10)")
    seen = []
    for scope in (ada.scope, bob.scope, NOBODY):
        async with app_database.session(scope) as session:
            seen.append((await session.execute(find, {"project": ada.project_id})).scalar_one())
    assert seen == [1, 0, 0]


async def test_nobody_else_may_ask_it(ada: Person, controller_database: Database) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        async with controller_database.session() as session:
            await session.execute(text("SELECT find_logs(NULL, NULL, 'a', NULL, 1)"))


async def test_entries_are_found_by_the_index(ada: Person, run: str, prepared: Prepared) -> None:
    await tell(ada, run, "needle\n")
    with psycopg.connect(prepared.owner_url) as connection:
        connection.execute("SET LOCAL enable_seqscan = off")
        connection.execute("SET LOCAL ROLE trine_auth")
        plan = "EXPLAIN SELECT id FROM logs WHERE log_terms(project_id, run_id, text) @@ 'needle'"
        told = str(connection.execute(plan).fetchall())
        # Each month has its part of the index, which PostgreSQL names.
        assert "log_terms_idx" in told
        assert "Seq Scan" not in told


async def test_searching_while_lines_arrive(ada: Person, run: str) -> None:
    async def write(source: str) -> None:
        await tell(ada, run, *["needle\n"] * 10, source=source)

    writing = asyncio.gather(*[write(f"w{number}") for number in range(3)])
    while not writing.done():
        found = (await search(ada, f"/runs/{run}", "needle", limit=200))["items"]
        places = [(UUID(hit["log_id"]), hit["line"]) for hit in found]
        assert places == sorted(set(places), reverse=True)
    await writing
    assert len((await search(ada, f"/runs/{run}", "needle", limit=200))["items"]) == 30
