"""What people see while GLM has no room for them, or its account has a fault."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.browser import Tab, person
from tests.served.prepared import Prepared
from tests.served.site import Site

MODELS = "glm-5.3,glm-4.6,sandbox-overloaded,sandbox-code-1113-1"


@pytest.fixture(scope="module")
def narrow_site(prepared: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One place at GLM for each model."""
    settings = {"CHATSITE_REQUESTS_AT_ONCE": 1, "CHATSITE_MODELS": MODELS}
    with prepared.site(tmp_path_factory.mktemp("narrow") / "data", **settings) as served:
        yield served


def choose(tab: Tab, model: str) -> Tab:
    tab.page.locator("#model summary").click()
    tab.page.locator(f"#model input[value='{model}']").check(force=True)
    tab.page.keyboard.press("Escape")
    return tab


def test_who_waits_sees_the_place_in_line_and_moves_up(browser: Browser, narrow_site: Site) -> None:
    with person(browser, narrow_site) as ann, person(browser, narrow_site) as bob:
        first, second = ann.open().sign_in("ann"), bob.open().sign_in("bob")
        first.ask("[[slow-first-byte]] wait:2 rate:0 One").is_finished()
        first.ask("[[stall]] wait:60 rate:0 Two").is_writing("")
        second.ask("[[plain]] rate:0 Me too")
        expect(second.page.locator(".writing")).to_contain_text("First in line, about")
        first.press("Stop").is_finished()
        second.is_finished()
        assert second.replies.last.locator(".prose").count() == 1


def test_an_empty_account_is_told_to_administrators_until_glm_answers(browser: Browser, narrow_site: Site) -> None:
    with person(browser, narrow_site) as zoe, person(browser, narrow_site) as bob:
        tab, member = zoe.open().sign_in("zoe"), bob.open().sign_in("bob")
        banner = tab.page.locator("#faults .banner")
        choose(tab, "sandbox-code-1113-1").ask("Is anybody there?")
        expect(banner).to_contain_text("The GLM account is out of credit")
        expect(tab.replies.last).to_contain_text("Out of credit, nothing was sent")
        expect(member.page.locator("#faults .banner")).to_have_count(0)
        tab.press("Answer again").is_finished()
        expect(tab.replies.last).to_contain_text("Out of credit, nothing was sent")
        tab.press("Let the next question try")
        expect(tab.page.get_by_text("The next question goes to GLM again.")).to_be_visible()
        tab.press("Answer again")
        expect(tab.replies.last.locator(".prose")).to_have_count(1)
        expect(banner).to_have_count(0)


def test_another_model_is_asked_at_a_press(browser: Browser, narrow_site: Site) -> None:
    with person(browser, narrow_site) as ann:
        tab = choose(ann.open().sign_in("ann"), "sandbox-overloaded").ask("Which one?")
        tab.page.get_by_role("button", name="instead").click()
        expect(tab.replies.last.locator(".prose")).to_have_count(1)
        expect(tab.replies.last.locator(".usage__model")).not_to_have_text("sandbox-overloaded")
