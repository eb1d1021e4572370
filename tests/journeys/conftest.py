"""The served site and browsers. A module's browser is closed before other tests need the thread's event loop."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.journeys.browser import Person, Tab, chromium, person
from tests.served.site import Site, clean_environment

PEOPLE = ("ann", "bob")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.journey)
            item.add_marker(pytest.mark.served)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with Site(tmp_path_factory.mktemp("journeys") / "data", clean_environment()) as served:
        for name in PEOPLE:
            served.add_person(name)
        yield served


@pytest.fixture
def own_site(tmp_path: Path) -> Iterator[Site]:
    """For journeys that kill it."""
    with Site(tmp_path / "data", clean_environment()) as served:
        served.add_person("ann")
        yield served


@pytest.fixture(scope="module")
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
