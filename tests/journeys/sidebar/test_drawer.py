"""The list where it is not a column: a drawer on phones, and folded away on wide screens."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.browser import Person, Tab, person
from tests.served.site import Site

from .lists import NAMES, NARROW, Seed, item, items, stands_on

TINY = {"width": 360, "height": 640}
LONG_NAME = "Reading, slowly, " * 12
SHIFTS = """() => new Promise((done) => {
  const sum = (list) => list.getEntries().reduce((all, each) => all + each.value, 0);
  new PerformanceObserver((list) => done(sum(list))).observe({type: "layout-shift", buffered: true});
  setTimeout(() => done(0), 300);
})"""


class TestTheDrawer:
    @pytest.fixture
    def phone(self, browser: Browser, site: Site, name: str, seed: Seed) -> Iterator[Tab]:
        with person(browser, site, viewport=NARROW, has_touch=True) as somebody:
            tab = somebody.open().sign_in(name)
            seed(*NAMES)
            yield tab.go().is_live()

    def test_keeps_the_focus_and_gives_it_back(self, phone: Tab) -> None:
        page = phone.page
        expect(page.locator(".sidebar")).not_to_be_visible()
        opener = page.get_by_role("link", name="Open conversations")
        opener.press("Enter")
        expect(page.locator(".sidebar__new")).to_be_focused()
        expect(phone.box).not_to_be_focused()
        for _ in range(12):
            page.keyboard.press("Tab")
            assert page.evaluate("document.activeElement.closest('.page__main, .skip') === null")
        page.keyboard.press("Escape")
        expect(page.locator(".sidebar")).not_to_be_visible()
        expect(opener).to_be_focused()
        assert page.url == f"{phone.site.address}/"

    def test_closes_by_its_button_and_by_the_page_beside_it(self, phone: Tab) -> None:
        page = phone.page
        for close in (
            lambda: page.get_by_role("link", name="Close").click(),
            lambda: page.locator(".sidebar__veil").click(position={"x": 380, "y": 400}),
        ):
            page.get_by_role("link", name="Open conversations").click()
            expect(page.locator(".sidebar")).to_be_visible()
            close()
            expect(page.locator(".sidebar")).not_to_be_visible()
            expect(phone.box).to_be_editable()

    def test_is_opened_by_the_key_of_the_list(self, phone: Tab) -> None:
        phone.page.locator("h1").click()
        phone.page.keyboard.press("l")
        stands_on(phone.page, "Alpha")
        phone.page.keyboard.press("Escape")
        expect(phone.page.get_by_role("link", name="Open conversations")).to_be_focused()

    def test_that_an_address_opens_is_taken_over(self, phone: Tab) -> None:
        phone.go("/#sidebar")
        expect(phone.page.locator(".sidebar")).to_be_visible()
        phone.page.keyboard.press("Escape")
        expect(phone.page.locator(".sidebar")).not_to_be_visible()
        assert phone.page.url == f"{phone.site.address}/"

    def test_leads_to_a_conversation(self, phone: Tab) -> None:
        phone.page.get_by_role("link", name="Open conversations").click()
        item(phone.page, "Gamma").click()
        expect(phone.page.locator("h1")).to_have_text("Gamma")
        expect(phone.page.locator(".sidebar")).not_to_be_visible()

    def test_is_not_opened_to_rename(self, phone: Tab) -> None:
        phone.box.fill("[[echo]] rate:0 Name me")
        phone.press("Send")
        expect(phone.questions).to_have_count(1)
        phone.box.press("F2")
        expect(phone.page.locator("#rename")).to_be_focused()

    def test_holds_names_and_notes_of_any_length(self, phone: Tab, seed: Seed) -> None:
        seed(LONG_NAME, "لغة " * 30, "长" * 80, "x" * 200)
        phone.page.set_viewport_size(TINY)
        phone.go().is_live().page.get_by_role("link", name="Open conversations").click()
        items(phone.page).first.focus()
        phone.page.keyboard.press("Delete")
        expect(phone.page.locator(".toast")).to_be_visible()
        assert phone.page.evaluate("document.scrollingElement.scrollWidth") == TINY["width"]
        assert phone.page.evaluate("document.querySelector('.sidebar__list').scrollWidth") <= 320
        assert phone.go("/conversations/").page.evaluate("document.scrollingElement.scrollWidth") == TINY["width"]


class TestFolding:
    def test_gives_the_page_the_room_and_lasts(self, lister: Person, tab: Tab) -> None:
        page = tab.page
        page.get_by_role("button", name="Hide the list").click()
        expect(page.locator(".sidebar")).not_to_be_visible()
        opener = page.get_by_role("link", name="Open conversations")
        expect(opener).to_be_focused()
        second = lister.open("/").is_live()
        expect(second.page.locator(".sidebar")).not_to_be_visible()
        second.page.get_by_role("link", name="Open conversations").click()
        expect(second.page.locator(".sidebar__new")).to_be_focused()
        second.page.get_by_role("button", name="Keep the list open").click()
        expect(second.page.locator(".sidebar")).to_be_visible()
        expect(second.page.get_by_role("button", name="Hide the list")).to_be_focused()
        expect(second.box).to_be_editable()
        tab.go().is_live()
        expect(page.locator(".sidebar")).to_be_visible()

    def test_moves_nothing_while_the_page_loads(self, tab: Tab) -> None:
        tab.page.get_by_role("button", name="Hide the list").click()
        expect(tab.page.locator(".sidebar")).not_to_be_visible()
        assert tab.go().is_live().page.evaluate(SHIFTS) == 0
        tab.page.get_by_role("link", name="Open conversations").click()
        tab.page.get_by_role("button", name="Keep the list open").click()
