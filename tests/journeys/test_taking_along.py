"""Copies, quotes, alternatives and edited replies, by hand and by keyboard."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.browser import Person, Tab, person
from tests.served.site import Site
from tests.waiting import eventually

CLIPBOARD = ["clipboard-read", "clipboard-write"]
SELECT = """() => {
  const text = document.querySelector("#messages .message--reply .prose p");
  getSelection().selectAllChildren(text);
  return String(getSelection());
}"""


@pytest.fixture
def tab(ann: Person) -> Tab:
    ann.context.grant_permissions(CLIPBOARD)
    return ann.open().sign_in("ann")


@pytest.fixture
def narrow(tab: Tab) -> Tab:
    tab.page.set_viewport_size({"width": 390, "height": 844})
    return tab


def clipboard(tab: Tab) -> str:
    return str(tab.page.evaluate("navigator.clipboard.readText()"))


def more(tab: Tab, name: str) -> None:
    tab.page.get_by_label("More for this reply").last.click()
    tab.page.get_by_role("link", name=name).last.click()


def spoken(tab: Tab) -> list[str]:
    return tab.page.locator("#spoken p").all_inner_texts()


class TestCopies:
    def test_are_markdown_or_text_and_the_word_says_so(self, narrow: Tab) -> None:
        tab = narrow
        tab.ask("[[markdown]] rate:0").is_finished().marks_stay()
        tab.page.get_by_role("link", name="Copy reply").click()
        expect(tab.page.locator(".message__foot copy-button[data-state=done]").first).to_be_visible()
        assert "**bold**" in clipboard(tab)
        more(tab, "Copy as text")
        expect(tab.page.locator(".menu__panel .copy__word")).to_have_text("Copied")
        assert "A paragraph with bold, italic" in clipboard(tab)
        eventually(lambda: "Copied" in spoken(tab))

    def test_of_code_are_as_it_was_written(self, tab: Tab) -> None:
        tab.ask("[[markdown]] rate:0").is_finished()
        button = tab.marks_stay().page.locator(".code copy-button").first
        button.click()
        expect(button).to_have_text("Copied")
        assert clipboard(tab) == tab.page.locator(".code code").first.evaluate("code => code.textContent")
        tab.page.evaluate("customElements.get('copy-button').SHOWN = 1")
        button.click()
        expect(button).not_to_have_text("Copied")

    def test_of_a_continued_reply_are_one_text(self, tab: Tab) -> None:
        tab.ask("[[rate-40-2000]] Count.").is_writing("0010")
        tab.press("Stop").is_finished()
        tab.press("Continue")
        expect(tab.replies).to_have_count(2)
        expect(tab.replies.last.locator(".prose")).to_contain_text(re.compile(r"\w"))
        tab.is_finished()
        tab.marks_stay().page.get_by_role("link", name="Copy reply").last.click()
        expect(tab.page.locator("copy-button[data-state=done]")).to_be_visible()
        shown = " ".join(tab.page.locator("#messages .message--reply .prose").all_inner_texts())
        assert clipboard(tab).replace("*", "").split() == shown.split()


class TestCode:
    def test_is_wrapped_by_a_switch_and_has_a_name(self, tab: Tab) -> None:
        tab.ask("[[markdown]] rate:0").is_finished()
        code = tab.page.get_by_role("group", name="Code Python")
        switch = tab.page.get_by_role("button", name="Wrap").first
        expect(switch).to_have_attribute("aria-pressed", "false")
        switch.click()
        expect(switch).to_have_attribute("aria-pressed", "true")
        assert code.evaluate("code => getComputedStyle(code).whiteSpace") == "pre-wrap"
        expect(tab.page.get_by_role("group", name="Table Left, Centre, Right")).to_be_visible()
        expect(tab.page.get_by_role("group", name="Formula")).to_be_visible()


class TestQuotes:
    def test_of_a_whole_reply_come_behind_what_is_typed(self, tab: Tab) -> None:
        tab.ask("[[echo]] Quote me").is_finished()
        reply = tab.text.strip()
        tab.box.fill("Mine first")
        tab.page.get_by_role("link", name="Quote", exact=True).click()
        expect(tab.box).to_have_value(f"Mine first\n\n> {reply}\n\n")
        expect(tab.box).to_be_focused()

    def test_of_a_selection_are_only_that(self, tab: Tab) -> None:
        tab.ask("[[markdown]] rate:0").is_finished()
        words = str(tab.page.evaluate(SELECT))
        tab.page.get_by_role("link", name="Quote", exact=True).click()
        expect(tab.box).to_have_value(f"> {words}\n\n")

    def test_work_without_a_script(self, browser: Browser, site: Site, tab: Tab) -> None:
        tab.ask("[[echo]] Plain quote").is_finished()
        link = tab.page.get_by_role("link", name="Quote", exact=True).get_attribute("href")
        state = tab.page.context.storage_state()
        with person(browser, site, java_script_enabled=False, storage_state=state) as plain:
            page = plain.open(str(link))
            assert "> " in page.box.input_value()
            assert "Plain quote" in page.box.input_value()


class TestAlternatives:
    def test_keep_the_keyboard_where_it_is(self, tab: Tab) -> None:
        tab.ask("[[echo]] Twice").is_finished()
        tab.press("Answer again")
        expect(tab.replies.last).to_contain_text("2 / 2")
        tab.is_finished()
        tab.page.get_by_role("button", name="Previous alternative").focus()
        tab.page.keyboard.press("Enter")
        expect(tab.replies.last).to_contain_text("1 / 2")
        expect(tab.page.get_by_role("button", name="This is the first alternative")).to_be_focused()
        tab.page.keyboard.press("Tab")
        tab.page.keyboard.press("Enter")
        expect(tab.replies.last).to_contain_text("2 / 2")
        expect(tab.page.get_by_role("button", name="This is the last alternative")).to_be_focused()

    def test_leave_what_stands_above_as_it_is(self, tab: Tab) -> None:
        tab.ask("[[reasoning]] rate:0 Think").is_finished()
        tab.page.locator(".reasoning__head").click()
        tab.ask("[[echo]] Second").is_finished()
        tab.page.get_by_role("button", name="Answer again").last.click()
        expect(tab.replies.last).to_contain_text("2 / 2")
        tab.is_finished()
        assert tab.page.locator(".reasoning").first.evaluate("fold => fold.open")


class TestAnEditedReply:
    def test_stands_beside_the_original_in_every_tab(self, tab: Tab, browser: Browser, site: Site) -> None:
        tab.ask("[[echo]] Original").is_finished()
        path = tab.page.url.removeprefix(site.address)
        with person(browser, site, storage_state=tab.page.context.storage_state()) as again:
            other = again.open(path).is_live()
            more(tab, "Edit this reply")
            box = tab.page.get_by_role("textbox", name="Reply", exact=True)
            assert "Original" in box.input_value()
            box.fill("**Corrected**")
            tab.press("Save")
            for each in (tab, other):
                expect(each.replies.last).to_contain_text("Corrected")
                expect(each.replies.last).to_contain_text("AI-generated, edited by you")
                expect(each.replies.last).to_contain_text("2 / 2")
            tab.is_live().press("Previous alternative")
            expect(other.replies.last).to_contain_text("Original")
