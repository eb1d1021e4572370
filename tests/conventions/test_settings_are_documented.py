"""One module reads the environment, and one page explains every name."""

import ast
import re

from tests.conventions.sources import ROOT, named, program, tree

READERS = ("text", "words", "flag", "choice", "integer", "number", "numbers", "address", "secret", "assistants")
DOCUMENTED = re.compile(r"^\| `([A-Z][A-Z0-9_]+)` \|", re.MULTILINE)


def names_read() -> set[str]:
    calls = [node for node in ast.walk(tree(ROOT / "chatsite/settings.py")) if isinstance(node, ast.Call)]
    names = set()
    for call in calls:
        match call:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="env"), attr=kind), args=[ast.Constant(value=name), *_]):
                assert kind in READERS
                names |= {name, f"{name}_FILE"} if kind == "secret" else {name}
    return names


def test_every_setting_is_in_the_page_and_nothing_else_is() -> None:
    page = (ROOT / "docs/configuration.md").read_text(encoding="utf-8")
    documented = DOCUMENTED.findall(page)
    assert len(documented) == len(set(documented))
    assert set(documented) == names_read()


def test_a_setting_is_called_like_its_variable() -> None:
    for node in ast.walk(tree(ROOT / "chatsite/settings.py")):
        match node:
            case ast.Assign(
                targets=[ast.Name(id=attribute)], value=ast.Call(func=ast.Attribute(value=ast.Name(id="env")))
            ):
                assert ast.unparse(node.value).split("'")[1] == attribute


def test_only_the_settings_read_the_environment() -> None:
    readers = {
        named(path)
        for path in program()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"} and ast.unparse(node.value) == "os"
    }
    # The last two only say which settings module it is.
    assert readers == {"chatsite/env.py", "chatsite/asgi.py", "manage.py"}


def test_nobody_but_the_settings_uses_the_reader() -> None:
    users = [named(path) for path in program() if re.search(r"import .*\benv\b|chatsite\.env", path.read_text("utf-8"))]
    assert users == ["chatsite/settings.py"]
