"""No page hinders anybody: axe finds nothing, light and dark, wide and narrow, in both languages."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.journeys import axe
from tests.journeys.browser import Tab, person
from tests.served.site import Site

SCHEMES = ("light", "dark")
SIZES = ({"width": 1280, "height": 800}, {"width": 390, "height": 844})
LANGUAGES = ("en-GB", "zh-CN")
BEFORE_SIGNING_IN = ("/accounts/login/", "/accounts/password/reset/", "/nowhere/")
AFTER = ("/", "/conversations/", "/accounts/password/change/", "/accounts/logout/")
WAYS = list(itertools.product(LANGUAGES, SCHEMES, SIZES))


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> str:
    return axe.fetch(tmp_path_factory.mktemp("axe"))


@pytest.fixture(scope="module")
def signed_in(browser: Browser, site: Site) -> Iterator[tuple[Any, tuple[str, ...]]]:
    """A profile's cookies, and the pages of a conversation with all that a reply may hold."""
    with person(browser, site) as ann:
        tab = ann.open().sign_in("ann")
        tab.ask("[[markdown]] rate:0").is_finished()
        tab.ask("[[reasoning]] rate:0 Think").is_finished()
        tab.ask("[[sensitive-output]] rate:0 Tell").is_finished()
        tab.ask("[[length]] rate:0 Go on").is_finished()
        tab.press("Answer again")
        tab.replies.last.get_by_text("2 / 2").wait_for()
        tab.is_finished()
        tab.ask("[[blocked]] Refused").is_finished()
        path = tab.page.url.removeprefix(site.address)
        edit = tab.page.get_by_role("link", name="Edit and ask again").first.get_attribute("href")
        yield ann.context.storage_state(), (path, str(edit))


@pytest.mark.parametrize(("language", "scheme", "size"), WAYS)
def test_axe_finds_nothing(
    browser: Browser,
    site: Site,
    script: str,
    signed_in: tuple[Any, tuple[str, ...]],
    language: str,
    scheme: str,
    size: dict[str, int],
) -> None:
    way = {"locale": language, "color_scheme": scheme, "viewport": size}
    state, pages = signed_in
    with person(browser, site, **way) as stranger:
        found = look(stranger.open(), script, BEFORE_SIGNING_IN)
    with person(browser, site, **way, storage_state=state) as ann:
        found |= look(ann.open(), script, (*AFTER, *pages))
    assert found == {}


def look(tab: Tab, script: str, paths: tuple[str, ...]) -> dict[str, list[str]]:
    found = {path: axe.violations(tab.go(path).page, script) for path in paths}
    return {path: problems for path, problems in found.items() if problems}


def test_axe_sees_a_fault(browser: Browser, site: Site, script: str) -> None:
    """Else the silence above would mean nothing."""
    with person(browser, site) as stranger:
        page = stranger.open("/accounts/login/").page
        page.evaluate("document.querySelector('label').remove()")
        assert axe.violations(page, script)[0].startswith("label")
