"""Two processes are one site: a reply is followed, stopped and kept wherever it runs, and outages cost a pause."""

from __future__ import annotations

import signal
import socket
import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from typing import cast

import httpx
import pytest

from tests.served.cluster import Cluster, cluster
from tests.served.flagging import flagged_before_three_tabs
from tests.served.follower import SECONDS, Tab, reloaded
from tests.served.glm import Gate, Glm
from tests.served.nginx import Behind
from tests.served.prepared import Prepared
from tests.served.site import Site, Visitor, signed_in
from tests.waiting import eventually

pytestmark = pytest.mark.served

MODEL = "sandbox-gated-400"
# What only takes patience otherwise: the reaper waits for a lease to end.
SHORT = {"CHATSITE_LEASE": 3, "CHATSITE_HEARTBEAT": 1, "CHATSITE_SWEEP": 0.5, "CHATSITE_GRACE": 20}
SERVICE_RESTART = 1012
SLOW = 0.03  # seconds more, each way, to either store
HELD = 0.2  # the same to PostgreSQL, so that a transaction can be met in the middle
# One that has written the call of the reply that it has taken, and is to be committed.
CLAIMED = """
SELECT pid FROM pg_stat_activity
 WHERE datname = current_database() AND state = 'idle in transaction'
   AND query LIKE 'INSERT INTO "conversations_upstreamcall"%%'
"""


@pytest.fixture
def two(tmp_path: Path, glm: Glm, prepared: Prepared) -> Iterator[Cluster]:
    with cluster(tmp_path / "cluster", prepared, **glm.settings, **SHORT) as running:
        running.second.start()
        yield running


@contextmanager
def ann_at(two: Cluster) -> Iterator[tuple[Visitor, Visitor]]:
    """Ann, signed in once, at each of the processes."""
    with (
        signed_in(two.first, "ann") as here,
        httpx.Client(base_url=two.second.address, cookies=here.http.cookies, timeout=60) as http,
    ):
        yield here, Visitor(two.second, "ann", http)


def numbers(first: int, last: int) -> str:
    """What these deltas of a gated reply read like."""
    return " ".join(f"{number:04d}" for number in range(first, last + 1))


def kept(text: str) -> str:
    return " ".join(text.split())


def is_ready(site: Site) -> bool:
    return httpx.get(f"{site.address}/readyz").status_code == HTTPStatus.OK


def begun(visitor: Visitor, gate: Gate, deltas: int) -> str:
    gate.open(deltas)
    code = visitor.send(f"Count {gate.word}", MODEL)
    eventually(lambda: gate.state["passed"] == deltas, SECONDS)
    return code


def test_a_reply_of_one_process_is_followed_stopped_and_kept_by_the_other(two: Cluster, glm: Glm) -> None:
    with ann_at(two) as (here, there):
        stopped, killed = glm.gate(), glm.gate()
        code = begun(here, stopped, 20)
        with Tab(there, code).online() as at_second, Tab(here, code).online() as at_first:
            for page in (at_first, at_second):
                page.until("0020")
            stopped.open(20)
            for page in (at_first, at_second):
                page.until("0040")
            ((turn,),) = two.rows("SELECT code FROM conversations_turn")
            there.post(f"/c/{code}/turns/{turn}/stop/")
            eventually(lambda: stopped.state["left"], SECONDS)
            for page in (at_first, at_second):
                page.until("You stopped this reply")
        (state, text), *_ = two.turns(code)
        assert (state, kept(text)) == ("stopped", numbers(1, 40))
        assert reloaded(here, code).text() == reloaded(there, code).text()

        code = begun(here, killed, 30)
        tab = Tab(there, code)
        with tab.online() as page:
            page.until("0030")
            two.first.kill()
            page.until("Cut off by a restart")
        (state, text), *_ = two.turns(code)
        assert (state, kept(text)) == ("interrupted", numbers(1, 30))
        assert tab.shown.text() == reloaded(there, code).text()
        killed.open()
        there.send("And now?", "sandbox-echo", code)
        assert [state for state, _ in two.turns(code)] == ["interrupted", "completed"]


WAITING = """
SELECT turn.state, call.code::text, call.state FROM conversations_turn turn
  JOIN conversations_conversation conversation ON conversation.id = turn.conversation_id
  JOIN conversations_toolcall call ON call.turn_id = turn.id
 WHERE conversation.code = %s
"""


