from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, func, text, true, tuple_

from app.kit.repository import Repository
from app.tables import Log, Run

SHOWN_CHARACTERS = 2000
INDEXED_CHARACTERS = 131_072
"""Of one line: so many fit into a tsvector, whatever they are."""
END_OF_TIME = UUID(int=2**128 - 1)

_WORDS = text("SELECT each, log_words(each) FROM unnest(CAST(:texts AS text[])) AS each")
_FIND = text(
    "SELECT log_id, characters FROM find_logs(:project_id, :run_id, to_tsquery('simple', :wanted), :newest, :most)"
)


class Place(NamedTuple):
    """Of a line in the logs of a project."""

    log_id: UUID
    line: int


class LogSearchRepository(Repository[Log]):
    table = Log

    async def words(self, texts: Sequence[str]) -> dict[str, list[str]]:
        """Of each text, as the index has them."""
        rows = await self.session.execute(_WORDS, {"texts": list(texts)})
        return {each: words.split() for each, words in rows}

    async def entries(
        self, wanted: str, *, project_id: UUID, run_id: UUID | None, newest: UUID, most: int
    ) -> Sequence[Row[UUID, int]]:
        """Keys and lengths of entries that may have such a line, newest first."""
        of = {"project_id": project_id, "run_id": run_id, "newest": newest, "most": most}
        return (await self.session.execute(_FIND, {"wanted": wanted, **of})).all()

    async def lines(
        self, wanted: str, *, log_ids: Sequence[UUID], before: Place | None, most: int
    ) -> Sequence[Row[Any]]:
        """As `LogHit` has them, newest first."""
        line = func.string_to_table(Log.text, "\n").table_valued("text", with_ordinality="place", name="line")
        line = line.render_derived()
        number = line.c.place - 1
        words = func.log_words(func.left(line.c.text, INDEXED_CHARACTERS))
        matches = func.to_tsvector("simple", words).op("@@")(func.to_tsquery("simple", wanted))
        statement = (
            self.statement()
            .join(Run, (Run.id == Log.run_id) & Run.deleted_at.is_(None))
            .join(line, true())
            .where(Log.id.in_(log_ids), matches)
            .order_by(Log.id.desc(), number.desc())
            .limit(most)
        )
        if before:
            statement = statement.where(tuple_(Log.id, number) < tuple_(before.log_id, before.line))
        shown = func.left(func.rtrim(line.c.text, "\r"), SHOWN_CHARACTERS)
        entry = (Log.run_id, Log.id, Log.attempt, Log.source, Log.stream, Log.time)
        columns = (*entry, Run.name.label("run_name"), number.label("line"), shown.label("text"))
        return (await self.session.execute(statement.with_only_columns(*columns, maintain_column_froms=True))).all()
