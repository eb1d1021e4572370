"""Keep the schema as it is now, before a change adds a migration: `python -m tests.upgrades.make`.

Writes one fixture an engine, named after the newest migration. Commit them with the migration that follows. It needs
PostgreSQL (CHATSITE_TEST_DATABASE_URL, else 127.0.0.1:5432) and its pg_dump.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.own_database import own_database
from tests.served.site import ROOT, clean_environment
from tests.upgrades import dumps

MIGRATIONS = ROOT / "conversations" / "migrations"


def newest() -> str:
    return max(path.stem for path in MIGRATIONS.glob("[0-9]*.py"))


def sqlite(folder: Path, environment: Mapping[str, str]) -> str:
    tell({**environment, "CHATSITE_DATA_DIR": str(folder)})
    return dumps.dump_sqlite(folder / "chatsite.sqlite3")


def postgresql(folder: Path, environment: Mapping[str, str]) -> str:
    with own_database() as url:
        tell({**environment, "CHATSITE_DATA_DIR": str(folder), "DATABASE_URL": url})
        return dumps.dump_postgresql(url)


MAKERS: dict[str, Callable[[Path, Mapping[str, str]], str]] = {"sqlite": sqlite, "postgresql": postgresql}


def tell(environment: Mapping[str, str]) -> None:
    subprocess.run([sys.executable, "-m", "tests.upgrades.story"], cwd=ROOT, env=environment, check=True)


def main() -> None:
    for engine, make in MAKERS.items():
        path = dumps.path_of(newest(), engine)
        with tempfile.TemporaryDirectory() as folder:
            dumps.write(path, make(Path(folder), clean_environment()))
        print(f"{path.relative_to(ROOT)}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
