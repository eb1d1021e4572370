"""Somebody whose list is as a test says, and nobody else's business."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.journeys.browser import Person, Tab, person
from tests.served.site import ROOT, Site

from .lists import NAMES, Seed

# A process of its own, because making one takes seconds: a line in, a line out.
SEEDER = """
import datetime as dt, json, sys
from conversations import clock
from conversations.models import Conversation, User
for line in sys.stdin:
    name, entries = json.loads(line)
    owner, now = User.objects.get(username=name), clock.now()
    Conversation.objects.filter(owner=owner).delete()
    rows = [
        Conversation(owner=owner, title=title, title_is_own=True, active_at=now - dt.timedelta(days, 60 * n))
        for n, (title, days) in enumerate(entries)
    ]
    Conversation.objects.bulk_create(rows)
    print(len(rows), flush=True)
"""


@pytest.fixture(scope="session")
def name() -> str:
    """Somebody whose list is nobody else's business."""
    return "lister"


@pytest.fixture(scope="session")
def seeder(site: Site) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", SEEDER]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=ROOT, env=site.environment, **pipes) as process:
        yield process


@pytest.fixture
def seed(seeder: subprocess.Popen[str], name: str) -> Seed:
    def seed(*entries: str | tuple[str, int]) -> None:
        """The newest first; with the days since."""
        assert seeder.stdin is not None
        assert seeder.stdout is not None
        dated = [entry if isinstance(entry, tuple) else (entry, 0) for entry in entries]
        seeder.stdin.write(json.dumps([name, dated]) + "\n")
        seeder.stdin.flush()
        assert seeder.stdout.readline() == f"{len(entries)}\n"

    return seed


@pytest.fixture
def lister(browser: Browser, site: Site, name: str) -> Iterator[Person]:
    with person(browser, site) as somebody:
        somebody.open().sign_in(name)
        yield somebody


@pytest.fixture
def tab(lister: Person, seed: Seed) -> Tab:
    seed(*NAMES)
    return lister.tabs[0].go().is_live()