def waiting(two: Cluster, visitor: Visitor, question: str) -> tuple[str, str]:
    """The codes of a conversation whose reply waits for its person, and of the call that it wants."""
    code = str(uuid.uuid4())
    chosen = {"functions": "calculator", "asks-calculator": "always", "model": "glm-4.7"}
    assert visitor.post(f"/c/{code}/tools/", **chosen).is_success
    visitor.send(question, "glm-4.7", code)
    eventually(lambda: [state for state, *_ in two.rows(WAITING, code)] == ["waiting"], SECONDS)
    ((_, call, _),) = two.rows(WAITING, code)
    return code, call


def test_a_reply_that_waits_for_its_person_goes_on_wherever_they_answer(two: Cluster) -> None:
    with ann_at(two) as (here, there):
        code, call = waiting(two, here, "What is 6 * 7? rate:0")
        paths = [(here, f"/c/{code}/calls/{call}/allow/"), (there, f"/c/{code}/calls/{call}/deny/")]
        assert "Needs your approval" in there.page(code)
        with Tab(there, code).online() as page:
            deciding = [threading.Thread(target=visitor.post, args=(path,)) for visitor, path in paths]
            for each in deciding:
                each.start()
            for each in deciding:
                each.join()
            ((state, text),) = two.turns(code)
            ((_, _, decided),) = two.rows(WAITING, code)
            assert (state, decided) in (("completed", "succeeded"), ("completed", "denied"))
            assert ("6 * 7 = 42" in text) == (decided == "succeeded")
            page.until("6 * 7 = 42" if decided == "succeeded" else "You refused")
        assert reloaded(here, code).text() == reloaded(there, code).text()

        code, call = waiting(two, here, "What is 6 * 8? rate:0")
        tab = Tab(there, code)
        with tab.online() as page:
            two.first.kill()
            assert there.post(f"/c/{code}/calls/{call}/allow/").status_code == HTTPStatus.SEE_OTHER
            page.until("AI-generated")
        ((state, text),) = two.turns(code)
        assert (state, text.count("6 * 8 = 48")) == ("completed", 2)  # in the call's result, and in the answer
        assert tab.shown.text() == reloaded(there, code).text()


def test_a_reply_that_glm_judges_leaves_the_pages_of_both(two: Cluster, glm: Glm) -> None:
    with ann_at(two) as (here, there):
        code = flagged_before_three_tabs(here, there, glm.gate())
        ((state, text),) = two.turns(code)
        assert (state, text.startswith("## The Lighthouse Clock")) == ("filtered", True)


def test_stores_go_and_come_back_and_nothing_is_lost_or_doubled(two: Cluster, glm: Glm) -> None:
    with ann_at(two) as (here, there):
        gate = glm.gate()
        code = begun(here, gate, 20)
        tab = Tab(there, code)
        with tab.online() as at_second, Tab(here, code).online() as at_first:
            at_second.until("0020")

            two.redis.cut()
            at_second.until("Slower than usual")
            gate.open(20)
            at_second.until("0040")  # by checkpoints
            assert there.send("Meanwhile?", "sandbox-echo")
            two.redis.mend()
            eventually(lambda: is_ready(two.first) and is_ready(two.second), SECONDS)

            two.database.cut()
            at_first.until("Nothing can be stored")
            gate.open(20)
            for page in (at_first, at_second):
                page.until("0060")
            key, other = str(uuid.uuid4()), str(uuid.uuid4())
            answer = here.ask("Is anybody there?", "sandbox-echo", other, key)
            assert (answer.status_code, answer.headers["Retry-After"]) == (HTTPStatus.SERVICE_UNAVAILABLE, "5")
            assert "cannot reach its database" in answer.text
            page_while_away = there.http.get(f"/c/{code}/", headers={"Accept-Language": "zh-CN"})
            assert page_while_away.status_code == HTTPStatus.SERVICE_UNAVAILABLE
            assert "马上回来" in page_while_away.text
            assert not is_ready(two.first)
            two.database.mend()
            eventually(lambda: is_ready(two.first) and is_ready(two.second), SECONDS)
            for visitor in (here, there):  # the page sends it again, and the proxy may have sent it twice
                visitor.send("Is anybody there?", "sandbox-echo", other, key)

            for relay in (two.redis, two.database):
                relay.slow(SLOW)
            gate.open(20)
            at_second.until("0080")
            for relay in (two.redis, two.database):
                relay.slow(0)
            gate.open()
            for page in (at_first, at_second):
                page.until("400 out")
        ((state, text),) = two.turns(code)
        assert (state, kept(text)) == ("completed", numbers(1, 400))
        assert tab.shown.text() == reloaded(there, code).text() == reloaded(here, code).text()
        assert tab.shown.text("outage") == ""
        assert [state for state, _ in two.turns(other)] == ["completed"]


