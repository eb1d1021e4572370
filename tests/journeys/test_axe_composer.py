"""The composer hinders nobody, in any of its states."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys import axe
from tests.journeys.browser import Tab, person
from tests.served.site import Site

WAYS = (
    {"locale": "en-GB", "color_scheme": "light", "viewport": {"width": 1280, "height": 800}},
    {"locale": "zh-CN", "color_scheme": "dark", "viewport": {"width": 390, "height": 844}},
)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way["locale"])
def test_axe_finds_nothing(browser: Browser, own_site: Site, way: dict[str, Any]) -> None:
    with person(browser, own_site, **way) as ann:
        tab = ann.open().sign_in("ann").is_live()
        box, found = tab.box, {}

        def look(state: str) -> None:
            found[state] = axe.violations(tab.page)

        box.press_sequentially("/")
        expect(tab.page.locator("#commands")).to_be_visible()
        look("commands")
        box.evaluate("(box) => writeInto(box, 'x'.repeat(201_500))")
        expect(tab.page.locator("text-count[data-over]")).to_be_visible()
        look("too long")
        box.fill("[[rate-20-2000]] Count.")
        box.press("Enter")
        expect(tab.page.locator(".composer__stop")).to_be_visible()
        box.fill("And then?")
        box.press("Enter")
        expect(tab.next).to_be_visible()
        look("next")
        tab.page.locator(".composer__stop").click()
        expect(tab.page.locator(".composer__send")).to_be_visible()
        look("not sent yet")
        tab.page.locator('a[data-dialog="shortcuts"]').evaluate("(link) => link.click()")
        expect(tab.page.locator("dialog[open]")).to_be_visible()
        look("keys")
        tab.page.keyboard.press("Escape")
        offline_and_signed_out(tab, ann, own_site, look)
        assert {state: problems for state, problems in found.items() if problems} == {}


def offline_and_signed_out(tab: Tab, ann: Any, site: Site, look: Any) -> None:
    box = tab.page.locator("#prompt")
    site.stop()
    expect(tab.page.locator("chat-live[data-state=offline]")).to_be_attached()
    box.fill("Meanwhile")
    box.press("Enter")
    expect(tab.page.locator("held-message")).to_be_visible()
    look("offline")
    tab.page.locator("held-message [data-remove]").click()
    site.start()
    tab.is_live()
    ann.context.clear_cookies(name="sessionid")
    box.fill("Signed out")
    box.press("Enter")
    expect(tab.page.locator("#sign-in dialog[open]")).to_be_visible()
    look("signing in")
