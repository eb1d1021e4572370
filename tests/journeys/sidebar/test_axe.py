"""The list hinders nobody, in any of its states."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys import axe
from tests.journeys.browser import Person, Tab, person

from .lists import NARROW, WIDE, Seed, items

WAYS = (
    {"locale": "en-GB", "color_scheme": "dark", "viewport": NARROW},
    {"locale": "zh-CN", "color_scheme": "light", "viewport": WIDE},
)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way["locale"])
def test_axe_finds_nothing_in_any_state(
    browser: Browser, lister: Person, tab: Tab, seed: Seed, way: dict[str, Any]
) -> None:
    tab.page.get_by_role("link", name="Gamma", exact=True).click()
    tab.is_live().ask("[[rate-20-2000]] Go").is_writing("1")
    path = tab.page.url.removeprefix(tab.site.address)
    with person(browser, lister.site, storage_state=lister.context.storage_state(), **way) as somebody:
        found = {}
        view = somebody.open(path).is_live()
        if way["viewport"] is NARROW:
            view.page.locator(".masthead__drawer").click()
        items(view.page).nth(1).focus()
        view.page.keyboard.press("F2")
        found["rename"] = axe.violations(view.page)
        view.page.keyboard.press("Escape")
        view.page.keyboard.press("Delete")
        expect(view.page.locator(".toast")).to_be_visible()
        found["deleted"] = axe.violations(view.page)
        view.page.keyboard.press("Control+z")
        expect(view.page.locator(".toast")).to_have_count(0)
        for address in ("/conversations/", f"{path}rename/"):
            found[address] = axe.violations(view.go(address).page)
        seed()
        for address in ("/", "/conversations/"):
            found[f"{address} empty"] = axe.violations(view.go(address).page)
    assert {state: problems for state, problems in found.items() if problems} == {}
