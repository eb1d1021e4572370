"""Who is here and how: an invitation from link to notice, preferences, titles, the end of a right."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.browser import Person, Tab, person
from tests.served.site import PASSWORD, Site

NARROW = {"width": 390, "height": 844}
ADMINISTRATOR = "rita"


@pytest.fixture(scope="module")
def rita(browser: Browser, site: Site) -> Iterator[Person]:
    with person(browser, site) as somebody:
        somebody.open().sign_in(ADMINISTRATOR)
        yield somebody


def invited(tab: Tab) -> str:
    """The link of an invitation."""
    tab.go("/people/").page.get_by_role("link", name="Invite").click()
    tab.press("Make the link")
    return tab.page.locator(".shown-once code").inner_text()


def test_an_invitation_leads_in_and_its_host_hears_of_it(browser: Browser, site: Site, rita: Person) -> None:
    name = f"newcomer-{uuid.uuid4().hex[:8]}"
    link = invited(rita.open())
    waiting = rita.open("/").is_live()
    with person(browser, site, viewport=NARROW) as stranger:
        tab = stranger.open(link.removeprefix(site.address))
        tab.page.get_by_role("textbox", name="Name").fill(name)
        tab.page.get_by_label("Password").fill(PASSWORD)
        tab.press("Make the account and sign in")
        expect(tab.page.get_by_role("heading", name="What would you like to know?")).to_be_visible()
        again = stranger.open(link.removeprefix(site.address))
        expect(again.page.get_by_role("heading", name="This link does not work")).to_be_visible()
    notice = waiting.page.locator("#notices").get_by_role("button", name=f"{name} has accepted your invitation.")
    expect(notice).to_be_visible()
    expect(waiting.page).to_have_title(re.compile(r"^\(1\) "))
    waiting.press("Put away")
    expect(notice).to_have_count(0)
    expect(waiting.page).to_have_title(re.compile(r"^New conversation"))


def test_preferences_hold_at_once_and_in_other_tabs(browser: Browser, site: Site) -> None:
    zone = "Asia/Shanghai"
    with person(browser, site, viewport=NARROW, timezone_id=zone) as guest:
        tab = guest.open().sign_in("guest").go("/preferences/")
        tab.page.get_by_role("radio", name="Dark").check()
        tab.press(f"As this browser: {zone}")
        tab.page.get_by_label("Language", exact=True).select_option("简体中文")
        expect(tab.page.get_by_role("status").filter(has_text="Not saved yet")).to_be_visible()
        tab.press("Save")
        expect(tab.page.get_by_role("heading", name="偏好设置")).to_be_visible()
        expect(tab.page.get_by_role("status").filter(has_text="已保存。")).to_be_visible()
        expect(tab.page.locator("html")).to_have_attribute("data-theme", "dark")
        expect(tab.page.locator("#time_zone")).to_have_value(zone)
        assert tab.page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
        other = guest.open("/")
        expect(other.page.locator("html")).to_have_attribute("lang", "zh-hans")
        expect(other.page.locator("html")).to_have_attribute("data-theme", "dark")
        other.page.emulate_media(media="print")  # on paper a page is light, and there is nothing to press
        expect(other.page.locator("html")).to_have_css("color-scheme", "light")
        for part in (".sidebar", ".composer", ".masthead__drawer"):
            expect(other.page.locator(part)).to_be_hidden()
        tab.page.get_by_role("radio", name="浅色").check()
        tab.page.get_by_label("语言", exact=True).select_option("English")
        tab.press("保存")
        expect(tab.page.get_by_role("heading", name="Preferences")).to_be_visible()


def test_a_title_comes_after_the_first_reply(rita: Person) -> None:
    tab = rita.open("/")
    tab.ask("rate:0 Write a short story about a lighthouse keeper.").is_finished()
    title = "Short story about a lighthouse keeper"
    expect(tab.page.locator("h1")).to_have_text(title)
    expect(tab.page).to_have_title(f"{title} – chatsite")
    expect(tab.page.locator(".sidebar__item").filter(has_text=title)).to_be_visible()


def test_a_closed_account_is_out_at_once(browser: Browser, site: Site, rita: Person) -> None:
    with person(browser, site) as leaver:
        tab = leaver.open().sign_in("leaver").is_live()
        desk = rita.open("/people/?q=leaver")
        desk.page.get_by_role("link", name="leaver").click()
        closing = desk.page.get_by_role("form", name="Close the account")
        closing.get_by_label("Reason").fill("has left the house")
        closing.get_by_role("button").click()
        expect(desk.page.get_by_text("Account closed")).to_be_visible()
        expect(desk.page.get_by_text("has left the house")).to_be_visible()
        expect(tab.page.locator("chat-live[data-state=signed-out]")).to_be_attached()


def test_all_of_it_works_without_script(browser: Browser, site: Site, rita: Person) -> None:
    state = rita.context.storage_state()
    with person(browser, site, java_script_enabled=False, storage_state=state) as plain:
        link = invited(plain.open())
        with person(browser, site, java_script_enabled=False) as stranger:
            tab = stranger.open(link.removeprefix(site.address))
            tab.page.get_by_role("textbox", name="Name").fill("plain")
            tab.page.get_by_label("Password").fill(PASSWORD)
            tab.press("Make the account and sign in")
        tab = plain.open("/preferences/")
        notice = tab.page.locator("#notices").get_by_role("button", name="plain has accepted your invitation.")
        expect(tab.page).to_have_title(re.compile(r"^\(\d+\) Preferences"))
        notice.click()
        expect(tab.page.get_by_role("heading", name="Notices", exact=True)).to_be_visible()
        expect(notice).to_have_count(0)
        tab.go("/preferences/").page.get_by_role("radio", name="Light").check()
        tab.press("Save")
        expect(tab.page.locator("html")).to_have_attribute("data-theme", "light")
