"""An assistant of GLM: chosen like a model, with its tools and pictures in the reply, and GLM's memory behind it."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.journeys.browser import Tab
from tests.served.gates import Gate

NAME = "glm-4-assistant:ChatGLM"


def choose(tab: Tab) -> Tab:
    tab.is_live().page.locator("#model summary").click()
    tab.page.locator("#model [type=search]").fill("ChatGLM")
    tab.page.locator("#model label:visible", has_text=NAME).click()
    expect(tab.page.locator(".models__chosen")).to_have_text(NAME)
    return tab


def test_it_draws_reads_and_remembers(tab: Tab) -> None:
    page = choose(tab).page
    expect(page.locator("#composer-tuning :is(a, button):visible")).to_have_count(0)
    expect(page.locator(".composer__later")).to_be_hidden()

    tab.ask("Draw a harbour").is_finished()
    call = tab.replies.last.locator(".tool-call")
    expect(call).to_contain_text("Drawing")
    expect(call).to_contain_text("Done")
    call.locator("summary").press("Enter")
    expect(call.locator(".tool-call__facts")).to_contain_text("Draw a harbour")
    picture = tab.replies.last.get_by_role("img", name="Draw a harbour")
    expect(picture).to_have_js_property("naturalWidth", 1024)
    assert re.fullmatch(r"/pictures/[0-9a-f-]{36}/", str(picture.get_attribute("src")))
    expect(tab.replies.last.locator(".usage")).to_contain_text(NAME)

    tab.ask("Search for tides").is_finished()
    expect(tab.replies.last.locator(".sources__item")).to_have_count(3)
    tab.ask("What did I ask?").is_finished().is_writing("Before this you asked: Draw a harbour; Search for tides")

    tab.replies.first.locator(".tool-call summary").press("Enter")
    drawn = tab.transcript
    page.reload()
    assert tab.is_live().transcript == drawn


def test_it_is_stopped_and_withdrawn_like_any_reply_on_a_phone(phone: Tab, gate: Gate) -> None:
    choose(phone)
    gate.open(5)
    phone.ask(gate.counting(200)).is_writing("0005")
    phone.press("Stop")
    expect(phone.replies.last).to_contain_text("You stopped this reply")
    assert gate.state["left"] == 1
    phone.is_finished().is_writing("0005")

    phone.ask("[[sensitive-output]] rate:0 Tell me a story").is_finished()
    expect(phone.replies.last).to_contain_text("withheld")
    expect(phone.replies.last.locator(".prose")).to_have_count(0)
    phone.ask("[[error-midstream]] rate:0 Tell me a story").is_finished()
    expect(phone.replies.last.get_by_role("button", name="Continue")).to_be_visible()
    assert phone.page.evaluate("document.documentElement.scrollWidth") == 390
