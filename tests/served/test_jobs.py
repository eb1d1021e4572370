"""An answer in the background outlives the process that ordered it, and a database that goes away."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psycopg
import pytest

from tests.own_database import own_database
from tests.relay import Relay
from tests.served.gates import PLAIN
from tests.served.later import Later, serving
from tests.served.prepared import Prepared
from tests.served.site import SCRIPTED, Site, Visitor, clean_environment, hexed, signed_in
from tests.waiting import eventually

pytestmark = pytest.mark.served

STATES = """
SELECT job.state, turn.state, reply.parts FROM conversations_job job
  JOIN conversations_turn turn ON turn.id = job.turn_id
  JOIN conversations_message reply ON reply.id = turn.reply_id
  JOIN conversations_conversation conversation ON conversation.id = job.conversation_id
 WHERE conversation.code = ?
"""


def ordered(visitor: Visitor, text: str, model: str = "sandbox-plain") -> str:
    code = str(uuid.uuid4())
    fields = {"text": text, "model": model, "client_key": str(uuid.uuid4()), "later": "on"}
    assert visitor.post(f"/c/{code}/messages/", SCRIPTED, **fields).status_code == 200
    return code


def stands(site: Site, code: str) -> Callable[..., bool]:
    return lambda *states: bool(site.rows(STATES, hexed(code))) and site.rows(STATES, hexed(code))[0][0] in states


@pytest.fixture
def later() -> Iterator[Later]:
    with serving(Later(polls=10**6)) as glm:  # still at work, however often it is asked
        yield glm


@pytest.fixture
def database(tmp_path: Path, prepared: Prepared) -> Iterator[tuple[str, Relay]]:
    """One of PostgreSQL behind a relay, for one process that takes the steps itself."""
    with own_database() as url, Relay.before(url, 5432) as relay:
        prepared.on_server(tmp_path / "data", url)
        yield url, relay


def test_it_comes_though_the_database_is_away_meanwhile(
    later: Later, database: tuple[str, Relay], tmp_path: Path
) -> None:
    url, relay = database
    glm = {"ZHIPUAI_BASE_URL": later.address, "ZHIPUAI_API_KEY": "id.secret", "CHATSITE_MODELS": "glm-5.3"}
    quick = {"CHATSITE_JOB_POLL": "0.3", "CHATSITE_JOB_TIMEOUT": 1, "CHATSITE_CONNECT_TIMEOUT": 1}
    own = {"DATABASE_URL": relay.address(url), "CHATSITE_LATER": "yes", "CHATSITE_TITLES": "false"}
    with Site(tmp_path / "data", clean_environment(), **glm, **quick, **own) as site, signed_in(site, "ann") as ann:
        codes = [ordered(ann, f"order-{n}", "glm-5.3") for n in range(3)]
        eventually(lambda: states(url) == ["submitted"] * len(codes), 60)
        relay.cut()
        asked = later.asked.total()
        eventually(lambda: not is_ready(site), 60)
        relay.mend()
        eventually(lambda: is_ready(site), 60)
        eventually(lambda: later.asked.total() > asked, 90)
        later.polls = 2
        for n, code in enumerate(codes):
            eventually(lambda n=n, code=code: f"The answer to task-{n}." in ann.page(code), 90)
        assert set(later.orders.values()) == {1}


def states(url: str) -> list[str]:
    """Of all jobs, read past the relay."""
    with psycopg.connect(url) as connection:
        return [state for (state,) in connection.execute("SELECT state FROM conversations_job ORDER BY id")]


def is_ready(site: Site) -> bool:
    return httpx.get(f"{site.address}/readyz", timeout=60, **PLAIN).is_success


def test_it_comes_though_the_process_is_killed_meanwhile(prepared: Prepared, own_site: Site) -> None:
    with signed_in(own_site, "ann") as ann:
        code = ordered(ann, "Tell me a story wait:3")
        is_in = stands(own_site, code)
        eventually(lambda: is_in("submitted"))
        own_site.kill()
        own_site.start()
        eventually(lambda: is_in("succeeded"), 60)
        ((_, turn, parts),) = own_site.rows(STATES, hexed(code))
        assert turn == "completed"
        assert len("".join(part["text"] for part in json.loads(parts)["parts"])) > 50
        assert "is here." in ann.http.get("/notices/").text
