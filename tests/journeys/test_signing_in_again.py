"""The session ends while somebody writes: they sign in where they are, and what they wrote is sent."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.journeys.browser import Person, Tab, person
from tests.served.site import PASSWORD, Site

TEXT = "[[echo]] rate:0 Written for an hour"


@pytest.fixture
def somebody(browser: Browser, own_site: Site) -> Iterator[Person]:
    """On a site of their own: tries of passwords count for the address they come from."""
    with person(browser, own_site) as ann:
        yield ann


@pytest.fixture
def here(somebody: Person) -> Tab:
    return somebody.open().sign_in("ann").is_live()


def sign_out_elsewhere(somebody: Person, tab: Tab) -> None:
    somebody.open("/").sign_out()
    expect(tab.page.locator(".live__signed-out")).to_be_visible()


def dialog(tab: Tab) -> Locator:
    return tab.page.get_by_role("dialog", name="Sign in to go on")


def try_password(tab: Tab, password: str) -> None:
    dialog(tab).get_by_label("Password").fill(password)
    dialog(tab).get_by_role("button", name="Sign in").click()


def test_what_was_typed_is_sent_after_signing_in_on_the_same_page(somebody: Person, here: Tab) -> None:
    here.box.fill(TEXT)
    sign_out_elsewhere(somebody, here)
    here.page.evaluate("window.isTheSamePage = true")
    here.box.press("Enter")
    expect(dialog(here).get_by_label("Username")).to_have_value("ann")
    expect(dialog(here).get_by_label("Password")).to_be_focused()
    try_password(here, "wrong")
    expect(dialog(here)).to_contain_text("not correct")
    assert here.box.input_value() == TEXT
    try_password(here, PASSWORD)
    expect(dialog(here)).not_to_be_visible()
    expect(here.questions).to_have_count(1)
    here.is_finished().is_writing("Written for an hour")
    assert here.page.evaluate("window.isTheSamePage")
    here.ask("[[echo]] rate:0 And on").is_finished()


def test_too_many_tries_are_told_and_the_text_stays(somebody: Person, here: Tab) -> None:
    here.box.fill(TEXT)
    sign_out_elsewhere(somebody, here)
    here.box.press("Enter")
    for _ in range(5):
        try_password(here, "wrong")
        expect(dialog(here).get_by_label("Password")).to_have_value("")
    try_password(here, "wrong")
    expect(dialog(here)).to_contain_text("Too many failed login attempts")
    dialog(here).get_by_role("button", name="Not now").click()
    expect(dialog(here)).not_to_be_visible()
    assert here.box.input_value() == TEXT


def test_not_now_sends_nothing_later(somebody: Person, here: Tab) -> None:
    here.box.fill(TEXT)
    sign_out_elsewhere(somebody, here)
    here.box.press("Enter")
    dialog(here).get_by_role("button", name="Not now").click()
    here.box.fill("Changed my mind")
    here.page.locator(".live__signed-out").get_by_role("link", name="Sign in").click()
    try_password(here, PASSWORD)
    here.is_live().has_kept()
    expect(here.questions).to_have_count(0)
    expect(here.box).to_have_value("Changed my mind")


def test_a_page_goes_on_when_another_tab_has_signed_in(somebody: Person, here: Tab) -> None:
    here.box.fill(TEXT)
    sign_out_elsewhere(somebody, here)
    somebody.open().sign_in("ann")
    here.box.press("Enter")
    expect(here.questions).to_have_count(1)
    here.is_finished().is_writing("Written for an hour")
    expect(dialog(here)).not_to_be_visible()


def test_any_command_goes_on_after_signing_in(somebody: Person, here: Tab) -> None:
    here.ask("[[echo]] rate:0 Twice").is_finished()
    sign_out_elsewhere(somebody, here)
    here.press("Answer again")
    try_password(here, PASSWORD)
    expect(here.replies.last).to_contain_text("2 / 2")


def test_a_page_of_somebody_else_is_left_alone(somebody: Person, here: Tab, own_site: Site) -> None:
    here.box.fill(TEXT)
    sign_out_elsewhere(somebody, here)
    somebody.open().sign_in("bob")
    here.box.press("Enter")
    other = here.page.get_by_role("dialog", name="Somebody else is signed in")
    expect(other).to_contain_text("This page is of ann, and bob is signed in")
    other.get_by_role("button", name="Stay here").click()
    assert here.box.input_value() == TEXT
    expect(here.questions).to_have_count(0)


def test_without_script_the_password_goes_with_the_message(browser: Browser, own_site: Site) -> None:
    with person(browser, own_site, java_script_enabled=False) as plain:
        tab = plain.open().sign_in("ann")
        plain.open("/").sign_out()
        tab.box.fill(TEXT)
        tab.press("Send")
        tab.page.get_by_label("Username").fill("ann")
        tab.page.get_by_label("Password").fill("wrong")
        tab.press("Sign in and send")
        expect(tab.page.get_by_text("not correct")).to_be_visible()
        expect(tab.page.get_by_label("Your message is kept")).to_have_value(TEXT)
        tab.page.get_by_label("Password").fill(PASSWORD)
        tab.press("Sign in and send")
        expect(tab.page).to_have_url(re.compile(r"/c/[0-9a-f-]{36}/$"))
        expect(tab.questions.first).to_contain_text("Written for an hour")
