"""Who may follow a conversation, and that following loses nothing: against the served site, over real sockets."""

import json
import re
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from conversations.live.outbox import MOST_UNCONFIRMED
from tests.served.follower import SECONDS, Follower, Tab, reloaded
from tests.served.gates import Gate, gate_of
from tests.served.glm import Glm
from tests.served.prepared import Prepared
from tests.served.site import PASSWORD, Site, Visitor, hexed, signed_in
from tests.waiting import eventually

pytestmark = pytest.mark.served

SIGNED_OUT, MISSING = 4401, 4404
AT_ONCE = 10.0  # the pulse, which finds everything in the end, comes only every fifteen seconds
OTHER_PASSWORD = "staple battery horse correct"


def numbers(count: int) -> str:
    """The text of so many gated deltas, as it reads."""
    return " ".join(f"{number:04d}" for number in range(1, count + 1))


def text_of_reply(site: Site, code: str) -> str:
    query = (
        "SELECT message.parts FROM conversations_message message JOIN conversations_conversation conversation"
        " ON conversation.id = message.conversation_id WHERE conversation.code = ? AND role = 'assistant'"
    )
    ((parts,),) = site.rows(query, hexed(code))
    return " ".join("".join(part["text"] for part in json.loads(parts)["parts"]).split())


def begun(visitor: Visitor, gate: Gate, deltas: int) -> str:
    """A conversation whose reply has so many deltas and waits for more."""
    gate.open(deltas)
    code = visitor.send(f"Count {gate.word}", "sandbox-gated-400")
    eventually(lambda: gate.state["passed"] == deltas and gate.state["waiting"] == 1, SECONDS)
    return code


@pytest.fixture
def gate(glm: Glm) -> Iterator[Gate]:
    with gate_of(glm.address) as gate:
        yield gate


class TestWhoMayFollow:
    @pytest.mark.parametrize("origin", ["http://elsewhere.example", "http://127.0.0.1:1", "null"])
    def test_pages_of_other_origins_are_refused(self, ann: Visitor, origin: str) -> None:
        with pytest.raises(InvalidStatus) as refusal:
            Follower(ann, str(uuid.uuid4()), origin=origin)
        assert refusal.value.response.status_code == HTTPStatus.FORBIDDEN

    def test_without_a_session_nothing_is_shown(self, ann: Visitor, shared_site: Site) -> None:
        code = ann.send("A secret", "sandbox-echo")
        with (
            httpx.Client(base_url=shared_site.address) as http,
            Follower(Visitor(shared_site, "nobody", http), code) as follower,
        ):
            assert follower.closed_with() == SIGNED_OUT
        assert follower.frames == []

    def test_a_conversation_of_somebody_else_is_missing(self, ann: Visitor, bob: Visitor) -> None:
        code = ann.send("A secret", "sandbox-echo")
        with Follower(bob, code) as follower:
            assert follower.closed_with() == MISSING
        assert "secret" not in follower.text

    def test_a_code_that_another_person_takes_shows_nothing_of_theirs(self, ann: Visitor, bob: Visitor) -> None:
        code = str(uuid.uuid4())
        with Follower(bob, code) as follower, Follower(ann, code) as own:
            ann.send("A secret", "sandbox-echo", code)
            own.until("A secret")
            ann.site.turn_states(code)
            mine = bob.send("My own", "sandbox-echo")
            follower.until("My own")  # the list: whatever came before it is here as well
        assert "secret" not in follower.text
        assert bob.http.get(f"/c/{code}/").status_code == HTTPStatus.NOT_FOUND
        assert bob.ask("Mine now", "sandbox-echo", code).status_code == HTTPStatus.NOT_FOUND
        assert mine != code


class TestEndOfARight:
    def test_signing_out_closes_the_pages_of_that_session_at_once(self, shared_site: Site, ann: Visitor) -> None:
        code = ann.send("Hello", "sandbox-echo")
        with signed_in(shared_site, "ann") as leaving, Follower(leaving, code) as left, Follower(ann, code) as stays:
            left.until("Hello")
            leaving.post("/accounts/logout/")
            assert left.closed_with(AT_ONCE) == SIGNED_OUT
            ann.post(f"/c/{code}/rename/", title="Still here")
            stays.until("Still here")
            assert stays.close_code is None
        assert "Still here" not in left.text

    def test_a_new_password_closes_other_sessions_for_good(self, shared_site: Site) -> None:
        with signed_in(shared_site, "carol") as here, signed_in(shared_site, "carol") as there:
            code = here.send("Hello", "sandbox-echo")
            with Follower(there, code) as follower:
                follower.until("Hello")
                change_password(here, PASSWORD, OTHER_PASSWORD)
                assert follower.closed_with(AT_ONCE) == SIGNED_OUT
            with Follower(there, code) as again:
                assert again.closed_with() == SIGNED_OUT
            with Follower(here, code) as own:
                own.until("Hello")
            change_password(here, OTHER_PASSWORD, PASSWORD)

    def test_closing_an_account_closes_its_pages(self, shared_site: Site) -> None:
        with signed_in(shared_site, "carol") as carol, signed_in(shared_site, "root") as root:
            code = carol.send("Hello", "sandbox-echo")
            with Follower(carol, code) as follower:
                follower.until("Hello")
                set_active(root, "carol", False)
                assert follower.closed_with(AT_ONCE) == SIGNED_OUT
            with Follower(carol, code) as again:
                assert again.closed_with() == SIGNED_OUT
            assert again.frames == []
            set_active(root, "carol", True)


