"""Old schemas lead to the present one, with all that was in them.

Each takes the same migrations to the end. The newest two, from which most sites come, are tried on both engines; of
those before, which no release had but the first, every fourth is tried, and on one engine by turns.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.own_database import SERVER, own_database
from tests.served.site import clean_environment
from tests.upgrades import dumps, make
from tests.upgrades.looking import Look, looking

ENGINES = tuple(make.MAKERS)

# What the program ships is written anew after every migrate: facts, and the numbers that count their changes.
SHIPPED = (
    "conversations_policy.version",
    "conversations_cataloguemodel.is_offered",
    "conversations_cataloguemodel.shipped_version",
    "conversations_httptool.shipped_version",
    "conversations_httptool.changed_at",
)
# What migrations changed on purpose, by the fixture that they begin from: "table.column".
MEANT: dict[str, list[str]] = {}


@pytest.fixture(scope="module")
def looks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Look]]:
    """One process an engine for all sites."""
    environment = {**clean_environment(), "CHATSITE_DATA_DIR": str(tmp_path_factory.mktemp("look"))}
    with looking(environment) as sqlite, looking({**environment, "DATABASE_URL": SERVER}) as postgresql:
        yield {"sqlite": sqlite, "postgresql": postgresql}


def tried() -> list[tuple[str, str]]:
    """Engine and schema of each upgrade."""
    names = sorted({dumps.migration_of(path) for engine in ENGINES for path in dumps.fixtures(engine)})
    by_turns = [(ENGINES[number % len(ENGINES)], name) for number, name in enumerate(names[::4])]
    return sorted({*by_turns, *((engine, name) for engine in ENGINES for name in names[-2:])})


def upgraded(looks: dict[str, Look], engine: str, fixture: Path, data: Path) -> dict[str, Any]:
    """What became of the database of a fixture."""
    if engine == "sqlite":
        dumps.load_sqlite(fixture, data / "chatsite.sqlite3")
        found = looks[engine](data, "")
    else:
        with own_database() as url:
            dumps.load_postgresql(fixture, url)
            found = looks[engine](data, url)
    return {**found, "changed": [name for name in found["changed"] if name not in SHIPPED]}


@pytest.mark.parametrize(("engine", "name"), tried())
def test_an_old_site_keeps_everything_and_goes_on(
    engine: str, name: str, tmp_path: Path, looks: dict[str, Look]
) -> None:
    found = upgraded(looks, engine, dumps.path_of(name, engine), tmp_path)
    assert found == {"changed": MEANT.get(name, []), "unseen": [], "troubles": []}
    assert len(list(tmp_path.glob("backups/*"))) == (name != make.newest())


@pytest.mark.parametrize("engine", ENGINES)
def test_a_fixture_of_today_can_be_made(engine: str, tmp_path: Path, looks: dict[str, Look]) -> None:
    """What tells the story must not rust between two migrations."""
    today, data = tmp_path / "today.sql.gz", tmp_path / "data"
    (tmp_path / "made").mkdir()
    data.mkdir()
    dumps.write(today, make.MAKERS[engine](tmp_path / "made", clean_environment()))
    assert upgraded(looks, engine, today, data) == {"changed": [], "unseen": [], "troubles": []}


@pytest.mark.parametrize("engine", ENGINES)
def test_each_schema_but_the_present_one_has_a_fixture(engine: str) -> None:
    schemas = {path.stem for path in make.MIGRATIONS.glob("[0-9]*.py")} - {make.newest()}
    without = schemas - set(map(dumps.migration_of, dumps.fixtures(engine)))
    assert without == set(), "run `python -m tests.upgrades.make` before a migration is added"
