"""Which conversation is being written in, and which has something new."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.journeys.browser import Person, Tab
from tests.served.gates import Gate

from .lists import items


class TestMarks:
    def test_tell_that_a_reply_is_being_written_and_that_it_came(self, lister: Person, tab: Tab) -> None:
        tab.ask("[[rate-20-2000]] Tides").is_writing("3")
        second = lister.open("/").is_live()
        entry = items(second.page).first
        expect(entry.locator(".sidebar__writing")).to_be_visible()
        expect(entry).not_to_have_class(re.compile("unread"))
        path = tab.page.url.removeprefix(tab.site.address)
        third = lister.open(path).is_live()
        tab.go("/").is_live()
        third.press("Stop")
        # Who stops a reply knows what there is of it.
        for each in (tab, second):
            expect(items(each.page).first.locator(".sidebar__writing")).to_have_count(0)
            expect(items(each.page).first).not_to_have_class(re.compile("unread"))

    def test_of_news_stay_until_the_page_was_in_view(self, lister: Person, tab: Tab, gate: Gate) -> None:
        gate.open(3)
        tab.ask(gate.counting(40)).is_writing("0003")
        path = tab.page.url.removeprefix(tab.site.address)
        tab.go("/").is_live()
        second = lister.open("/").is_live()
        gate.open()
        for each in (tab, second):
            expect(items(each.page).first).to_have_class(re.compile("sidebar__item--unread"))
            expect(items(each.page).first).to_contain_text("new reply")
        tab.go(path)
        expect(tab.page.locator("[aria-current=page]")).not_to_contain_text("new reply")
        expect(items(second.page).first).not_to_contain_text("new reply")

    def test_of_the_open_conversation_never_say_that_it_is_unread(self, tab: Tab) -> None:
        tab.ask("[[rate-50-30]] Tides")
        with tab.page.expect_response(lambda response: response.url.endswith("/read/")) as told:
            tab.is_finished()
        assert told.value.status == 204
        expect(tab.page.locator("[aria-current=page]")).not_to_have_attribute("data-unread", re.compile(".*"))
        expect(tab.page.locator(".sidebar__item--unread")).to_have_count(0)

    def test_wait_while_the_tab_is_not_looked_at(self, lister: Person, tab: Tab) -> None:
        hidden = "Object.defineProperty(document, 'hidden', {configurable: true, get: () => %s})"
        second = lister.open("/").is_live()
        tab.page.evaluate(hidden % "true")
        tab.ask("[[rate-50-30]] Tides")
        expect(items(second.page).first).to_contain_text("new reply")
        tab.page.evaluate(hidden % "false")
        tab.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        expect(items(second.page).first).not_to_contain_text("new reply")
