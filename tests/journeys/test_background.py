"""An answer in the background: ordered, watched, told elsewhere, and cancelled."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.journeys.browser import ARGUMENTS, Person, Tab, person
from tests.needs import need_program
from tests.served.gates import Gate
from tests.served.site import Site
from tests.waiting import eventually


def order(tab: Tab, text: str) -> Tab:
    tab.is_live()
    tab.options().page.locator(".composer__later").click()
    tab.box.fill(text)
    tab.page.get_by_role("button", name="Send", exact=True).click()
    expect(tab.page.locator(".waiting")).to_be_visible()
    return tab


def notice_of(tab: Tab, title: str) -> Locator:
    """It names the conversation as that is called at the moment: by its first words, soon by its title."""
    return tab.page.get_by_role("region", name="Notices").get_by_role("button", name=title)


def test_an_answer_comes_in_its_place_and_is_told_elsewhere(ann: Person, tab: Tab, gate: Gate) -> None:
    order(tab, f"[[echo]] {gate.word} From far away")
    conversation = tab.page.url
    expect(tab.page.locator(".waiting")).to_contain_text("Working")
    jobs = ann.open("/jobs/").is_live()
    card = jobs.page.locator(".job").first
    expect(card).to_contain_text("Working")
    watching = ann.open(conversation.removeprefix(tab.site.address)).is_live()
    expect(watching.page.locator(".waiting")).to_contain_text("usually about")
    watching.page.close()
    tab.go("/preferences/").is_live()
    gate.open()
    expect(card).to_contain_text("Done", timeout=30_000)
    notice = notice_of(tab, "From far away")
    expect(notice).to_be_visible()
    expect(tab.page).to_have_title(re.compile(r"^\(\d+\) Preferences – chatsite$"))
    notice.click()
    expect(tab.page.locator(".message--reply .prose")).to_contain_text("From far away")
    assert tab.page.url.startswith(conversation)
    assert tab.complaints == jobs.complaints == []


NOBODY_LOOKS = "Object.defineProperty(document, 'hidden', {get: () => true})"
TOLD = """async (word) => {
  const registration = await navigator.serviceWorker.ready;
  const told = (await registration.getNotifications()).map(({ title, body }) => [title, body]);
  return told.filter(([, body]) => body.includes(word));
}"""


@pytest.fixture
def allowing(browser: Browser, site: Site) -> Iterator[Tab]:
    """In a whole browser: the one that is used else never allows what this is about."""
    program = need_program("chromium")
    whole = browser.browser_type.launch(executable_path=program, args=list(ARGUMENTS))
    with closing(whole), person(whole, site) as ann:
        ann.context.grant_permissions(["notifications"], origin=site.address)
        yield ann.open().sign_in("ann")


def test_the_browser_tells_whoever_looks_elsewhere(allowing: Tab, gate: Gate) -> None:
    tab = allowing
    order(tab, f"[[echo]] {gate.word} From far away")
    tab.go("/preferences/").is_live()
    tab.page.evaluate("() => navigator.serviceWorker.ready")
    tab.page.evaluate(NOBODY_LOOKS)
    assert tab.page.evaluate(TOLD, "far away") == []
    gate.open()
    expect(notice_of(tab, "From far away")).to_be_visible()
    ((title, body),) = eventually(lambda: tab.page.evaluate(TOLD, "far away"))
    assert re.fullmatch(r"\(\d+\) Preferences – chatsite", title)
    assert "is here." in body
    assert tab.complaints == []


def test_what_was_sent_meanwhile_is_answered_as_it_was_wished(tab: Tab, gate: Gate) -> None:
    tab.ask(f"[[echo]] {gate.word} The first")
    tab.options().page.locator(".composer__later").click()
    tab.box.fill("[[echo]] rate:0 The second")
    tab.box.press("Enter")
    expect(tab.page.locator("#composer-next")).to_contain_text("Next in line, in the background:")
    gate.open()
    expect(tab.replies.last).to_contain_text("The second", timeout=60_000)
    tab.go("/jobs/")
    expect(tab.page.locator(".job").nth(0)).to_contain_text("took")
    assert tab.complaints == []


def test_an_order_is_cancelled_on_a_phone(phone: Tab, gate: Gate) -> None:
    order(phone, f"[[echo]] {gate.word} Never mind")
    expect(phone.page.locator(".waiting")).to_contain_text("Working")
    phone.press("Cancel")
    expect(phone.page.locator(".waiting")).to_have_count(0)
    expect(phone.replies.last).to_contain_text("You stopped this reply")
    phone.options().page.locator(".composer__later").click()  # off again: the next is written before one's eyes
    phone.ask("[[plain]] rate:0 Hello").is_finished()
    phone.go("/jobs/")
    expect(phone.page.locator(".job").first).to_contain_text("Cancelled")
    phone.press("Try again")
    phone.page.wait_for_url("**/jobs/")
    assert phone.complaints == []
