"""Names in the making, and notes of what was deleted."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.journeys.browser import Person, Tab

from .lists import NAMES, item, lists


class TestANameInTheMaking:
    def test_outlives_whatever_happens_to_its_entry(self, lister: Person, tab: Tab) -> None:
        second = lister.open("/").is_live()
        item(tab.page, "Gamma").focus()
        tab.page.keyboard.press("F2")
        tab.page.keyboard.type("Half a")
        item(second.page, "Gamma").focus()
        second.page.keyboard.press("F2")
        second.page.keyboard.type("Theirs\n")
        expect(item(second.page, "Theirs")).to_be_visible()
        second.page.get_by_role("link", name="Theirs", exact=True).click()
        second.ask("[[echo]] rate:0 Up").is_finished()
        lists(tab.page, "Theirs", "Alpha", "Beta", "Delta")
        tab.page.keyboard.type(" name\n")
        lists(tab.page, "Half a name", "Alpha", "Beta", "Delta")

    def test_is_told_what_is_wrong_with_it(self, tab: Tab) -> None:
        item(tab.page, "Beta").focus()
        tab.page.keyboard.press("F2")
        tab.page.keyboard.type("\u202e\n")
        expect(tab.page.get_by_role("alert").filter(has_text="A conversation needs a name.")).to_be_visible()
        expect(tab.page.get_by_role("textbox", name="Name")).to_be_focused()

    def test_is_dropped_when_one_goes_elsewhere_without_a_change(self, tab: Tab) -> None:
        tab.page.locator(".sidebar__entry").nth(1).hover()
        tab.page.get_by_role("link", name="Rename or delete “Beta”").click()
        tab.box.click()
        expect(tab.page.get_by_role("textbox", name="Name")).to_have_count(0)

    def test_may_be_given_up_for_good_with_its_conversation(self, tab: Tab) -> None:
        tab.page.locator(".sidebar__entry").nth(1).hover()
        tab.page.get_by_role("link", name="Rename or delete “Beta”").click()
        tab.press("Delete")
        lists(tab.page, "Alpha", "Gamma", "Delta")
        expect(tab.page.get_by_role("textbox", name="Name")).to_have_count(0)
        tab.press("Undo")
        lists(tab.page, *NAMES)

    def test_on_pages_without_a_socket_leads_back_there(self, tab: Tab) -> None:
        tab.go("/conversations/")
        item(tab.page, "Beta").focus()
        tab.page.keyboard.press("F2")
        tab.page.keyboard.type("Second\n")
        expect(item(tab.page, "Second")).to_be_visible()
        expect(tab.page).to_have_url(f"{tab.site.address}/conversations/")


class TestANote:
    def test_stays_until_it_is_closed(self, tab: Tab) -> None:
        for name in ("Alpha", "Beta"):
            item(tab.page, name).focus()
            tab.page.keyboard.press("Delete")
        notes = tab.page.locator(".toast")
        expect(notes).to_have_count(2)
        notes.filter(has_text="Alpha").get_by_role("button", name="Close").click()
        expect(notes).to_have_text([re.compile("“Beta” is deleted.")])
        notes.get_by_role("button", name="Undo").press("Enter")
        lists(tab.page, "Beta", "Gamma", "Delta")
        expect(notes).to_have_count(0)
        assert tab.page.evaluate("document.activeElement.id") == "main"

    def test_of_the_open_conversation_stands_on_the_page_that_follows(self, tab: Tab) -> None:
        tab.page.get_by_role("link", name="Beta", exact=True).click()
        tab.is_live()
        item(tab.page, "Beta").focus()
        tab.page.keyboard.press("Delete")
        expect(tab.page.get_by_text("“Beta” is deleted.")).to_be_visible()
        tab.press("Undo")
        expect(tab.page.locator("h1")).to_have_text("Beta")
