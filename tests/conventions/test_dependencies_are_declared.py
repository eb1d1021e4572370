"""What is imported by name is declared by name: a package that another one happens to bring may stay away tomorrow."""

import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path

import pytest

from tests.conventions.sources import PROGRAM, ROOT, imported_names, named, program

OWN = {*PROGRAM, "tests", "bench", "pictures", "manage"}
# In an environment of its own, made on demand.
ELSEWHERE = {"tests/clients/drive_openai.py": {"openai"}}

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
BROUGHT_BY = metadata.packages_distributions()


def declared(*lists: Iterable[str]) -> set[str]:
    return {normal(re.split(r"[\[<>=~! ;]", each, maxsplit=1)[0]) for one in lists for each in one}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def packages(module: str) -> set[str]:
    """Who brings a module. Other packages may put plug-ins into it, as several do into `twisted`."""
    brought = {normal(each) for each in BROUGHT_BY.get(module, [])}
    return {normal(module)} & brought or brought or {normal(module)}


def undeclared(paths: Iterable[Path], known: set[str]) -> Iterator[str]:
    for path in paths:
        for module in {name.split(".")[0] for name in imported_names(path)} - OWN - sys.stdlib_module_names:
            if not packages(module) & known and module not in ELSEWHERE.get(named(path), ()):
                yield f"{named(path)}: {module}"


def test_the_program_declares_what_it_imports() -> None:
    extras = PROJECT["project"]["optional-dependencies"].values()
    assert list(undeclared(program(), declared(PROJECT["project"]["dependencies"], *extras))) == []


@pytest.mark.parametrize(("folder", "groups"), [("tests", ["dev"]), ("pictures", ["dev"]), ("bench", ["dev", "bench"])])
def test_so_do_tests_and_measurements(folder: str, groups: list[str]) -> None:
    lists = [PROJECT["dependency-groups"][each] for each in groups]
    known = declared(PROJECT["project"]["dependencies"], *lists)
    assert list(undeclared(sorted((ROOT / folder).rglob("*.py")), known)) == []


def test_a_package_that_another_one_brings_is_found() -> None:
    path = ROOT / "conversations" / "glm" / "wire.py"
    assert list(undeclared([path], {"httpx"})) == ["conversations/glm/wire.py: h11"]


def test_a_module_that_several_bring_belongs_to_the_package_of_its_name() -> None:
    assert packages("twisted") == {"twisted"}
