"""A reply is withdrawn: from every open tab, from a device that was away, from quotes, and from the way back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.browser import Person, Tab, person
from tests.served.site import Site

SECRET = "A lighthouse keeper"
QUESTION = "[[echo]] rate:0 A lighthouse keeper"
RULES = "/admin/conversations/flagrule/"
# What the last reply shows whenever the page has changed while it is connected: a glimpse counts too.
WATCH = """() => {
  const live = document.querySelector("chat-live");
  window.seen = [];
  const read = () => {
    if (live.dataset.state === "online") window.seen.push(document.querySelector(".message--reply").innerText);
  };
  new MutationObserver(read).observe(document.documentElement, { subtree: true, childList: true, attributes: true });
}"""
HIDDEN = "chat-live[data-covered]"


@pytest.fixture
def house(browser: Browser, own_site: Site) -> Site:
    """A site where a report withdraws at once, by a rule that an administrator has set in the admin."""
    with person(browser, own_site) as root:
        page = root.open().sign_in("root").go(RULES).page
        page.get_by_role("link", name="somebody reported it").click()
        page.get_by_label("On flag").select_option("withdraw")
        page.get_by_label("Reason").fill("Nobody reads on while a report is open")
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_text("was changed successfully")).to_be_visible()
    return own_site


@pytest.fixture
def ann(browser: Browser, house: Site) -> Iterator[Person]:
    with person(browser, house) as somebody:
        yield somebody


@pytest.fixture
def phone(browser: Browser, house: Site) -> Iterator[Person]:
    """Ann's second device."""
    with person(browser, house) as somebody:
        yield somebody


def cut_off(tab: Tab) -> None:
    tab.page.context.set_offline(True)
    tab.page.evaluate("document.querySelector('chat-live').connection.end(1006)")
    expect(tab.page.locator("chat-live[data-state=offline]")).to_be_attached()


def report(page: Page) -> None:
    page.get_by_label("More for this reply").click()
    page.get_by_role("link", name="Report this reply").click()
    page.get_by_role("radio", name="Harmful or dangerous").check()
    page.get_by_role("button", name="Report").click()


def shows_nothing(page: Page) -> None:
    expect(page.get_by_text("This reply is withheld until a person has looked").first).to_be_visible()
    expect(page.locator(".message--reply")).not_to_contain_text(SECRET)
    expect(page.locator("#spoken")).not_to_contain_text(SECRET)


def test_a_reply_leaves_every_tab_and_every_way_back_to_it(ann: Person, phone: Person) -> None:
    first = ann.open().sign_in("ann").ask(QUESTION).is_finished().is_writing(SECRET)
    path = first.page.url.removeprefix(first.site.address)
    second, away = ann.open(path).is_live(), phone.open().sign_in("ann").go(path).is_live()
    cut_off(away)
    first.page.get_by_label("Quote", exact=True).click()
    expect(first.box).to_have_value(f"> {QUESTION.removeprefix('[[echo]] rate:0 ')}\n\n")
    first.box.type("What of this?")
    first.has_kept()

    report(second.page)
    shows_nothing(first.page)
    expect(first.box).to_have_value("\nWhat of this?")
    shows_nothing(second.page)
    assert SECRET not in second.page.request.get(first.page.url).text().split("message--reply")[1]

    away.page.evaluate(WATCH)
    away.page.context.set_offline(False)
    shows_nothing(away.page)
    expect(away.page.locator(HIDDEN)).not_to_be_attached()
    glimpses = away.page.evaluate("window.seen")
    assert "" in glimpses  # it was covered
    assert not any(SECRET in glimpse for glimpse in glimpses)

    first.go("/preferences/").page.go_back()
    shows_nothing(first.page)
    expect(first.box).to_have_value("\nWhat of this?")
    first.page.locator(".sidebar__menu > summary").click()
    first.press("Sign out")
    first.page.go_back()
    expect(first.page.get_by_label("Password").or_(first.page.get_by_text("Signed out")).first).to_be_visible()
    expect(first.page.locator("body")).not_to_contain_text(SECRET)


def test_a_conversation_that_an_administrator_deletes_leaves_the_open_page(
    ann: Person, house: Site, browser: Browser
) -> None:
    open_page = ann.open().sign_in("ann").ask(QUESTION).is_finished().is_writing(SECRET).page
    with person(browser, house) as root:
        page = root.open().sign_in("root").go("/admin/conversations/conversation/").page
        page.locator("#result_list tbody th a").first.click()
        page.get_by_role("link", name="Delete for good").click()
        page.get_by_label("Reason").fill("Against the rules of the house")
        page.get_by_role("button", name="Delete for good").click()
        expect(page.get_by_text("Deleted.")).to_be_visible()
    expect(open_page.get_by_text("This conversation was deleted")).to_be_visible()
    assert SECRET not in open_page.locator("body").inner_text() + open_page.title()
    open_page.reload()
    expect(open_page.get_by_role("heading", name="An administrator has deleted this conversation")).to_be_visible()
    expect(open_page.get_by_text("Against the rules of the house")).to_be_visible()
