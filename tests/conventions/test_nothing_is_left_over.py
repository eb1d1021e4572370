"""What no page asks for any more goes: styles, marks and templates."""

import re
from functools import cache

from tests.conventions.sources import ROOT, program

STATIC, TEMPLATES = ROOT / "static", ROOT / "templates"
# Asked for by name from outside: Django's and allauth's views, and the pages of errors.
BY_OTHERS = re.compile(r"(account|allauth|admin|registration)/|\d\d\d(_csrf)?\.html$")


@cache
def asking() -> str:
    """All that asks for something: templates, scripts and code."""
    files = (*TEMPLATES.rglob("*.html"), *STATIC.rglob("*.js"), *program())
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


@cache
def names_asked_for() -> frozenset[str]:
    return frozenset(re.findall(r"[\w-]+", asking()))


def is_asked_for(name: str) -> bool:
    """Whole, or put together from its block and a value."""
    block, made, _value = name.rpartition("--")
    return name in names_asked_for() or (bool(made) and f"{block}--{{" in asking())


def test_each_style_has_an_element() -> None:
    # The administrators' records are drawn by Django, which names its own classes.
    sheets = (
        sheet.read_text(encoding="utf-8") for sheet in (STATIC / "css").rglob("*.css") if sheet.name != "admin.css"
    )
    rules = re.sub(r"/\*.*?\*/", "", "\n".join(sheets), flags=re.DOTALL)
    names = set(re.findall(r"\.([a-z][\w-]*)", rules))
    assert "message--held" in names
    assert sorted(name for name in names if not is_asked_for(name)) == []


def test_each_mark_is_drawn() -> None:
    marks = re.findall(r'<symbol id="icon-([\w-]+)"', (TEMPLATES / "_icons.html").read_text(encoding="utf-8"))
    assert "alert" in marks
    assert [mark for mark in marks if not re.search(rf"[\"'#]{mark}[\"']", asking())] == []


def test_each_template_is_rendered() -> None:
    paths = sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html"))
    assert [path for path in paths if path not in asking() and not BY_OTHERS.match(path)] == []
