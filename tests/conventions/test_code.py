"""Conventions of the code that a machine can see."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conventions.sources import ROOT, imported_names, named, program, tree

LONGEST_FILE = 400
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
FRONT_END = ("static", "templates")
READS_RAW_PARTS = (
    "conversations/models/",
    "conversations/turns/",
    "conversations/turn_streams/",
    "conversations/present/",
    "conversations/moderation/",
)
CROSSES_THREADS = ("conversations/db.py", "chatsite/one_hop.py")


def written_files() -> Iterator[Path]:
    yield from program()
    for part in FRONT_END:
        yield from (path for path in (ROOT / part).rglob("*") if path.suffix in {".html", ".css", ".js"})
    yield from (ROOT / "tests").rglob("*.py")


def test_no_file_is_longer_than_anybody_reads() -> None:
    lengths = {named(path): len(path.read_text(encoding="utf-8").splitlines()) for path in written_files()}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_nothing_is_left_unfinished() -> None:
    marked = [named(path) for path in program() if UNFINISHED.search(path.read_text(encoding="utf-8"))]
    assert marked == []


def test_imports_stand_at_the_top_of_a_module() -> None:
    hidden = [f"{named(path)}:{node.lineno}" for path in program() for node in inner_imports(tree(path))]
    assert hidden == []


def inner_imports(module: ast.Module) -> Iterator[ast.stmt]:
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from (each for each in ast.walk(node) if isinstance(each, ast.Import | ast.ImportFrom))


def test_async_code_reaches_the_database_by_one_bridge() -> None:
    bridges = {"asgiref.sync.sync_to_async", "channels.db.database_sync_to_async", "asyncio.to_thread"}
    found = [named(path) for path in program() if bridges & set(imported_names(path))]
    assert [name for name in found if name not in CROSSES_THREADS] == []


def test_raw_parts_of_messages_are_read_only_where_it_is_decided_what_people_see() -> None:
    readers = {
        f"{named(path)}:{node.lineno}"
        for path in program()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr in {"parts", "open_parts"} and not _is_a_path(node)
    }
    assert sorted(reader for reader in readers if not reader.startswith(READS_RAW_PARTS)) == []


def _is_a_path(node: ast.Attribute) -> bool:
    """pathlib has `parts` too."""
    return isinstance(node.value, ast.Name) and "path" in node.value.id


@pytest.mark.parametrize("path", [path for path in program() if path.name != "__init__.py"], ids=named)
def test_every_function_has_a_full_signature(path: Path) -> None:
    bare = [
        f"{node.name}:{node.lineno}"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.returns is None
    ]
    assert bare == []
