"""What the controller's role in the database may know of people."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from app.kit.db import CONTROLLER, Database
from tests.fixtures.auth import Person


async def test_it_knows_people_by_name_and_address(ada: Person, controller_database: Database) -> None:
    statement = text("SELECT email, name FROM users WHERE id = :id")
    async with controller_database.session(CONTROLLER) as session:
        row = (await session.execute(statement, {"id": ada.user_id})).one()
    assert tuple(row) == (ada.email, "Ada")


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT password_hash FROM users",
        "SELECT * FROM users",
        "SELECT count(*) FROM users WHERE password_hash LIKE '$argon2%'",
        "UPDATE users SET is_platform_admin = true",
        "INSERT INTO users (id, email, name) VALUES (gen_random_uuid(), 'eve@example.org', 'Eve')",
        "DELETE FROM users",
        "SELECT * FROM find_user('ada@example.org')",
    ],
)
async def test_it_reads_no_password_and_changes_nobody(controller_database: Database, statement: str) -> None:
    async with controller_database.session(CONTROLLER) as session:
        with pytest.raises(ProgrammingError, match=r"permission denied for (table users|function find_user)"):
            await session.execute(text(statement))


async def test_every_column_but_the_password_is_granted(controller_database: Database) -> None:
    """A new column of `users`: grant it in its migration, or name it here."""
    statement = text(
        "SELECT attname FROM pg_attribute WHERE attrelid = 'users'::regclass AND attnum > 0 AND NOT attisdropped "
        "AND NOT has_column_privilege('users', attname, 'SELECT')"
    )
    async with controller_database.session(CONTROLLER) as session:
        assert list(await session.scalars(statement)) == ["password_hash"]
