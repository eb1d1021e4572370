"""An answer in the background: ordered, watched, told elsewhere, and cancelled."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.journeys.browser import Person, Tab
from tests.served.gates import Gate


def order(tab: Tab, text: str) -> Tab:
    tab.is_live()
    tab.options().page.locator(".composer__later").click()
    tab.box.fill(text)
    tab.page.get_by_role("button", name="Send", exact=True).click()
    expect(tab.page.locator(".waiting")).to_be_visible()
    return tab


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
    notice = tab.page.get_by_role("button", name=gate.word)
    expect(notice).to_be_visible()
    expect(tab.page).to_have_title(re.compile(r"^\(\d+\) Preferences – chatsite$"))
    notice.click()
    expect(tab.page.locator(".message--reply .prose")).to_contain_text("From far away")
    assert tab.page.url.startswith(conversation)
    assert tab.complaints == jobs.complaints == []


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
