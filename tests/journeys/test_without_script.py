"""Everything that matters works where scripts are switched off."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.browser import Tab, person
from tests.served.site import Site


@pytest.fixture
def plain(browser: Browser, site: Site) -> Iterator[Tab]:
    with person(browser, site, java_script_enabled=False) as somebody:
        yield somebody.open().sign_in("bob")


def ask(tab: Tab, text: str) -> None:
    tab.box.fill(text)
    tab.press("Send")


def reload_until(tab: Tab, words: str) -> None:
    """Look again and again, as a person would; `words` stand with the last reply."""
    for _ in range(100):
        if words in tab.replies.last.inner_text():
            return
        tab.page.wait_for_timeout(50)
        tab.page.reload()
    raise AssertionError(f"never saw {words!r}")


def test_one_asks_and_reads_after_a_reload(plain: Tab) -> None:
    ask(plain, "[[echo]] rate:0 Plain words")
    expect(plain.page).to_have_url(re.compile(r"/c/[0-9a-f-]{36}/$"))
    reload_until(plain, "Simulated")
    expect(plain.replies.first).to_contain_text("Plain words")


def test_a_conversation_is_seen_from_its_end(plain: Tab) -> None:
    ask(plain, "[[markdown]] rate:0")
    reload_until(plain, "Simulated")
    plain.go(plain.page.url.removeprefix(plain.site.address))
    assert plain.page.evaluate("document.body.scrollHeight > 2 * innerHeight")
    assert plain.page.evaluate("document.scrollingElement.scrollHeight - innerHeight - scrollY") <= 2


def test_one_stops_a_reply(plain: Tab) -> None:
    ask(plain, "[[rate-20-2000]] Count.")
    plain.page.get_by_role("link", name="Show what has come since").click()
    plain.press("Stop")
    reload_until(plain, "You stopped this reply")
    expect(plain.page.get_by_role("link", name="Show what has come since")).to_have_count(0)


def test_one_answers_again_and_looks_back(plain: Tab) -> None:
    ask(plain, "[[echo]] rate:0 Twice")
    reload_until(plain, "Simulated")
    plain.press("Answer again")
    reload_until(plain, "2 / 2")
    plain.press("Previous alternative")
    expect(plain.replies.first).to_contain_text("1 / 2")


def test_one_renames_deletes_and_undoes(plain: Tab) -> None:
    ask(plain, "[[echo]] rate:0 Old name")
    plain.page.get_by_label("More", exact=True).click()
    plain.page.get_by_label("Name", exact=True).fill("New name")
    plain.press("Rename")
    expect(plain.page.locator("h1")).to_have_text("New name")
    plain.page.get_by_label("More", exact=True).click()
    plain.press("Delete conversation")
    expect(plain.page.get_by_text("“New name” is deleted.")).to_be_visible()
    plain.press("Undo")
    expect(plain.page.locator("h1")).to_have_text("New name")
    plain.sign_out()
    expect(plain.page.get_by_role("heading", name="Sign in")).to_be_visible()
