"""The served site and browsers. The browser is closed before other tests need the thread's event loop, which is why
journeys come one after the other (see tests/conftest.py)."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.journeys.browser import Person, Tab, chromium, person
from tests.served.gates import Gate
from tests.served.prepared import Prepared
from tests.served.prepared import prepared as prepared
from tests.served.site import Site

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.journey)
            item.add_marker(pytest.mark.served)


@pytest.fixture(scope="session")
def site(prepared: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    # Jobs that other tests leave at GLM must not make anybody wait.
    settings = {"CHATSITE_JOBS_AT_ONCE": 1000, "CHATSITE_ASSISTANTS": "ChatGLM=65940acff94777010aa6b796"}
    with prepared.site(tmp_path_factory.mktemp("journeys") / "data", **settings) as served:
        yield served


@pytest.fixture
def own_site(prepared: Prepared, tmp_path: Path) -> Iterator[Site]:
    """For journeys that kill it."""
    with prepared.site(tmp_path / "data") as served:
        yield served


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright, chromium(playwright) as running:
        yield running


@pytest.fixture
def ann(browser: Browser, site: Site) -> Iterator[Person]:
    with person(browser, site) as somebody:
        yield somebody


@pytest.fixture
def tab(ann: Person) -> Tab:
    """Ann's browser, signed in, on the empty page."""
    return ann.open().sign_in("ann")


@pytest.fixture
def phone(browser: Browser, site: Site) -> Iterator[Tab]:
    """The same on a phone."""
    with person(browser, site, **PHONE) as somebody:
        yield somebody.open().sign_in("ann")


@pytest.fixture
def gate(site: Site) -> Iterator[Gate]:
    """For a reply that goes as far as the test lets it."""
    with site.gate() as gate:
        yield gate
