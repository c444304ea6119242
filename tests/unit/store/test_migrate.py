import sqlite3
import sys
from contextlib import closing
from subprocess import run

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from hearth.base.errors import Unavailable
from hearth.store import migrate, tables
from hearth.store.database import opened, prepare


@pytest.fixture
def database(tmp_path):
    opened_one = opened(f"sqlite:///{tmp_path}/migrated.db", {}, 2)
    yield opened_one
    opened_one.close()


def schema(path):
    """What SQLite says of every table: columns with type, null and key; indices with columns."""
    with closing(sqlite3.connect(path)) as sql:
        names = [
            name
            for (name,) in sql.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
            )
        ]
        return {
            name: (
                sql.execute(f"PRAGMA table_info('{name}')").fetchall(),
                sorted(
                    (index[1], index[2], sql.execute(f"PRAGMA index_info('{index[1]}')").fetchall())
                    for index in sql.execute(f"PRAGMA index_list('{name}')").fetchall()
                ),
                "WITHOUT ROWID"
                in sql.execute("SELECT sql FROM sqlite_master WHERE name = ?", (name,)).fetchone()[
                    0
                ],
            )
            for name in names
        }


def test_migrating_makes_what_the_tables_say(database):
    migrate.upgrade(database.writing)

    with database.reading.connect() as sql:
        assert compare_metadata(MigrationContext.configure(sql), tables.metadata) == []


def test_migrating_and_creating_make_the_same(database, tmp_path):
    created = opened(f"sqlite:///{tmp_path}/created.db", {}, 2)

    migrate.upgrade(database.writing)
    prepare(created)

    assert schema(tmp_path / "migrated.db") == schema(tmp_path / "created.db")
    assert len(schema(tmp_path / "created.db")) == len(tables.metadata.tables) + 1
    created.close()


def test_the_tables_are_of_the_newest_revision():
    assert ScriptDirectory.from_config(migrate.config()).get_current_head() == tables.REVISION


def test_a_database_of_an_unknown_revision_is_left_alone(database):
    prepare(database)
    with database.writing.begin() as sql:
        sql.execute(tables.revision.update().values(version_num="9999"))

    with pytest.raises(Unavailable, match=r"migrated\.db was made by another version.*9999"):
        prepare(database)


def test_preparing_twice_changes_nothing(database, tmp_path):
    prepare(database)
    before = schema(tmp_path / "migrated.db")

    prepare(database)

    assert schema(tmp_path / "migrated.db") == before


@pytest.mark.process
def test_opening_a_new_database_does_not_load_alembic(tmp_path):
    program = (
        "import asyncio, sys\n"
        "from hearth.store import Store\n"
        "async def main():\n"
        f"    async with Store('sqlite:///{tmp_path}/new.db', 'key'): pass\n"
        "asyncio.run(main())\n"
        "print([name for name in sys.modules if name.split('.')[0] in {'alembic', 'mako'}])\n"
    )

    done = run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"
