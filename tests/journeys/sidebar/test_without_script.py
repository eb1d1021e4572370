"""The list where scripts are switched off."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.browser import Tab, person
from tests.served.site import Site

from .lists import NAMES, NARROW, Seed, item, items


class TestWithoutAScript:
    @pytest.fixture
    def plain(self, browser: Browser, site: Site, name: str, seed: Seed) -> Iterator[Tab]:
        with person(browser, site, java_script_enabled=False) as somebody:
            tab = somebody.open().sign_in(name)
            seed(*NAMES)
            yield tab.go()

    def test_one_renames_by_a_page(self, plain: Tab) -> None:
        plain.page.locator(".sidebar__entry").nth(1).hover()
        plain.page.get_by_role("link", name="Rename or delete “Beta”").click()
        plain.page.get_by_label("Name", exact=True).fill("Second")
        plain.press("Rename")
        expect(plain.page.locator("h1")).to_have_text("Second")

    def test_one_deletes_and_undoes_from_the_page_of_all(self, plain: Tab) -> None:
        plain.page.get_by_role("link", name="All conversations").click()
        plain.page.get_by_role("button", name="Delete “Beta”").click()
        expect(plain.page.get_by_text("“Beta” is deleted.")).to_be_visible()
        expect(plain.page.locator(".entries__name")).to_have_text(["Alpha", "Gamma", "Delta"])
        plain.press("Undo")
        expect(plain.page.locator(".entries__name")).to_have_text([*NAMES])

    def test_one_pages_through_many(self, plain: Tab, seed: Seed) -> None:
        seed(*(f"Number {n}." for n in range(260)))
        plain.go().page.get_by_role("link", name="Older conversations").click()
        expect(plain.page.locator(".entries__name").first).to_have_text("Number 50.")
        plain.page.get_by_role("link", name="Older", exact=True).click()
        expect(plain.page.locator(".entries__name").first).to_have_text("Number 150.")
        plain.page.get_by_role("link", name="Newer", exact=True).click()
        expect(plain.page.locator(".entries__name").first).to_have_text("Number 50.")

    def test_one_folds_the_list_and_calls_it(self, plain: Tab) -> None:
        plain.press("Hide the list")
        expect(plain.page.locator(".sidebar")).not_to_be_visible()
        plain.page.get_by_role("link", name="Open conversations").click()
        expect(plain.page.locator(".sidebar")).to_be_visible()
        plain.press("Keep the list open")
        expect(plain.page.get_by_role("button", name="Hide the list")).to_be_visible()

    def test_one_opens_the_drawer_and_closes_it(self, plain: Tab) -> None:
        plain.page.set_viewport_size(NARROW)
        plain.page.get_by_role("link", name="Open conversations").click()
        item(plain.page, "Gamma").click()
        expect(plain.page.locator("h1")).to_have_text("Gamma")
        plain.page.get_by_role("link", name="Open conversations").click()
        plain.page.get_by_role("link", name="Close").click()
        expect(plain.page.locator(".sidebar")).not_to_be_visible()

    def test_news_is_read_when_the_page_is_opened(self, plain: Tab) -> None:
        plain.box.fill("[[echo]] rate:0 Tell")
        plain.press("Send")
        path = plain.page.url.removeprefix(plain.site.address)
        plain.go("/")
        for _ in range(100):
            if "new reply" in items(plain.page).first.inner_text():
                break
            plain.page.wait_for_timeout(50)
            plain.page.reload()
        expect(items(plain.page).first).to_contain_text("new reply")
        plain.go(path).go("/")
        expect(items(plain.page).first).not_to_contain_text("new reply")
