"""A reply that people have begun to read when GLM flags it."""

from __future__ import annotations

from tests.served.follower import SECONDS, Follower, Tab, reloaded
from tests.served.gates import Gate
from tests.served.site import Visitor
from tests.waiting import eventually

WITHHELD = "withheld until a person has looked"
SHOWN = 12  # deltas of 22 that people see; the others and the flag come at once
SECRET = "The clock in the lighthouse"  # is told by then


def asked(visitor: Visitor, gate: Gate) -> str:
    """The code of a conversation whose reply has begun."""
    gate.open(SHOWN)
    return visitor.send(f"Tell me a story {gate.word}", "sandbox-sensitive-output")


def until_shown(tab: Tab, page: Follower) -> None:
    eventually(lambda: SECRET in tab.with_all_of(page).text(), SECONDS)


def until_blank(tab: Tab, page: Follower) -> None:
    eventually(lambda: SECRET not in tab.with_all_of(page).text(), SECONDS)


def flagged_before_three_tabs(here: Visitor, there: Visitor, gate: Gate) -> str:
    """Two are open, the third has read along and is cut off; none shows anything of it afterwards. The conversation."""
    code = asked(here, gate)
    away, first, second = Tab(there, code), Tab(here, code), Tab(there, code)
    with away.online() as page:
        until_shown(away, page)
    with first.online() as at_first, second.online() as at_second:
        until_shown(first, at_first)
        until_shown(second, at_second)
        gate.open()
        for page in (at_first, at_second):
            page.until(WITHHELD)
    with away.online() as page:
        page.until(WITHHELD)
        assert SECRET not in page.text
    for tab in (first, second, away):
        assert SECRET not in tab.shown.text()
        assert tab.shown.text() == reloaded(there, code).text()
    return code
