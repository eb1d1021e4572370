"""Nobody answers: the composer says so, keeps what is sent, and sends it once when somebody does."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.journeys.browser import Tab, person
from tests.served.site import Site
from tests.waiting import eventually


@pytest.fixture
def here(browser: Browser, own_site: Site) -> Iterator[Tab]:
    with person(browser, own_site) as ann:
        yield ann.open().sign_in("ann").is_live()


def held(tab: Tab) -> Locator:
    return tab.page.get_by_role("group", name="Message that waits to be sent")


def send(tab: Tab, text: str) -> None:
    tab.box.fill(text)
    tab.box.press("Enter")
    expect(tab.box).to_have_value("")


def test_what_is_sent_meanwhile_goes_once_when_the_site_is_back(here: Tab, own_site: Site) -> None:
    here.ask("[[echo]] rate:0 Before").is_finished()
    own_site.kill()
    expect(here.page.locator("chat-live[data-state=offline]")).to_be_attached()
    expect(here.page.get_by_text("What you send waits here")).to_be_visible()
    send(here, "[[echo]] rate:0 Meanwhile")
    expect(held(here)).to_contain_text("Waits to be sent: [[echo]] rate:0 Meanwhile")
    send(here, "and on")
    expect(held(here)).to_contain_text("Meanwhile and on")
    here.box.fill("Typed after that")
    own_site.start()
    expect(here.questions).to_have_count(2)
    expect(held(here)).not_to_be_visible()
    here.is_finished().is_writing("Meanwhile")
    expect(here.questions.last).to_contain_text("and on")
    assert here.box.input_value() == "Typed after that"
    here.has_kept().page.reload()
    expect(here.questions).to_have_count(2)
    expect(here.box).to_have_value("Typed after that")


def test_the_first_message_can_wait_too(here: Tab, own_site: Site) -> None:
    own_site.kill()
    send(here, "[[echo]] rate:0 The very first")
    expect(held(here)).to_be_visible()
    own_site.start()
    expect(here.questions).to_have_count(1)
    here.is_finished().is_writing("The very first")


def test_it_can_be_taken_back_and_removed(here: Tab, own_site: Site) -> None:
    own_site.kill()
    send(here, "Misspelt")
    here.box.fill("and more")
    held(here).get_by_role("button", name="Edit").click()
    expect(here.box).to_have_value("Misspelt\n\nand more")
    expect(held(here)).not_to_be_visible()
    here.box.press("Enter")
    held(here).get_by_role("button", name="Remove").click()
    own_site.start()
    here.is_live()
    expect(here.questions).to_have_count(0)


def test_leaving_asks_first(here: Tab, own_site: Site) -> None:
    own_site.kill()
    send(here, "Only here")
    expect(held(here)).to_be_visible()
    here.page.close(run_before_unload=True)
    eventually(lambda: here.page.evaluate("1") and here.asked_to_stay == 1)
    expect(held(here)).to_be_visible()


def test_a_site_that_refuses_what_waited_gives_it_back(here: Tab, own_site: Site) -> None:
    own_site.kill()
    here.box.evaluate("box => { box.value = 'long '.repeat(60000) }")
    here.box.press("Enter")
    expect(held(here)).to_be_visible()
    own_site.start()
    expect(here.page.locator("#composer-error")).to_contain_text("characters are possible")
    assert len(here.box.input_value()) == 300_000


def test_where_no_socket_is_possible_the_page_is_loaded_anew(browser: Browser, own_site: Site) -> None:
    with person(browser, own_site) as ann:
        tab = ann.open()
        tab.page.route_web_socket("**/ws/**", lambda socket: socket.close(code=1006))
        tab.sign_in("ann")
        tab.box.fill("[[echo]] rate:0 Without a socket")
        tab.box.press("Enter")
        expect(tab.questions).to_have_count(1)
        expect(tab.box).to_have_value("")
