"""The box one writes in."""

import re

from playwright.sync_api import Browser, expect

from tests.journeys.browser import Person, Tab, person
from tests.waiting import eventually

COMPOSING = """(box, how) => {
  const event = new KeyboardEvent("keydown", {key: "Enter", bubbles: true, cancelable: true, ...how});
  return box.dispatchEvent(event);
}"""


def test_shift_and_enter_break_the_line(tab: Tab) -> None:
    tab.is_live().box.fill("[[echo]] one")
    tab.box.press("Shift+Enter")
    tab.box.press_sequentially("two")
    assert tab.box.input_value() == "[[echo]] one\ntwo"
    expect(tab.questions).to_have_count(0)


def test_enter_that_confirms_a_word_sends_nothing(tab: Tab) -> None:
    tab.is_live().box.fill("ni hao")
    for how in ({"isComposing": True}, {"keyCode": 229}):
        assert tab.box.evaluate(COMPOSING, how), "the input method's Enter was taken away from it"
    assert tab.box.input_value() == "ni hao"
    expect(tab.page).to_have_url(re.compile(r"/$"))


def test_an_empty_box_sends_nothing(tab: Tab) -> None:
    tab.is_live().box.press("Enter")
    expect(tab.questions).to_have_count(0)
    expect(tab.page.locator("#composer-error")).to_be_empty()


def test_a_message_sent_while_a_reply_is_written_stays_in_the_box(tab: Tab) -> None:
    tab.ask("[[rate-40-2000]] Count.").is_writing("0003")
    tab.box.fill("And then?")
    tab.box.press("Enter")
    expect(tab.page.locator("#composer-error")).to_contain_text("still being written")
    assert tab.box.input_value() == "And then?"
    tab.press("Stop")
    tab.is_finished()
    tab.box.press("Enter")
    expect(tab.questions).to_have_count(2)
    expect(tab.page.locator("#composer-error")).to_be_empty()


def test_what_is_written_survives_the_end_of_the_session(ann: Person, tab: Tab) -> None:
    tab.is_live().box.fill("Written for an hour")
    elsewhere = ann.open("/")
    elsewhere.press("Sign out")
    expect(tab.page.locator(".live__signed-out")).to_be_visible()
    assert tab.box.input_value() == "Written for an hour"
    tab.box.press("Enter")
    expect(tab.page.get_by_text("You are signed out", exact=True)).to_be_visible()
    expect(tab.page.get_by_label("Your message is kept")).to_have_value("Written for an hour")


def test_far_too_much_is_refused_and_stays(tab: Tab) -> None:
    tab.is_live()
    tab.box.evaluate("box => { box.value = 'long '.repeat(60000) }")
    tab.box.press("Enter")
    expect(tab.page.locator("#composer-error")).to_contain_text("characters are possible")
    assert len(tab.box.input_value()) == 300_000


def test_the_view_follows_only_who_is_at_the_end(tab: Tab) -> None:
    tab.ask("[[long-3000]] Count.").is_writing("0600")
    gap = "() => document.scrollingElement.scrollHeight - innerHeight - scrollY"
    assert tab.page.evaluate(gap) < 80
    tab.page.mouse.wheel(0, -400)
    eventually(lambda: tab.page.evaluate(gap) > 200)
    tab.is_finished()
    assert tab.page.evaluate(gap) > 200


def test_a_phone_has_the_list_in_a_drawer(browser: Browser, ann: Person) -> None:
    with person(browser, ann.site, viewport={"width": 390, "height": 844}, has_touch=True) as phone:
        tab = phone.open().sign_in("ann")
        drawer = tab.page.get_by_role("navigation", name="Conversations")
        expect(drawer).not_to_be_visible()
        tab.page.get_by_role("link", name="Open conversations").click()
        expect(drawer).to_be_visible()
        assert tab.page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
