"""Tools that the model calls: chosen, run, mended, asked about, refused, and all of it after a restart."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from tests.journeys.browser import Tab, person
from tests.served.site import Site


def switch_on(tab: Tab, *labels: str, asks: str = "") -> Tab:
    """In the dialog of the box."""
    tab.options().page.locator("[data-dialog=tools]").click()
    dialog = tab.page.get_by_role("dialog")
    for label in labels:
        dialog.get_by_role("checkbox", name=label).check()
        if asks:
            dialog.get_by_role("combobox", name=label).select_option(asks)
    dialog.locator(".button--primary").click()
    expect(dialog).to_be_hidden()
    return tab


def test_calls_are_made_shown_and_mended(tab: Tab) -> None:
    switch_on(tab, "Calculator")
    expect(tab.page.get_by_role("link", name="Tools, 3 on")).to_be_visible()  # two are in every new conversation
    tab.ask("北京今天天气怎么样？ rate:0").is_finished()
    expect(tab.page.locator(".tool-call")).to_have_count(1)
    call = tab.page.locator(".tool-call").first
    expect(call).to_contain_text("Weather")
    expect(call).to_contain_text("Done")
    expect(tab.replies.last.locator(".prose")).to_contain_text("北京")
    expect(call.locator(".tool-call__result")).to_be_hidden()
    call.locator("summary").press("Enter")
    expect(call.locator(".tool-call__facts")).to_contain_text("city")
    expect(call.locator(".tool-call__result")).to_contain_text("forecast")

    tab.ask("[[call-invalid]] What is 6 * 7? rate:0").is_finished()
    calls = tab.replies.last.locator(".tool-call")
    expect(calls).to_have_count(2)
    expect(calls.first).to_contain_text("Failed")
    expect(calls.last).to_contain_text("Done")
    tab.is_writing("6 * 7 = 42")
    tab.ask("[[call-written]] What is 6 * 8? rate:0").is_finished()
    expect(tab.replies.last.locator(".tool-call")).to_contain_text("Done")
    expect(tab.replies.last).not_to_contain_text("tool_call")
    tab.is_writing("6 * 8 = 48")
    call.locator("summary").press("Enter")
    drawn = tab.transcript
    tab.page.reload()
    assert tab.is_live().transcript == drawn


def test_trains_are_looked_up_by_departure_destination_and_date(tab: Tab) -> None:
    tab.is_live().ask("Find trains from Beijing to Shanghai tomorrow. rate:0").is_finished()
    call = tab.replies.last.locator(".tool-call")
    expect(call).to_have_count(1)
    expect(call).to_contain_text("Done")
    call.locator("summary").press("Enter")
    for name in ("departure", "destination", "date"):
        expect(call.locator(".tool-call__facts")).to_contain_text(name)
    expect(tab.replies.last.locator(".prose")).to_contain_text("Shanghai")


def test_a_call_waits_for_its_person_through_a_restart(browser: Browser, own_site: Site) -> None:
    with person(browser, own_site) as ann:
        tab = switch_on(ann.open().sign_in("ann"), "Calculator", asks="always")
        tab.ask("What is 6 * 7? rate:0")
        asked = tab.page.locator(".tool-call--asked")
        expect(asked).to_contain_text("Needs your approval")
        expect(asked).to_contain_text("6 * 7")
        expect(tab.page.get_by_text("Waits for you", exact=True)).to_be_visible()
        own_site.kill()
        expect(tab.page.locator("chat-live[data-state=offline]")).to_be_attached()
        own_site.start()
        tab.is_live()
        expect(asked).to_be_visible()
        tab.press("Allow")
        tab.is_finished().is_writing("6 * 7 = 42")
        expect(asked).to_have_count(0)
        expect(tab.page.locator(".tool-call")).to_contain_text("Done")


def test_a_call_can_be_refused_on_a_phone(phone: Tab) -> None:
    switch_on(phone, "Calculator", asks="first")
    phone.ask("What is 6 * 7? rate:0")
    expect(phone.page.locator(".tool-call--asked")).to_be_visible()
    phone.press("Refuse")
    phone.is_finished()
    call = phone.page.locator(".tool-call")
    expect(call).to_contain_text("You refused")
    phone.is_writing("did not allow")
    width = phone.page.evaluate("document.documentElement.scrollWidth")
    assert width <= phone.page.viewport_size["width"]  # type: ignore[index]
