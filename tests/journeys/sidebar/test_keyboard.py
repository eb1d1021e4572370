"""The list by the keyboard alone."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.journeys.browser import Person, Tab

from .lists import NAMES, item, lists, stands_on


class TestTheKeyboard:
    def test_walks_through_the_list_with_one_stop_of_tab(self, tab: Tab) -> None:
        page = tab.page
        page.locator("h1").click()
        page.keyboard.press("l")
        stands_on(page, "Alpha")
        for key, name in (("ArrowDown", "Beta"), ("End", "Delta"), ("ArrowDown", "Delta"), ("ArrowUp", "Gamma")):
            page.keyboard.press(key)
            stands_on(page, name)
        page.keyboard.press("Home")
        stands_on(page, "Alpha")
        page.keyboard.press("Shift+Tab")
        expect(page.locator(".sidebar__new")).to_be_focused()
        page.keyboard.press("Tab")
        stands_on(page, "Alpha")
        page.keyboard.press("Tab")  # the pencil
        page.keyboard.press("Tab")
        expect(page.locator(".sidebar__list :focus")).to_have_count(0)
        page.keyboard.press("Shift+Tab")
        stands_on(page, "Alpha")
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_have_text("Alpha")

    def test_renames_in_place(self, lister: Person, tab: Tab) -> None:
        second = lister.open("/").is_live()
        item(tab.page, "Beta").focus()
        tab.page.keyboard.press("F2")
        box = tab.page.get_by_role("textbox", name="Name")
        expect(box).to_be_focused()
        expect(box).to_have_value("Beta")
        tab.page.keyboard.type("贝塔 <b>")
        tab.page.keyboard.press("Enter")
        for each in (tab, second):
            lists(each.page, "Alpha", "贝塔 <b>", "Gamma", "Delta")
        expect(box).to_have_count(0)
        stands_on(tab.page, "贝塔")

    def test_gives_a_name_up_with_escape(self, tab: Tab) -> None:
        item(tab.page, "Beta").focus()
        tab.page.keyboard.press("F2")
        tab.page.keyboard.type("No")
        tab.page.keyboard.press("Escape")
        stands_on(tab.page, "Beta")
        lists(tab.page, *NAMES)

    def test_deletes_goes_on_to_the_next_and_undoes(self, lister: Person, tab: Tab) -> None:
        second = lister.open("/").is_live()
        item(tab.page, "Beta").focus()
        tab.page.keyboard.press("Delete")
        for each in (tab, second):
            lists(each.page, "Alpha", "Gamma", "Delta")
        stands_on(tab.page, "Gamma")
        expect(tab.page.get_by_role("status").filter(has_text="“Beta” is deleted.")).to_be_visible()
        tab.page.keyboard.press("Control+z")
        for each in (tab, second):
            lists(each.page, *NAMES)
        expect(tab.page.locator(".toast")).to_have_count(0)
        stands_on(tab.page, "Gamma")

    def test_renames_the_open_conversation_from_anywhere(self, tab: Tab) -> None:
        tab.page.get_by_role("link", name="Gamma", exact=True).click()
        tab.is_live().box.press("F2")
        expect(tab.page.get_by_role("textbox", name="Name")).to_have_value("Gamma")

    def test_keeps_its_place_when_its_entry_rises(self, lister: Person, tab: Tab) -> None:
        second = lister.open("/").is_live()
        item(second.page, "Delta").focus()
        tab.page.get_by_role("link", name="Delta", exact=True).click()
        tab.ask("[[echo]] rate:0 Up").is_finished()
        lists(second.page, "Delta", "Alpha", "Beta", "Gamma")
        stands_on(second.page, "Delta")

    def test_leaves_an_input_method_its_keys(self, lister: Person, tab: Tab) -> None:
        item(tab.page, "Beta").focus()
        tab.page.keyboard.press("F2")
        box = tab.page.get_by_role("textbox", name="Name")
        box.fill("")
        keys = lister.context.new_cdp_session(tab.page)
        enter = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 229, "nativeVirtualKeyCode": 229}
        keys.send("Input.imeSetComposition", {"text": "bei ta", "selectionStart": 6, "selectionEnd": 6})
        keys.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **enter})
        keys.send("Input.insertText", {"text": "贝塔"})
        keys.send("Input.dispatchKeyEvent", {"type": "keyUp", **enter})
        expect(box).to_have_value("贝塔")
        lists(tab.page, *NAMES)
        box.press("Enter")
        lists(tab.page, "Alpha", "贝塔", "Gamma", "Delta")
