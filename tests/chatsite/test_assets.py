"""Collected files: one sheet, one script, in their order."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.files.storage import storages
from django.core.management import call_command

from chatsite import compact
from chatsite.assets import JoinedFilesStorage
from conversations.templatetags import chat

TEMPLATES = Path("templates")


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("static")


@pytest.fixture
def storage(collected: Path, settings: object) -> Iterator[JoinedFilesStorage]:
    settings.STATIC_ROOT = str(collected)  # type: ignore[attr-defined]
    settings.STORAGES = {  # type: ignore[attr-defined]
        "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
        "staticfiles": {"BACKEND": "chatsite.assets.JoinedFilesStorage"},
    }
    if not any(collected.iterdir()):
        call_command("collectstatic", interactive=False, verbosity=0)
    made = storages["staticfiles"]
    assert isinstance(made, JoinedFilesStorage)
    yield made
    staticfiles_storage._wrapped = None  # type: ignore[attr-defined]


def text(address: str, collected: Path) -> str:
    return (collected / address.removeprefix("/static/")).read_text("utf-8")


def part(name: str) -> str:
    """What of a file is in the whole."""
    single = Path("static", name).read_text("utf-8")
    return compact.sheet(single) if name.endswith("css") else compact.script(single)


def test_a_page_has_one_sheet_and_one_script(storage: JoinedFilesStorage, collected: Path) -> None:
    (sheet,), (script,) = chat.sheets(), chat.scripts()
    assert text(sheet, collected).startswith("@layer tokens,reset,base,layout,components,utilities;")
    for name in (*chat.sheet_names(), *chat.script_names()):
        assert text(sheet if name.endswith("css") else script, collected).count(part(name)) == 1


def test_a_page_runs_htmx_first_and_what_its_part_adds_last(storage: JoinedFilesStorage) -> None:
    assert [name.split("/")[-1].split(".")[0] for name in chat.page_scripts("desk")] == ["htmx-2", "chatsite", "desk"]
    assert chat.page_scripts() == chat.page_scripts("desk")[:-1]


def test_pages_that_few_people_see_have_their_own(storage: JoinedFilesStorage, collected: Path) -> None:
    (sheet,), (script,) = chat.sheets("desk"), chat.scripts("desk")
    for name in (*chat.sheet_names("desk"), *chat.script_names("desk")):
        assert text(sheet if name.endswith("css") else script, collected).count(part(name)) == 1
        assert part(name) not in text(chat.sheets()[0], collected)
        assert part(name) not in text(chat.scripts()[0], collected)


def test_the_parts_keep_their_order(storage: JoinedFilesStorage, collected: Path) -> None:
    whole = text(chat.scripts()[0], collected)
    places = [whole.index(part(name)) for name in chat.script_names()]
    assert places == sorted(places)


def test_names_are_hashed_and_contents_compressed(storage: JoinedFilesStorage, collected: Path) -> None:
    for address in (*chat.sheets(), *chat.scripts()):
        assert len(address.split(".")) == 3
        assert (collected / f"{address.removeprefix('/static/')}.gz").exists()


def test_collecting_again_gives_the_same(storage: JoinedFilesStorage, collected: Path) -> None:
    before = chat.sheets(), chat.scripts()
    call_command("collectstatic", interactive=False, verbosity=0)
    assert (chat.sheets(), chat.scripts()) == before


def test_while_debugging_each_file_is_named_singly(settings: object) -> None:
    settings.CHATSITE_DEBUG = True  # type: ignore[attr-defined]
    assert [address.removeprefix("/static/") for address in chat.sheets()] == chat.sheet_names()
    assert [address.removeprefix("/static/") for address in chat.scripts()] == chat.script_names()


def test_every_sheet_and_script_is_listed() -> None:
    """A file that nobody lists would be written and never served."""
    static = Path("static")
    found = [*static.rglob("css/**/*.css"), *static.rglob("js/**/*.js")]
    of_admin = ["css/admin.css", "js/admin/chosen-theme.js"]
    listed = [name for names in chat.joined().values() for name in names] + of_admin
    page = Path("templates/admin/base_site.html").read_text()
    assert all(f'{{% static "{name}" %}}' in page for name in of_admin)
    assert sorted(path.relative_to(static).as_posix() for path in found) == sorted(listed)


def named_in(path: Path) -> set[str]:
    """The classes that a template names, with those of what it includes."""
    text = path.read_text("utf-8")
    found = {name for value in re.findall(r'class="([^"]*)"', text) for name in re.findall(r"[a-z][\w-]*", value)}
    for included in re.findall(r'{% include "([^"]+)"', text):
        found |= named_in(TEMPLATES / included)
    return found


@pytest.mark.parametrize("of", chat.MORE_SHEETS)
def test_a_page_names_each_sheet_that_it_needs(of: str) -> None:
    only_there = defined_in(of) - defined_in(chat.ALL)
    pages = [path for path in TEMPLATES.rglob("*.html") if "{% extends" in path.read_text("utf-8")]
    bare = {
        str(path)
        for path in pages
        if named_in(path) & only_there and not any(f'of="{of}"' in text for text in line(path))
    }
    assert bare == set()


def defined_in(of: str) -> set[str]:
    """The classes with a dash or an underline, which belong to one sheet, and `table`."""
    text = "".join(Path("static", name).read_text("utf-8") for name in chat.sheet_names(of))
    return {name for name in re.findall(r"\.([a-z][\w-]*)", text) if re.search("[-_]", name) or name == "table"}


def line(path: Path) -> Iterator[str]:
    """The texts of a template and of those that it extends."""
    text = path.read_text("utf-8")
    yield text
    for parent in re.findall(r'{% extends "([^"]+)" %}', text):
        if (TEMPLATES / parent).exists():
            yield from line(TEMPLATES / parent)
