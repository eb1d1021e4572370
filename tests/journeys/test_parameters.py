"""Choosing a model and how it answers, before the first question and after it."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.journeys.browser import Tab, person
from tests.served.site import Site

WORDS = "Quibble rate:0"


@pytest.fixture
def plain(browser: Browser, site: Site) -> Iterator[Tab]:
    with person(browser, site, java_script_enabled=False) as somebody:
        yield somebody.open().sign_in("bob")


def choose(tab: Tab, words: str) -> None:
    """By the keyboard alone: the first that is found."""
    summary = tab.page.locator("#model summary")
    summary.focus()
    summary.press("Enter")
    search = tab.page.locator("#model [type=search]")
    expect(search).to_be_focused()
    search.fill(words)
    search.press("Enter")
    expect(tab.page.locator("#model details")).not_to_have_attribute("open", "")


def test_what_is_set_before_the_first_question_holds_for_its_reply(tab: Tab) -> None:
    page, think = tab.is_live().page, tab.page.locator("[data-needs=thinking]")
    expect(think).to_be_hidden()  # glm-5.3 always thinks
    choose(tab, "glm-4.6v-flash")
    expect(page.locator(".models__chosen")).to_have_text("glm-4.6v-flashx")
    choose(tab, "glm-4.6")
    expect(page.locator(".models__chosen")).to_have_text("glm-4.6")
    expect(page.locator("#model summary")).to_be_focused()

    tab.box.fill("Half a thought")
    think.press("Space")
    expect(think).to_have_attribute("aria-pressed", "false")
    expect(think).to_be_focused()  # drawn anew meanwhile
    expect(tab.box).to_have_value("Half a thought")

    page.get_by_role("link", name="Parameters, 1 changed").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("For glm-4.6, in this conversation.")
    dialog.get_by_label("Temperature").fill("7")
    dialog.get_by_label("Stop word").fill("THE END")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_contain_text("From 0 to 1, or empty.")
    expect(dialog.get_by_label("Stop word")).to_have_value("THE END")
    dialog.get_by_label("Temperature").fill("0")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("link", name="Parameters, 3 changed")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/c/[0-9a-f-]{36}/$"))

    tab.has_kept().page.reload()
    expect(tab.box).to_have_value("Half a thought")
    expect(page.locator(".models__chosen")).to_have_text("glm-4.6")
    expect(think).to_have_attribute("aria-pressed", "false")

    tab.ask(WORDS).is_finished()
    for sent in ("do_sample=false", 'thinking={"type": "disabled"}', 'stop=["'):
        expect(tab.replies.last).to_contain_text(sent)
    for gone in ("temperature", "THE END", "The last words"):
        expect(tab.replies.last).not_to_contain_text(gone)
    expect(page.locator("h1")).not_to_have_text("New conversation")

    page.get_by_role("link", name="Parameters, 3 changed").click()
    dialog.get_by_role("button", name="All by default").click()
    expect(dialog).to_be_hidden()
    expect(think).to_have_attribute("aria-pressed", "true")
    tab.ask(WORDS).is_finished()
    expect(tab.replies.last).not_to_contain_text("do_sample")


def test_enter_takes_the_model_that_the_arrow_went_to(tab: Tab) -> None:
    summary, search = tab.is_live().page.locator("#model summary"), tab.page.locator("#model [type=search]")
    summary.press("Enter")
    expect(search).to_be_focused()
    search.fill("glm-4.7")
    search.press("ArrowDown")
    tab.page.keyboard.press("Enter")
    expect(tab.page.locator("#model details")).not_to_have_attribute("open", "")
    expect(tab.page.locator(".models__chosen")).to_have_text("glm-4.7")
    expect(summary).to_be_focused()
    expect(tab.questions).to_have_count(0)


def test_the_same_without_a_script(plain: Tab) -> None:
    page = plain.page
    page.locator("#model summary").click()
    page.get_by_role("radio", name="glm-4.7 ", exact=False).first.check()
    page.get_by_role("link", name="Parameters").click()
    page.get_by_label("Temperature").fill("7")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("main")).to_contain_text("From 0 to 1, or empty.")
    page.get_by_label("Temperature").fill("0.25")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="Parameters, 1 changed")).to_be_visible()
    plain.box.fill(WORDS)
    plain.press("Send")
    for _ in range(100):
        if "temperature=0.25" in plain.replies.last.inner_text():
            return
        page.wait_for_timeout(50)
        page.reload()
    raise AssertionError("the parameter never arrived")


def test_an_answer_that_comes_after_its_frame_finds_its_place(tab: Tab) -> None:
    page, think = tab.is_live().page, tab.page.locator("[data-needs=thinking]")
    choose(tab, "glm-4.6")

    def late(route: Route) -> None:
        page.evaluate("() => { window.former = document.getElementById('title') }")  # drawn by the same frame
        answer = route.fetch()
        page.wait_for_function("() => !window.former.isConnected")
        route.fulfill(response=answer)

    page.route("**/thinking/", late)
    with page.expect_response("**/thinking/"):
        think.click()
    expect(think).to_have_attribute("aria-pressed", "false")
