"""Replies that come whole: chosen by a person, and in all but the waiting like those that are written word by word."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.journeys.browser import Person, Tab
from tests.served.gates import Gate


def in_one_piece(tab: Tab) -> Tab:
    """By the dialog of the box."""
    tab.is_live().options().page.locator("[data-dialog=parameters]").click()
    dialog = tab.page.get_by_role("dialog")
    dialog.get_by_label("Delivery").select_option("In one piece")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()
    return tab


def test_the_page_says_that_it_is_written_and_then_has_it_whole(ann: Person, tab: Tab, gate: Gate) -> None:
    in_one_piece(tab).ask(gate.counting(40))
    expect(tab.page.locator(".writing")).to_contain_text("Waiting for GLM,", use_inner_text=True)
    second = ann.open(tab.page.url.removeprefix(tab.site.address)).is_live()
    expect(second.page.locator(".writing")).to_contain_text("Waiting for GLM,", use_inner_text=True)
    assert "0001" not in tab.text
    gate.open()
    for each in (tab, second):
        each.is_finished().is_writing("0040")
    assert tab.transcript == second.transcript
    expect(tab.replies.last.locator(".usage")).to_contain_text("out")
    assert gate.state["requests"] == 1


def test_stop_closes_the_request_that_nothing_came_of(tab: Tab, gate: Gate) -> None:
    in_one_piece(tab).ask(gate.counting(40))
    expect(tab.page.locator(".writing")).to_contain_text("Waiting for GLM,", use_inner_text=True)
    tab.page.wait_for_function("() => document.querySelector('.composer__stop')")
    tab.press("Stop")
    expect(tab.replies.last).to_contain_text("You stopped this reply")
    assert gate.state["left"] == 1


def test_flags_and_errors_are_the_same_on_a_phone(phone: Tab) -> None:
    in_one_piece(phone).ask("[[sensitive-output]] Tell me a story").is_finished()
    expect(phone.replies.last).to_contain_text("withheld")
    expect(phone.replies.last.locator(".prose")).to_have_count(0)
    phone.ask("[[network-error]] Tell me a story").is_finished()
    expect(phone.replies.last).to_contain_text("The reply broke off at GLM")
    phone.ask("[[code-1214]] Tell me a story").is_finished()
    expect(phone.replies.last).to_contain_text("That is a mistake of this site")