def change_password(person: Visitor, old: str, new: str) -> None:
    answer = person.post("/accounts/password/change/", oldpassword=old, password1=new, password2=new)
    assert [each.status_code for each in answer.history] == [HTTPStatus.FOUND], answer.text


def set_active(root: Visitor, name: str, is_active: bool) -> None:
    site = root.site
    ((pk, code),) = site.rows("SELECT id, code FROM conversations_user WHERE username = ?", name)
    root.post(f"/people/{uuid.UUID(code)}/{'reopen' if is_active else 'close'}/", reason="A test of sockets")
    assert site.rows("SELECT is_active FROM conversations_user WHERE id = ?", pk) == [(int(is_active),)]


class TestNothingIsLost:
    def test_a_lost_connection_is_caught_up_without_gap_or_double(self, ann: Visitor, gate: Gate) -> None:
        tab = Tab(ann, begun(ann, gate, 25))
        with tab.online() as follower:
            follower.until("0025")
            gate.open(5)
            follower.until("0030")
            follower.cut()
        gate.open(170)
        eventually(lambda: gate.state["passed"] == 200, SECONDS)
        with tab.online() as follower:
            follower.until("0200")
            gate.open(3)
            follower.until("0203")
            follower.cut()
        gate.open()
        assert ann.site.turn_states(tab.code) == ["completed"]
        with tab.online() as follower:
            follower.until("AI-generated")
        assert numbers(400) in tab.shown.text()
        assert tab.shown.outline() == reloaded(ann, tab.code).outline()

    def test_a_slow_reader_gets_a_bounded_part_and_later_one_drawing_of_all(self, ann: Visitor, gate: Gate) -> None:
        code = ann.send("Hello", "sandbox-echo")
        ann.site.turn_states(code)
        tab = Tab(ann, code)
        with tab.online(confirms=False) as slow, Follower(ann, tab.code) as quick:
            ann.send(f"On and on {gate.word}", "sandbox-huge", tab.code)
            for _ in range(3):
                gate.open(1_000)  # half a megabyte
                eventually(lambda: gate.state["waiting"], SECONDS)
            gate.open()
            assert ann.site.turn_states(tab.code)[-1] == "completed"
            ann.post(f"/c/{tab.code}/rename/", title="The end of it")
            quick.until("The end of it")
            assert slow.size - len(slow.frames[-1]) <= MOST_UNCONFIRMED
            assert "The end of it" not in slow.text
            count = len(slow.frames)
            slow.confirm()
            slow.until("The end of it")
            snapshots = [frame for frame in slow.frames[count:] if "000001 The river" in frame]
        assert len(snapshots) == 1
        assert tab.shown.outline() == reloaded(ann, tab.code).outline()


class TestStop:
    def test_two_tabs_that_stop_at_once_stop_one_turn_where_it_is(
        self, ann: Visitor, shared_site: Site, gate: Gate
    ) -> None:
        code = begun(ann, gate, 7)
        with signed_in(shared_site, "ann") as second, Follower(second, code) as follower:
            follower.until("0007")
            (path,) = set(re.findall(r'action="([^"]+/stop/)"', ann.page(code)))
            with ThreadPoolExecutor(2) as both:
                answers = list(both.map(lambda person: person.post(path), (ann, second)))
            assert [answer.status_code for answer in answers] == [HTTPStatus.OK, HTTPStatus.OK]
            eventually(lambda: gate.state["left"] == 1, AT_ONCE)
            assert shared_site.turn_states(code) == ["stopped"]
            follower.until("You stopped this reply")
        assert text_of_reply(shared_site, code) == numbers(7)
        assert gate.state["requests"] == 1
        assert numbers(7) in reloaded(ann, code).text()


class TestManyAtOnce:
    def test_a_form_sent_eight_times_at_once_is_one_turn(self, ann: Visitor) -> None:
        code, key = str(uuid.uuid4()), str(uuid.uuid4())
        with ThreadPoolExecutor(8) as threads:
            sending = [threads.submit(ann.ask, "Once", "sandbox-echo", code, key) for _ in range(8)]
        assert [each.result().status_code for each in sending] == [HTTPStatus.OK] * 8
        assert ann.site.turn_states(code) == ["completed"]

    def test_fifty_new_conversations_at_once_all_get_their_reply(self, ann: Visitor) -> None:
        codes = [str(uuid.uuid4()) for _ in range(50)]
        with ThreadPoolExecutor(50) as threads:
            sending = [threads.submit(ann.ask, f"Hello {code}", "sandbox-echo", code) for code in codes]
        assert [each.result().status_code for each in sending] == [HTTPStatus.OK] * 50
        assert [ann.site.turn_states(code) for code in codes] == [["completed"]] * 50
        assert "database is locked" not in ann.site.output


def test_an_orderly_end_in_mid_reply_stores_all_that_was_seen(
    glm: Glm, gate: Gate, prepared: Prepared, tmp_path: Path
) -> None:
    with prepared.site(tmp_path / "data", **glm.settings) as site:
        with signed_in(site, "ann") as ann:
            code = begun(ann, gate, 12)
            with Follower(ann, code) as follower:
                follower.until("0012")
                assert site.stop() == 0
                follower.closed_with()
        assert site.turn_states(code) == ["interrupted"]
        assert text_of_reply(site, code) == numbers(12)
    assert "Traceback" not in site.output
