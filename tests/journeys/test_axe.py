"""No page hinders anybody: axe finds nothing, light or dark, wide or narrow, in either language."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.characters.files import card, with_card
from tests.journeys import axe
from tests.journeys.browser import Person, Tab, person
from tests.journeys.places import ADMINISTRATOR, MEMBER, NARROW, PLACES, REVIEWER, STRANGER, Visit
from tests.served.site import Site

WIDE = 1280
LANGUAGES = {"en": "en-GB", "zh-hans": "zh-CN"}
STILL = {"reduced_motion": "reduce"}  # colours change at once


@dataclass(frozen=True, slots=True)
class Way:
    """How a page is looked at."""

    language: str
    scheme: str
    width: int


# Each page meets each language, each theme and each width, and pages differ in what they meet together.
PAIRS = (
    (Way("en", "light", WIDE), Way("zh-hans", "dark", NARROW)),
    (Way("en", "dark", NARROW), Way("zh-hans", "light", WIDE)),
    (Way("en", "light", NARROW), Way("zh-hans", "dark", WIDE)),
    (Way("en", "dark", WIDE), Way("zh-hans", "light", NARROW)),
)
WAYS = {name: PAIRS[number % len(PAIRS)] for number, name in enumerate(PLACES)}


@pytest.fixture(scope="package")  # a worker comes back to this module with tests that it takes over from others
def facts(browser: Browser, site: Site) -> Iterator[dict[str, Any]]:
    """What people have done before, with all that a page may hold; and their cookies."""
    with person(browser, site) as ann, person(browser, site) as ivy, person(browser, site) as zoe:
        tab = ann.open().sign_in("ann")
        ivy.open().sign_in("ivy")
        found = {"brief": brief(tab)} | talked(tab) | played(tab) | states(site) | cases(site)
        found |= {"running": running(ann)} | administered(zoe.open().sign_in("zoe"))
        who = {MEMBER: ann, REVIEWER: ivy, ADMINISTRATOR: zoe}
        yield found | {name: each.context.storage_state() for name, each in who.items()} | {STRANGER: None}


def brief(tab: Tab) -> str:
    """A conversation of one question and its reply, which are looked at in a fraction of the time."""
    tab.ask("[[echo]] rate:0 In short").is_finished()
    return tab.page.url.removeprefix(tab.site.address)


def talked(tab: Tab) -> dict[str, str]:
    """A conversation with every kind of reply."""
    tab.go()
    for words in (
        "[[markdown]]",
        "[[reasoning]] Think",
        "[[sensitive-output]] Tell",
        "[[search-late]] Tides",
        "[[length]] Go on",
    ):
        tab.ask(f"{words} rate:0").is_finished()
    tab.press("Answer again")
    tab.replies.last.get_by_text("2 / 2").wait_for()
    tab.is_finished().ask("[[blocked]] rate:0 Refused").is_finished()
    tab.ask("[[echo]] rate:0 Last").is_finished()
    path = tab.page.url.removeprefix(tab.site.address)
    links = re.findall(rf'href="({re.escape(path)}messages/[^"]+/(edit|revise)/)"', tab.page.content())
    return {"talk": path} | {name: link for link, name in links}


def played(tab: Tab) -> dict[str, str]:
    """A character from a card, and a conversation with it."""
    elsa = with_card(card()).getvalue()
    page = tab.go("/characters/card/").page
    page.set_input_files("#card", [{"name": "elsa.png", "mimeType": "image/png", "buffer": elsa}])
    tab.press("Read it")
    page.wait_for_url(re.compile("/characters/[0-9a-f-]{36}/"))
    character = page.url.removeprefix(tab.site.address)
    tab.press("Save")
    tab.press("Talk with Captain Elsa")
    page.wait_for_url(re.compile("/c/"))
    tab.ask("[[echo]] rate:0 Where are we?").is_finished()
    return {"character": character, "played": page.url.removeprefix(tab.site.address)}


def states(site: Site) -> dict[str, str]:
    """What a sandbox brings about only in many steps."""
    make = "from tests import states; from conversations.models import User; ann = User.objects.get(username='ann')"
    sums = "from conversations import usage; usage.roll_up()"
    made = "; ".join(f"states.{name}(ann)" for name in ("forms", "ends", "pictured", "called", "jobs"))
    site.manage(
        "shell",
        "--no-imports",
        "-c",
        f"{make}; {made}; {sums}",
    )
    rows = "SELECT code FROM conversations_conversation WHERE title = ?"
    titles = {
        "forms": "Everything at once, please",
        "ends": "A good one first",
        "pictured": "What is on these?",
        "called": "Six by seven?",
        "waiting": "In the background: submitted",
    }
    codes = {name: site.rows(rows, title)[0][0] for name, title in titles.items()}
    messages = "conversations_message m JOIN conversations_conversation c ON c.id = m.conversation_id"
    [[middle]] = site.rows(f"SELECT m.code FROM {messages} WHERE c.code = ? AND m.depth = 10", codes["ends"])
    return {name: f"/c/{uuid.UUID(code)}/" for name, code in codes.items()} | {"middle": str(uuid.UUID(middle))}


def cases(site: Site) -> dict[str, str]:
    """What a reviewer meets: a case, one about themselves, one that was decided, one with pictures."""
    site.manage("shell", "--no-imports", "-c", "from tests import states; states.cases('ivy')")
    rows = "SELECT code FROM conversations_reviewcase WHERE note = ? ORDER BY id DESC LIMIT 1"
    names = ("case", "own_case", "decided_case", "pictured_case")
    return {name: f"/review/{uuid.UUID(site.rows(rows, name)[0][0])}/" for name in names}


def running(ann: Person) -> str:
    """A reply that stands still in the making, with a message that waits for its end."""
    tab = ann.open("/").ask("[[stall]] Begin").is_writing("")
    tab.box.fill("And then?")
    tab.box.press("Enter")
    tab.next.wait_for()
    return tab.page.url.removeprefix(tab.site.address)


def administered(tab: Tab) -> dict[str, str]:
    """Links that an administrator has made."""
    tab.go("/people/invite/").press("Make the link")
    invitation = re.findall(r"/invitation/[^<\"\s]+", tab.page.content())[0]
    tab.go("/knowledge/new/").page.get_by_role("textbox", name="Name").fill("Rules")
    tab.press("Make it")
    base = tab.page.url.removeprefix(tab.site.address)
    tab.page.get_by_label("Add documents").set_input_files(
        [{"name": "slow.md", "mimeType": "text/markdown", "buffer": b"Ask early."}]
    )
    tab.press("Send")
    tab.go("/people/").page.get_by_role("link", name="ann").click()
    member = tab.page.url.removeprefix(tab.site.address)
    tab.page.get_by_label("Reason").last.fill("Forgotten")
    tab.press("Make a link to a new password")
    reset = re.findall(r"/reset/[^<\"\s]+", tab.page.content())[0]
    return {"invitation": invitation, "reset": reset, "person": member, "knowledge": base}


@pytest.fixture(scope="package")
def visitors(browser: Browser, site: Site, facts: dict[str, Any]) -> Iterator[Callable[[str, str], Person]]:
    """Whoever visits in whichever language: one browser profile for all places."""
    with ExitStack() as undo:

        @cache
        def visitor(who: str, language: str) -> Person:
            way = {"locale": LANGUAGES[language], "storage_state": facts[who]} | STILL
            return undo.enter_context(person(browser, site, **way))

        yield visitor


@pytest.mark.parametrize("name", PLACES)
def test_axe_finds_nothing(visitors: Callable[[str, str], Person], facts: dict[str, Any], name: str) -> None:
    place, found = PLACES[name], {}
    for way in WAYS[name]:
        visit = Visit(visitors(place.who, way.language).open(), way.language, facts)
        visit.page.set_viewport_size({"width": way.width, "height": 800})
        visit.page.emulate_media(color_scheme=way.scheme)
        visit.tab.go(place.path.format(language=way.language, **facts))
        place.bring(visit)
        found[way] = axe.violations(visit.page)
        assert visit.tab.complaints == []
        visit.page.close()
    assert {way: problems for way, problems in found.items() if problems} == {}


def test_axe_sees_a_fault(browser: Browser, site: Site) -> None:
    """Else the silence above would mean nothing."""
    with person(browser, site) as stranger:
        page = stranger.open("/accounts/login/").page
        page.evaluate("document.querySelector('label').remove()")
        assert axe.violations(page)[0].startswith("label")
