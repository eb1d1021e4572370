"""What a screen reader meets, in its order: the browser's own accessibility tree, as lines.

`python -m tests.journeys.reading_order` writes it into docs/screen-reader.md.
"""

from __future__ import annotations

import re
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from tests.journeys.browser import chromium, person
from tests.served.site import ROOT, Site, clean_environment

DOCUMENT = ROOT / "docs" / "screen-reader.md"
BLOCK = re.compile(r"(?s)```text\n(.*?)```")
MAKE = "from tests import states; from conversations.models import User; states.tour(User.objects.get(username='ann'))"

SILENT = {
    *("generic", "none", "InlineTextBox", "LineBreak", "RootWebArea", "LabelText", "ListMarker", "MenuListPopup"),
    *("option", "time", "strong", "rowgroup", "sectionfooter", "Figcaption"),
}
SAYS_ITS_CONTENT = {
    *("link", "button", "heading", "DisclosureTriangle", "columnheader", "gridcell", "cell", "paragraph", "code"),
}
NOTHING_WITHOUT_A_NAME = {"StaticText", "group", "form", "figure"}
STATES = ("expanded", "pressed", "busy", "disabled", "invalid")
CHANGING = (
    (re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}"), "…"),
    (re.compile(r"\b\d{2}:\d{2}\b"), "10:24"),
    (re.compile(r"^(less than 1|\d+) s$"), "4 s"),
)


def lines(page: Page) -> list[str]:
    """One line for each thing that is said, indented by what it stands in."""
    found = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    nodes = {node["nodeId"]: node for node in found}
    return list(_walk(found[0], nodes, 0))


def _walk(node: dict[str, Any], nodes: dict[str, dict[str, Any]], depth: int) -> Iterator[str]:
    role, name = _value(node, "role"), _value(node, "name")
    is_said = not node.get("ignored") and role not in SILENT and bool(name or role not in NOTHING_WITHOUT_A_NAME)
    if is_said:
        yield "  " * depth + _line(node, role, name or _content(node, nodes))
    if is_said and (role in SAYS_ITS_CONTENT or role == "StaticText"):
        children = [child for child in _below(node, nodes) if _value(child, "role") in ("link", "button")]
    else:
        children = [nodes[each] for each in node.get("childIds", ()) if each in nodes]
    for child in children:
        yield from _walk(child, nodes, depth + is_said)


def _below(node: dict[str, Any], nodes: dict[str, dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for each in node.get("childIds", ()):
        if each in nodes:
            yield nodes[each]
            yield from _below(nodes[each], nodes)


def _content(node: dict[str, Any], nodes: dict[str, dict[str, Any]]) -> str:
    if _value(node, "role") not in SAYS_ITS_CONTENT:
        return ""
    return "".join(_value(each, "name") for each in _below(node, nodes) if _value(each, "role") == "StaticText")


def _line(node: dict[str, Any], role: str, name: str) -> str:
    states = {each["name"]: each["value"].get("value") for each in node.get("properties", ())}
    said = [f"{key}={states[key]}".lower() for key in STATES if states.get(key) not in (None, False, "false")]
    if role == "heading":
        said.insert(0, f"level {states.get('level')}")
    name = " ".join(name.split())
    for pattern, word in CHANGING:
        name = pattern.sub(word, name)
    shown = {"DisclosureTriangle": "button", "StaticText": "text", "gridcell": "cell"}.get(role, role)
    return " ".join(filter(None, [shown, f"“{name}”" if name else "", f"({', '.join(said)})" if said else ""]))


def _value(node: dict[str, Any], key: str) -> str:
    return str(node.get(key, {}).get("value", ""))


def written() -> list[str]:
    """The lines of the document."""
    found = BLOCK.search(DOCUMENT.read_text(encoding="utf-8"))
    assert found is not None
    return found[1].splitlines()


def path_of_tour(site: Site) -> str:
    site.manage("shell", "--no-imports", "-c", MAKE)
    rows = site.rows("SELECT code FROM conversations_conversation ORDER BY id DESC LIMIT 1")
    return f"/c/{uuid.UUID(rows[0][0])}/"


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        sync_playwright() as playwright,
        Site(Path(folder) / "data", clean_environment()) as site,
        chromium(playwright) as browser,
    ):
        site.add_person("ann")
        with person(browser, site) as ann:
            tab = ann.open().sign_in("ann").go(path_of_tour(site)).is_live()
            block = "```text\n" + "\n".join(lines(tab.page)) + "\n```"
    DOCUMENT.write_text(BLOCK.sub(lambda _: block, DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
