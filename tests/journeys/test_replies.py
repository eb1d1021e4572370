"""A question, its reply, and what a person does with it."""

import re

from playwright.sync_api import expect

from tests.journeys.browser import Person, Tab
from tests.served.gates import Gate

MARKDOWN = "[[markdown]] rate:0"


def test_words_stream_and_the_page_becomes_that_of_the_conversation(tab: Tab, gate: Gate) -> None:
    tab.ask(gate.counting(200))
    state = tab.page.locator(".writing")
    expect(state).to_contain_text("Waiting for GLM,", use_inner_text=True)
    gate.open(5)
    tab.is_writing("0005")
    assert "0006" not in tab.text
    expect(state).to_contain_text("Writing,", use_inner_text=True)
    expect(state).not_to_contain_text("GLM", use_inner_text=True)
    gate.open()
    tab.is_finished().is_writing("0200")
    expect(tab.page).to_have_url(re.compile(r"/c/[0-9a-f-]{36}/$"))
    expect(tab.page).to_have_title(re.compile("Count"))
    expect(tab.box).to_have_attribute("placeholder", re.compile("^Ask on"))
    expect(tab.page.locator("#conversations [aria-current=page]")).to_contain_text("Count")
    assert (tab.questions.count(), tab.replies.count()) == (1, 1)


def test_what_was_followed_equals_a_fresh_page(tab: Tab) -> None:
    tab.ask(MARKDOWN).is_finished()
    tab.ask("[[reasoning]] rate:0 Think first.").is_finished()
    followed = tab.transcript
    tab.page.reload()
    tab.is_live()
    assert tab.transcript == followed


def test_a_reload_in_mid_reply_goes_on_where_it_was(tab: Tab, gate: Gate) -> None:
    gate.open(10)
    tab.ask(gate.counting(300)).is_writing("0010")
    tab.page.reload()
    tab.is_writing("0010").is_live()
    gate.open()
    tab.is_finished().is_writing("0300")
    assert re.findall(r"\d{4}", tab.text) == [f"{n:04}" for n in range(1, 301)]


def test_a_second_tab_sees_the_same(ann: Person, tab: Tab, gate: Gate) -> None:
    gate.open(5)
    tab.ask(gate.counting(300)).is_writing("0005")
    second = ann.open(tab.page.url.removeprefix(tab.site.address)).is_live()
    second.is_writing("0005")
    gate.open()
    for each in (tab, second):
        each.is_finished().is_writing("0300")
    assert tab.text == second.text
    assert tab.transcript == second.transcript


def test_stop_keeps_what_was_written_and_the_rest_can_follow(tab: Tab) -> None:
    tab.ask("[[rate-40-2000]] Count.").is_writing("0010")
    tab.press("Stop")
    expect(tab.replies.last).to_contain_text("You stopped this reply")
    tab.is_finished()
    written = tab.text
    assert "0010" in written
    tab.page.reload()
    assert tab.is_live().text == written
    tab.press("Continue")
    expect(tab.replies).to_have_count(2)
    expect(tab.replies.last).to_have_class(re.compile("message--continues"))
    tab.is_finished()
    expect(tab.box).to_be_focused()
    expect(tab.page.get_by_text("You stopped this reply")).not_to_be_visible()


def test_a_reply_written_again_stands_beside_the_first(tab: Tab) -> None:
    tab.ask("[[echo]] First words").is_finished()
    tab.press("Answer again")
    expect(tab.replies.last).to_contain_text("2 / 2")
    tab.is_finished()
    expect(tab.box).to_be_focused()
    tab.press("Previous alternative")
    expect(tab.replies.last).to_contain_text("1 / 2")
    assert (tab.questions.count(), tab.replies.count()) == (1, 1)


def test_a_question_can_be_put_differently(tab: Tab) -> None:
    tab.ask("[[echo]] First words").is_finished()
    address = tab.page.url
    pencil = tab.page.get_by_role("link", name="Edit and ask again")
    pencil.click()
    box = tab.page.get_by_label("Question", exact=True)
    expect(box).to_be_focused()
    box.fill("Never mind")
    box.press("Escape")
    expect(pencil).to_be_focused()
    pencil.press("Enter")
    expect(box).to_have_value("[[echo]] First words")
    box.fill("[[echo]] Other words")
    box.press("Enter")
    with tab.page.context.expect_event("requestfailed"):
        tab.page.context.set_offline(True)
        tab.press("Ask again")
    expect(tab.page.get_by_text("Nobody answered. Your text is kept here")).to_be_visible()
    tab.page.context.set_offline(False)
    box.press("Control+Enter")
    expect(box).to_have_count(0)
    tab.is_live().is_finished()
    assert tab.page.url == address
    expect(tab.questions).to_have_count(1)
    expect(tab.questions.first).to_contain_text("Other words")
    expect(tab.questions.first).to_contain_text("2 / 2")


def test_a_reply_that_glm_judges_vanishes_from_every_tab(ann: Person, tab: Tab, gate: Gate) -> None:
    gate.open(3)
    tab.ask(f"[[sensitive-output]] {gate.word} Tell me.")
    second = ann.open(tab.page.url.removeprefix(tab.site.address)).is_live()
    for each in (tab, second):
        expect(each.replies.last.locator(".tail")).to_be_visible()
    gate.open()
    for each in (tab, second):
        expect(each.replies.last).to_contain_text("withheld until a person has looked")
        assert each.replies.last.locator(".prose").count() == 0
    tab.ask("[[echo]] And on").is_finished()


def test_a_question_that_glm_refuses_is_marked_and_can_be_changed(tab: Tab) -> None:
    tab.ask("[[blocked]] Refused words")
    expect(tab.questions.first).to_contain_text("This question was not accepted")
    tab.page.get_by_role("link", name="Change and ask again").click()
    expect(tab.page.get_by_label("Question", exact=True)).to_have_value("[[blocked]] Refused words")


def test_every_fault_is_told_and_the_next_message_works(tab: Tab) -> None:
    told = {
        "cut": "broke off",
        "no-money": "Out of credit",
        "html-502": "could not be reached",
        "length": "Cut off at the longest reply",
    }
    for scenario, words in told.items():
        tab.go().ask(f"[[{scenario}]] rate:0 Hello {scenario}")
        expect(tab.replies.last).to_contain_text(words)
        tab.is_finished()
    tab.ask("[[echo]] Still here").is_writing("Still here")


def test_the_menu_of_a_reply_stays_in_sight(phone: Tab) -> None:
    phone.ask("[[echo]] rate:0 Hello").is_finished()
    phone.replies.last.locator(".message__foot summary").click()
    panel = phone.page.locator(".message__foot [open] .menu__panel")
    expect(panel).to_be_visible()
    box = panel.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390 - 8


def test_hostile_replies_do_nothing(tab: Tab) -> None:
    tab.ask("[[hostile]] rate:0 <img src=x onerror=alert(1)>").is_finished()
    assert tab.page.locator("#messages :is(script, style, iframe, object, img)").count() == 0
    assert tab.page.locator("#messages a[href^='javascript:' i]").count() == 0