def test_a_process_that_is_asked_to_end_lets_nobody_in_and_finishes_what_it_has(two: Cluster, glm: Glm) -> None:
    with ann_at(two) as (here, there):
        gate = glm.gate()
        code = begun(here, gate, 20)
        with Tab(here, code).online() as page, closing(HTTPConnection("127.0.0.1", two.first.port)) as kept_open:
            page.until("0020")
            assert asked(kept_open, "/readyz") == (HTTPStatus.OK, None)
            assert two.first.process is not None
            two.first.process.send_signal(signal.SIGTERM)
            eventually(lambda: refuses(two.first), SECONDS)
            assert asked(kept_open, "/readyz") == (HTTPStatus.SERVICE_UNAVAILABLE, "close")
            gate.open(20)
            page.until("0040")
            gate.open()
            assert page.closed_with() == SERVICE_RESTART
        assert two.first.process.wait(SECONDS) == 0
        ((state, text),) = two.turns(code)
        assert (state, kept(text)) == ("completed", numbers(1, 400))
        assert "400 out" in reloaded(there, code).text()


def test_a_question_that_was_taken_when_the_end_began_is_answered(two: Cluster) -> None:
    with ann_at(two) as (here, _), ThreadPoolExecutor(1) as threads:
        two.database.slow(HELD)
        code = str(uuid.uuid4())
        asking = threads.submit(here.ask, "Am I in time?", "sandbox-echo", code)
        eventually(lambda: two.rows(CLAIMED), SECONDS)
        assert two.first.process is not None
        two.first.process.send_signal(signal.SIGTERM)
        assert asking.result(SECONDS).status_code == HTTPStatus.OK
        two.database.slow(0)
        assert [state for state, _ in two.turns(code)] == ["completed"]


def asked(connection: HTTPConnection, path: str) -> tuple[int, str | None]:
    """Over a connection that is there already, as a proxy keeps them."""
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    return answer.status, answer.headers["Connection"]


def refuses(site: Site) -> bool:
    try:
        socket.create_connection(("127.0.0.1", site.port), timeout=1).close()
    except ConnectionRefusedError:
        return True
    return False


def test_both_are_started_anew_one_by_one_and_nobody_notices(two: Cluster) -> None:
    with signed_in(two.first, "ann") as here, through_proxy(two, here) as http:
        ann = Visitor(cast(Site, Behind(two.first, two.address)), "ann", http)
        answers: list[int] = []
        is_over = threading.Event()

        def write() -> None:
            while not is_over.is_set():
                code = str(uuid.uuid4())
                answers.append(ann.ask(f"Number {len(answers)}", "sandbox-echo", code).status_code)
                answers.append(ann.http.get(f"/c/{code}/").status_code)

        writing = threading.Thread(target=write)
        writing.start()
        try:
            for site in (two.first, two.second):
                assert site.stop() == 0
                site.start()
                eventually(lambda site=site: answers_again(two, site), SECONDS)
        finally:
            is_over.set()
            writing.join(SECONDS)
        assert set(answers) == {HTTPStatus.OK}
        codes = two.rows("SELECT code FROM conversations_conversation")
        assert 2 * len(codes) == len(answers)
        assert {state for (code,) in codes for state, _ in two.turns(code)} == {"completed"}


def through_proxy(two: Cluster, visitor: Visitor) -> httpx.Client:
    return httpx.Client(base_url=two.address, cookies=visitor.http.cookies, timeout=60)


def answers_again(two: Cluster, site: Site) -> bool:
    """Whether the proxy has noticed that a process is back: somebody or other is sent there."""
    httpx.get(f"{two.address}/healthz", cookies={"sessionid": uuid.uuid4().hex})
    return f"127.0.0.1:{site.port}" in two.nginx.lines.splitlines()[-1]
