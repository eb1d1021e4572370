"""The program's own files, as conventions look at them."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ("chatsite", "conversations")


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def program() -> tuple[Path, ...]:
    """Python files that people wrote; migrations are made by a tool."""
    found = (path for part in PROGRAM for path in (ROOT / part).rglob("*.py") if "migrations" not in path.parts)
    return (ROOT / "manage.py", *sorted(found))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported_names(path: Path) -> Iterator[str]:
    """What a file imports by its full name; relative imports are its own package's."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield from (f"{node.module}.{each.name}" for each in node.names)
