"""A question, its reply, and what a person does with it."""

import re

from playwright.sync_api import expect

from tests.journeys.browser import Person, Tab

SLOW = "[[rate-40-2000]] Count."
MARKDOWN = "[[markdown]] rate:0"


def test_words_stream_and_the_page_becomes_that_of_the_conversation(tab: Tab) -> None:
    tab.ask("[[rate-60-200]] Count.")
    tab.is_writing("0005")
    early = len(tab.text)
    tab.is_finished()
    assert "0200" in tab.text
    assert len(tab.text) > early
    expect(tab.page).to_have_url(re.compile(r"/c/[0-9a-f-]{36}/$"))
    expect(tab.page).to_have_title(re.compile("Count"))
    expect(tab.page.locator("#conversations [aria-current=page]")).to_contain_text("Count")
    assert (tab.questions.count(), tab.replies.count()) == (1, 1)


def test_what_was_followed_equals_a_fresh_page(tab: Tab) -> None:
    tab.ask(MARKDOWN).is_finished()
    tab.ask("[[reasoning]] rate:0 Think first.").is_finished()
    followed = tab.transcript
    tab.page.reload()
    tab.is_live()
    assert tab.transcript == followed


def test_a_reload_in_mid_reply_goes_on_where_it_was(tab: Tab) -> None:
    tab.ask("[[rate-60-300]] Count.").is_writing("0010")
    tab.page.reload()
    tab.is_finished()
    assert re.findall(r"\d{4}", tab.text) == [f"{n:04}" for n in range(1, 301)]


def test_a_second_tab_sees_the_same(ann: Person, tab: Tab) -> None:
    tab.ask("[[rate-60-300]] Count.").is_writing("0005")
    second = ann.open(tab.page.url.removeprefix(tab.site.address))
    second.is_writing("0020")
    tab.is_finished()
    second.is_finished()
    assert tab.text == second.text
    assert tab.transcript == second.transcript


def test_stop_keeps_what_was_written_and_the_rest_can_follow(tab: Tab) -> None:
    tab.ask(SLOW).is_writing("0010")
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
    expect(tab.page.get_by_text("You stopped this reply")).not_to_be_visible()


def test_a_reply_written_again_stands_beside_the_first(tab: Tab) -> None:
    tab.ask("[[echo]] First words").is_finished()
    tab.press("Answer again")
    expect(tab.replies.last).to_contain_text("2 / 2")
    tab.is_finished()
    tab.press("Previous alternative")
    expect(tab.replies.last).to_contain_text("1 / 2")
    assert (tab.questions.count(), tab.replies.count()) == (1, 1)


def test_a_question_can_be_put_differently(tab: Tab) -> None:
    tab.ask("[[echo]] First words").is_finished()
    tab.page.get_by_role("link", name="Edit and ask again").click()
    box = tab.page.get_by_label("Question")
    expect(box).to_have_value("[[echo]] First words")
    box.fill("[[echo]] Other words")
    tab.press("Ask again")
    tab.is_live().is_finished()
    expect(tab.questions).to_have_count(1)
    expect(tab.questions.first).to_contain_text("Other words")
    expect(tab.questions.first).to_contain_text("2 / 2")


def test_a_reply_that_glm_judges_vanishes_from_every_tab(ann: Person, tab: Tab) -> None:
    tab.ask("[[sensitive-output]] rate:40 Tell me.")
    expect(tab.replies.last.locator(".tail")).to_be_visible()
    second = ann.open(tab.page.url.removeprefix(tab.site.address))
    for each in (tab, second):
        expect(each.replies.last).to_contain_text("withheld until a person has looked")
        assert each.replies.last.locator(".prose").count() == 0
    tab.ask("[[echo]] And on").is_finished()


def test_a_question_that_glm_refuses_is_marked_and_can_be_changed(tab: Tab) -> None:
    tab.ask("[[blocked]] Refused words")
    expect(tab.questions.first).to_contain_text("GLM did not accept this question")
    tab.page.get_by_role("link", name="Change and ask again").click()
    expect(tab.page.get_by_label("Question")).to_have_value("[[blocked]] Refused words")


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


def test_hostile_replies_do_nothing(tab: Tab) -> None:
    tab.ask("[[hostile]] rate:0 <img src=x onerror=alert(1)>").is_finished()
    assert tab.page.locator("#messages :is(script, style, iframe, object, img)").count() == 0
    assert tab.page.locator("#messages a[href^='javascript:' i]").count() == 0


def test_code_is_copied_as_it_was_written(ann: Person, tab: Tab) -> None:
    ann.context.grant_permissions(["clipboard-read", "clipboard-write"])
    tab.ask("[[plain]] rate:0 Write a small program").is_finished()
    tab.page.locator(".code copy-button").first.click()
    expect(tab.page.locator("copy-button[data-state=done]")).to_be_visible()
    copied = tab.page.evaluate("navigator.clipboard.readText()")
    assert copied == tab.page.locator(".code code").first.evaluate("code => code.textContent")
    tab.page.get_by_role("link", name="Copy reply").click()
    expect(tab.replies.last.locator(".message__foot copy-button[data-state=done]")).to_be_visible()
    assert "```" in tab.page.evaluate("navigator.clipboard.readText()")
