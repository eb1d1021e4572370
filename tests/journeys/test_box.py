"""How the box grows, what sends, and who has the focus."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Route, expect

from tests.journeys.browser import Person, Tab, person
from tests.served.site import Site
from tests.waiting import eventually

PHONE = {"viewport": {"width": 390, "height": 508}, "has_touch": True, "is_mobile": True}  # above a keyboard
HEIGHT = "(box) => Math.round(box.closest('.composer').getBoundingClientRect().height)"


def test_it_grows_with_the_text_to_two_fifths_and_then_scrolls(browser: Browser, site: Site) -> None:
    with person(browser, site, **PHONE) as somebody:
        tab = somebody.open().sign_in("bob").is_live()
        heights = []
        for lines in (1, 3, 40):
            tab.box.fill("line\n" * (lines - 1) + "line")
            heights.append(tab.box.evaluate(HEIGHT))
        assert heights[0] < heights[1] < heights[2] <= 0.4 * 508
        assert tab.box.evaluate("box => box.scrollHeight > box.clientHeight")
        assert tab.page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
        tab.box.fill("")
        assert tab.box.evaluate(HEIGHT) == heights[0]


def test_shift_breaks_the_line_and_an_empty_box_sends_nothing(tab: Tab) -> None:
    tab.is_live().box.press("Enter")
    tab.box.press_sequentially("one")
    tab.box.press("Shift+Enter")
    tab.box.press_sequentially("two")
    expect(tab.box).to_have_value("one\ntwo")
    expect(tab.questions).to_have_count(0)
    expect(tab.page.locator("#composer-error")).to_be_empty()


def test_the_length_is_told_near_the_end_of_what_can_be_sent(tab: Tab) -> None:
    tab.is_live()
    count = tab.page.locator("text-count")
    tab.box.evaluate("(box) => writeInto(box, 'x'.repeat(150_000))")
    expect(count).not_to_be_visible()
    tab.box.evaluate("(box) => writeInto(box, '😀'.repeat(190_000))")
    expect(count).to_have_text("190,000 of 200,000 characters", use_inner_text=True)
    tab.box.evaluate("(box) => writeInto(box, 'x'.repeat(201_500))")
    expect(count).to_have_text("201,500 of 200,000 characters, 1,500 too many to be sent", use_inner_text=True)
    tab.box.press("Enter")
    expect(tab.page.locator("#composer-error")).to_contain_text("characters are possible")
    tab.box.fill("[[echo]] rate:0 short")
    expect(count).not_to_be_visible()
    tab.box.press("Enter")
    expect(tab.questions).to_have_count(1)
    expect(tab.page.locator("#composer-error")).to_be_empty()


def test_a_long_question_is_set_for_reading(tab: Tab) -> None:
    tab.is_live().box.evaluate("(box) => writeInto(box, '[[echo]] rate:0 ' + 'many words '.repeat(400))")
    tab.box.press("Enter")
    expect(tab.page.locator(".message__question--long")).to_have_count(1)


def stands(element: Locator, at: Any) -> None:
    """In its place, within what rounding may cost."""
    assert element.bounding_box() == pytest.approx(at, abs=1)


def test_send_and_stop_stand_in_one_place(tab: Tab) -> None:
    tab.is_live().box.fill("[[rate-20-2000]] Count.")
    send = tab.page.get_by_role("button", name="Send", exact=True)
    before, model = send.bounding_box(), tab.page.locator("#model").bounding_box()
    send.click()
    stop = tab.page.get_by_role("button", name="Stop")
    expect(stop).to_be_visible()
    stands(stop, before)
    stands(tab.page.locator("#model"), model)
    expect(tab.box).to_be_focused()
    stop.click()
    tab.is_finished()
    stands(send, before)
    expect(tab.box).to_be_focused()


def test_two_messages_sent_at_once_go_one_after_the_other(tab: Tab) -> None:
    tab.ask("[[echo]] rate:0 Begun").is_finished()
    held: list[Route] = []
    tab.page.route("**/messages/", lambda route: held.append(route), times=1)
    with tab.page.expect_request("**/messages/"):
        tab.box.fill("[[rate-20-20]] Count.")
        tab.box.press("Enter")
    tab.box.press("End")
    tab.box.press_sequentially("[[echo]] rate:0 At once")
    tab.box.press("Enter")
    expect(tab.questions).to_have_count(1)
    eventually(lambda: tab.page.evaluate("1") and held)[0].continue_()
    expect(tab.questions).to_have_count(3)
    expect(tab.questions.last).to_contain_text("At once")
    expect(tab.box).to_have_value("")


def test_who_wants_it_sends_with_a_modifier_only(tab: Tab) -> None:
    tab.go("/preferences/")
    tab.page.get_by_label("Ctrl or ⌘ and Enter").check()
    tab.page.get_by_role("button", name="Save").click()
    tab.go("/").is_live()
    tab.box.press_sequentially("[[echo]] rate:0 one")
    tab.box.press("Enter")
    tab.box.press_sequentially("two")
    expect(tab.box).to_have_value("[[echo]] rate:0 one\ntwo")
    tab.box.press("Control+Enter")
    expect(tab.questions).to_have_count(1)
    tab.go("/preferences/")
    tab.page.get_by_label("Enter", exact=True).check()
    tab.page.get_by_role("button", name="Save").click()
    tab.go("/").is_live()
    tab.box.fill("[[echo]] rate:0 With the modifier too")
    tab.box.press("Meta+Enter")
    expect(tab.questions).to_have_count(1)


def test_the_empty_page_waits_for_words_and_a_conversation_for_its_reader(ann: Person, tab: Tab) -> None:
    expect(tab.go("/").box).to_be_focused()
    tab.ask("[[echo]] rate:0 Read me").is_finished()
    expect(tab.box).to_be_focused()
    tab.page.reload()
    expect(tab.is_live().box).not_to_be_focused()


def test_a_phone_shows_its_keyboard_only_when_asked(browser: Browser, site: Site) -> None:
    with person(browser, site, **PHONE) as somebody:
        tab = somebody.open().sign_in("bob").go("/").is_live()
        expect(tab.box).not_to_be_focused()
        tab.box.tap()
        tab.page.keyboard.type("[[echo]] rate:0 From a phone")
        tab.page.get_by_role("button", name="Send", exact=True).tap()
        expect(tab.questions).to_have_count(1)
        expect(tab.box).not_to_be_focused()
