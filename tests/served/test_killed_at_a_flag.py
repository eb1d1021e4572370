"""A process is killed in the moment between GLM's flag and what is written about it: the text never comes back, and a
person gets the case.

The test holds the database when the flag comes, so that the moment lasts: SQLite by a lock, PostgreSQL by a cut line.
Pages that go blank say that the process has seen the flag.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
import redis

from tests.served.cluster import Cluster, cluster, own_redis
from tests.served.flagging import SECRET, WITHHELD, asked, until_blank, until_shown
from tests.served.follower import SECONDS, Tab, reloaded
from tests.served.glm import Glm
from tests.served.prepared import Prepared
from tests.served.site import Site, Visitor, hexed, signed_in
from tests.served.test_processes import SHORT, ann_at, is_ready
from tests.waiting import eventually

pytestmark = pytest.mark.served

STORED = """
SELECT turn.open_parts FROM conversations_turn turn
  JOIN conversations_conversation conversation ON conversation.id = turn.conversation_id WHERE conversation.code = {}
"""
CASES = "SELECT source, state, role FROM conversations_reviewcase"
LENGTH = 200  # of the reply that is flagged: reviewers get all of it


def never_again(visitor: Visitor, code: str, is_decided: Callable[[], object]) -> None:
    """Whoever loads the page, again and again until there is a case, sees nothing of the text."""
    deadline = time.monotonic() + SECONDS
    while not is_decided():
        assert SECRET not in visitor.page(code)
        assert time.monotonic() < deadline, "there is no case"
    assert SECRET not in visitor.page(code)
    assert WITHHELD in reloaded(visitor, code).text()


@contextmanager
def locked(site: Site) -> Iterator[None]:
    """Somebody else writes, and takes their time."""
    with closing(sqlite3.connect(site.data / "chatsite.sqlite3", isolation_level=None, timeout=20)) as database:
        database.execute("BEGIN IMMEDIATE")
        yield
        database.execute("ROLLBACK")


def test_alone_on_sqlite(own_site: Site) -> None:
    with signed_in(own_site, "ann") as ann, own_site.gate() as gate:
        code = asked(ann, gate)
        tab = Tab(ann, code)
        with tab.online() as page:
            eventually(lambda: SECRET in _text(own_site.rows(STORED.format("?"), hexed(code))), SECONDS)
            until_shown(tab, page)
            with locked(own_site):
                gate.open()
                until_blank(tab, page)
                own_site.kill()
        own_site.start()
        never_again(ann, code, lambda: own_site.rows(CASES))
        assert own_site.rows(CASES) == [("finish", "open", "assistant")]
        assert own_site.turn_states(code) == ["filtered"]


@pytest.fixture
def two(tmp_path: Path, glm: Glm, prepared: Prepared) -> Iterator[Cluster]:
    with cluster(tmp_path / "cluster", prepared, **glm.settings, **SHORT) as running:
        running.second.start()
        yield running


def test_beside_another_process(two: Cluster, glm: Glm) -> None:
    with ann_at(two) as (here, there):
        gate = glm.gate()
        code = asked(here, gate)
        tabs = [Tab(here, code), Tab(there, code)]
        with tabs[0].online() as at_first, tabs[1].online() as at_second:
            eventually(lambda: SECRET in _text(two.rows(STORED.format("%s"), code)), SECONDS)
            pages = tuple(zip(tabs, (at_first, at_second), strict=True))
            for tab, page in pages:
                until_shown(tab, page)
            two.database.cut()
            gate.open()
            for tab, page in pages:
                until_blank(tab, page)
            eventually(lambda: _is_known_to_redis(two), SECONDS)
            two.first.kill()
            _leave_no_file(two.first)
            two.database.mend()
            eventually(lambda: is_ready(two.second), SECONDS)
            never_again(there, code, lambda: two.rows(CASES))
            at_second.until(WITHHELD)
        assert SECRET not in tabs[1].shown.text()
        assert two.rows(CASES) == [("finish", "open", "assistant")]
        ((state, text),) = two.turns(code)
        assert (state, len(text)) == ("filtered", LENGTH)
        eventually(lambda: not _is_known_to_redis(two), SECONDS)


def _is_known_to_redis(two: Cluster) -> bool:
    with redis.Redis.from_url(own_redis()) as client:
        return bool(client.hlen(f"{two.first.environment['CHATSITE_REDIS_PREFIX']}:flagged"))


def _leave_no_file(site: Site) -> None:
    """As if the process that was killed had run on another machine."""
    for path in site.data.glob("flagged-*"):
        path.unlink()


def _text(rows: list[tuple[Any, ...]]) -> str:
    """That of an open reply, as its checkpoint has it."""
    ((stored,),) = rows
    found = json.loads(stored) if isinstance(stored, str) else stored
    return "".join(part["text"] for part in found["parts"])
