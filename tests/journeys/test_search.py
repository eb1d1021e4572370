"""A reply that rests on the web, and one that rests on the organisation's knowledge."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.browser import Tab, person
from tests.journeys.conftest import PHONE
from tests.served.gates import Gate
from tests.served.site import Site
from tests.waiting import eventually


@pytest.fixture
def rita(browser: Browser, site: Site) -> Iterator[Tab]:
    """An administrator, on a phone."""
    with person(browser, site, **PHONE) as somebody:
        yield somebody.open().sign_in("rita")


def in_sight(tab: Tab, selector: str) -> bool:
    box = tab.page.locator(selector).bounding_box()
    return box is not None and 0 <= box["y"] < tab.page.viewport_size["height"]  # type: ignore[index]


def test_what_was_found_stands_beside_the_reply_and_its_marks_lead_there(tab: Tab) -> None:
    page, search = tab.is_live().page, tab.page.get_by_role("button", name="Search", exact=True)
    search.click()
    expect(search).to_have_attribute("aria-pressed", "true")
    page.locator("[data-dialog=hosted]").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("How the web is searched").click()
    dialog.get_by_label("Number of results").fill("70")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_contain_text("From 1 to 50, or empty.")
    dialog.get_by_label("Number of results").fill("6")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()

    tab.ask("Search for tides rate:0").is_finished()
    sources = tab.replies.last.locator(".sources__item")
    expect(sources).to_have_count(6)
    expect(tab.replies.last).to_contain_text("2 more")
    link = sources.first.get_by_role("link")
    expect(link).to_have_attribute("href", re.compile(r"^https://example\.(org|com|net)/tides.*/1$"))
    expect(link).to_have_attribute("target", "_blank")
    mark = tab.replies.last.locator(".note-mark", has_text="3")
    mark.click()
    target = page.locator(".sources__item:target")
    expect(target.locator(".sources__number")).to_have_text("3")
    eventually(lambda: in_sight(tab, ".sources__item:target"))

    before = tab.replies.last.locator(".sources").inner_text()
    page.reload()
    assert tab.replies.last.locator(".sources").inner_text() == before
    expect(tab.replies.last.locator(".note-mark")).to_have_count(5)

    search.click()
    expect(search).to_have_attribute("aria-pressed", "false")
    tab.ask("Search for tides rate:0").is_finished()
    expect(tab.replies.last.locator(".sources")).to_have_count(0)


def test_a_phone_shows_what_may_be_chosen_when_asked(phone: Tab) -> None:
    page = phone.is_live().page
    more, search = page.locator(".composer__more"), page.get_by_role("button", name="Search", exact=True)
    expect(search).to_be_hidden()
    more.click()
    page.keyboard.press("Escape")
    expect(search).to_be_hidden()
    expect(more).to_be_focused()
    more.click()
    search.click()
    expect(search).to_have_attribute("aria-pressed", "true")
    expect(search).to_be_visible()
    page.keyboard.press("Escape")
    expect(search).to_be_hidden()
    page.set_viewport_size({"width": 360, "height": 740})
    page.locator("#model summary").click()
    page.locator("#model label").filter(has_text="glm-4.6v-flashx").click()
    name = page.locator(".models__chosen")
    expect(name).to_have_text("glm-4.6v-flashx")
    assert name.evaluate("(name) => name.scrollWidth <= name.parentElement.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_sources_that_come_first_are_there_while_the_text_is_written(phone: Tab, gate: Gate) -> None:
    phone.ask(f"[[search-early]] {gate.word} tides")
    expect(phone.replies.last.locator(".sources__item")).to_have_count(4)
    expect(phone.replies.last).to_have_attribute("aria-busy", "true")
    gate.open()
    phone.is_finished()
    expect(phone.replies.last.locator(".sources__item")).to_have_count(4)
    expect(phone.replies.last.locator(".note-mark")).to_have_count(5)
    under = phone.replies.last.locator(".sources").bounding_box()
    text = phone.replies.last.locator(".prose").first.bounding_box()
    assert under is not None
    assert text is not None
    assert under["y"] > text["y"] + text["height"]


def test_documents_become_knowledge_that_a_reply_rests_on(rita: Tab) -> None:
    page, name = rita.page, f"Rules {uuid.uuid4().hex[:6]}"
    rita.go("/knowledge/new/")
    page.get_by_role("textbox", name="Name").fill(name)
    page.get_by_label("Prompt template").fill("Use {{knowledge}}.")
    rita.press("Make it")
    expect(page.locator(".field__error")).to_contain_text("{{ question }} is missing.")
    page.get_by_label("Prompt template").fill("Use {{knowledge}} for {{question}}.")
    rita.press("Make it")
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    page.get_by_label("Add documents").set_input_files(
        [{"name": "quick-leave.md", "mimeType": "text/markdown", "buffer": b"Ask early."}]
    )
    page.locator(".knowledge__send button").click()
    expect(page.locator(".knowledge__documents")).to_contain_text("being made findable")
    rita.press("Ask GLM how far they are")
    expect(page.locator(".knowledge__documents")).to_contain_text("ready")

    rita.go("/").is_live()
    page.goto(page.locator("[data-dialog=hosted]").get_attribute("href") or "")
    page.get_by_label(name).check()
    rita.press("Save")
    rita.options()
    expect(page.get_by_role("button", name="Knowledge", exact=True)).to_have_attribute("aria-pressed", "true")
    rita.ask("How early is leave asked for? rate:0").is_finished()
    expect(rita.replies.last).to_contain_text("The documents say (simulated)")
    expect(rita.replies.last.locator(".sources")).to_contain_text(f"GLM looked into the knowledge base “{name}”.")
    drawn = rita.transcript
    page.reload()
    assert rita.is_live().transcript == drawn

    talk = page.url
    rita.go("/knowledge/")
    page.get_by_role("link", name=name).click()
    expect(page.get_by_text("1 conversation uses it.")).to_be_visible()
    page.get_by_label("Name of the knowledge base").fill(name)
    page.get_by_label("Reason").last.fill("Outdated")
    rita.press("Delete the knowledge base")
    expect(page.get_by_text(f"“{name}” is deleted.")).to_be_visible()
    page.goto(talk)
    rita.ask("And now? rate:0")
    expect(rita.replies.last).to_contain_text("The knowledge base of this conversation is not there any more")
