"""A process is killed under an open page; another one takes over, and the person sees a pause."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.browser import LONG, Person, Tab, person
from tests.served.cluster import Cluster, cluster
from tests.served.prepared import Prepared
from tests.waiting import eventually

LAST = 300
# What only takes patience otherwise: the reaper waits for a lease to end.
SHORT = {"CHATSITE_LEASE": 5, "CHATSITE_HEARTBEAT": 1, "CHATSITE_SWEEP": 0.5}
ENDLESS = "[[rate-20-9000]] Count."
UNDER_WAY = 5  # numbers, a quarter of a second: her page hears them a moment before Redis does


@pytest.fixture
def two(tmp_path: Path, prepared: Prepared) -> Iterator[Cluster]:
    with cluster(tmp_path / "cluster", prepared, **SHORT) as running:
        yield running


def numbers(tab: Tab) -> list[str]:
    return re.findall(r"\b\d{4}\b", tab.text)


def counted(last: int) -> list[str]:
    return [f"{number:04}" for number in range(1, last + 1)]


def test_the_process_of_an_open_page_is_killed_in_mid_reply(browser: Browser, two: Cluster) -> None:
    """Her page is open at the first process; her question goes to the second, which is hers and was away."""
    two.second.start()
    with person(browser, two) as ann:
        tab = signed_in_at_second(ann, two)
        two.second.kill()
        tab.go().is_live()
        two.second.start()
        eventually(lambda: answers_at_second(two, tab), 60)
        with two.second.gate() as gate:
            gate.open(40)
            tab.ask(gate.counting(LAST)).is_writing("0040")
            tab.box.fill("Written meanwhile")
            with tab.coming_back():
                two.first.kill()
                gate.open(60)  # words that come while the page hears nothing
            tab.is_writing("0100")
            expect(tab.replies.last.locator(".notice")).to_have_count(0)
        tab.is_finished().is_writing(f"{LAST:04}")
        assert numbers(tab) == counted(LAST)
        assert tab.box.input_value() == "Written meanwhile"
        followed = tab.has_kept().transcript
        tab.page.reload()
        assert tab.is_live().transcript == followed


def signed_in_at_second(ann: Person, two: Cluster) -> Tab:
    """The proxy sends all tabs of a session to one process; half of all sessions to the second, once it has seen it."""
    tab = ann.open()
    eventually(lambda: answers_at_second(two, tab.sign_in("ann")) or forgotten(ann, two), 60)
    return tab


def forgotten(ann: Person, two: Cluster) -> None:
    ann.context.clear_cookies()
    two.cookies.clear()


def answers_at_second(two: Cluster, tab: Tab) -> bool:
    """Whether the proxy sends her there: it leaves a process that was not there alone for a while."""
    tab.page.request.get(two.address + "/healthz")
    return f"127.0.0.1:{two.second.port}" in two.nginx.lines.splitlines()[-1]


def test_the_process_that_writes_is_killed(browser: Browser, two: Cluster) -> None:
    """With Redis no more is lost of what she has seen than was on its way there; she is told, and goes on."""
    with person(browser, two) as ann:
        tab = ann.open().sign_in("ann").ask(ENDLESS).is_writing("0040")
        two.second.start()
        seen = len(numbers(tab))
        two.first.kill()
        expect(tab.replies.last).to_contain_text("Cut off by a restart", timeout=LONG)
        tab.is_live()
        kept = numbers(tab)
        assert kept == counted(len(kept))
        assert len(kept) >= seen - UNDER_WAY
        tab.press("Continue").is_writing("Going on")
