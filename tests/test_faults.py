"""A fault of the account at GLM: told once, not asked for in vain, over when GLM answers."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from conversations import clock, faults, upstream
from conversations.models import Fault, Notice, NoticeKind, Turn, TurnState, UpstreamCall, User
from conversations.turns.claim import claim
from tests import people
from tests.fake_glm import refusal, stop, text
from tests.turns.running import ran

pytestmark = pytest.mark.django_db

MODEL = "glm-5.3"


@pytest.fixture(autouse=True)
def _a_real_account(settings: Any) -> None:
    settings.ZHIPUAI_API_KEY = "id.secret"


@pytest.fixture
def root() -> User:
    return people.administrator()


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Moves the clock on, by seconds."""
    real, gone = clock.now, [0.0]
    monkeypatch.setattr(clock, "now", lambda: real() + dt.timedelta(seconds=gone[0]))

    def move(seconds: float) -> None:
        gone[0] += seconds

    return move


def met(code: str = "1113", status: int = 429, model: str = MODEL, message: str = "") -> Fault:
    faults.heard(upstream.current(), model, refusal(code, status, message), "req-1")
    return Fault.objects.lasting().latest("pk")


def asked(somebody: User, model: str = MODEL) -> Turn:
    """After a process has tried to take it."""
    turn = people.asked_of(somebody, model)
    claim(turn.pk, people.RUNNER)
    return people.fresh(turn)


def told(root: User) -> list[Notice]:
    return list(Notice.objects.filter(person=root, kind=NoticeKind.FAULT).order_by("pk"))


class TestWhileItLasts:
    def test_nobody_is_asked_in_vain(self, root: User) -> None:
        met()
        for model in (MODEL, "glm-4.6"):
            turn = asked(people.person(), model)
            assert (turn.state, turn.trouble, turn.trouble_code) == (TurnState.FAILED, "money", "1113")
        assert UpstreamCall.objects.count() == 0

    def test_one_of_a_model_concerns_that_model_only(self, root: User) -> None:
        met("1220", 403)
        assert asked(people.person()).trouble == "not_allowed"
        assert asked(people.person(), "glm-4.6").state == TurnState.RUNNING

    def test_the_time_of_a_reset_is_told_and_waited_for(self, later: Any) -> None:
        moment = clock.now() + dt.timedelta(hours=2)
        beijing = moment.astimezone(dt.timezone(dt.timedelta(hours=8)))
        met("1310", 429, message=f"reset {beijing:%Y-%m-%d %H:%M:%S}")
        turn = asked(people.person())
        assert (turn.trouble, turn.resets_at) == ("paused_until", moment.replace(microsecond=0))
        later(3600)
        assert asked(people.person()).state == TurnState.FAILED
        later(3601)
        assert asked(people.person()).state == TurnState.RUNNING

    def test_the_cap_of_a_day_ends_at_midnight_in_china(self) -> None:
        fault = met("1304")
        assert fault.resets_at is not None
        local = fault.resets_at.astimezone(dt.timezone(dt.timedelta(hours=8)))
        assert (local.hour, local.minute, local.second) == (0, 0, 0)
        assert dt.timedelta() < fault.resets_at - clock.now() <= dt.timedelta(days=1)

    def test_administrators_are_told_once(self, root: User) -> None:
        for _ in range(3):
            met()
        (notice,) = told(root)
        assert (notice.data["code"], notice.data["is_over"]) == ("1113", False)

    def test_administrators_are_told_of_something_else(self, root: User) -> None:
        met()
        met("1000", 401)
        assert [notice.data["kind"] for notice in told(root)] == ["money", "key"]
        assert Fault.objects.lasting().count() == 1

    def test_members_are_told_nothing_more(self, root: User) -> None:
        member = people.person()
        met()
        assert Notice.objects.filter(person=member).count() == 0

    def test_no_query_is_made_while_there_is_none(self, django_assert_num_queries: Any) -> None:
        source = upstream.current()
        with django_assert_num_queries(0):
            assert faults.in_the_way(source, MODEL) is None
            faults.answered(source, MODEL, clock.now())


class TestAfterAWhile:
    def test_one_question_goes_through(self, later: Any) -> None:
        met()
        later(31)
        first, second = asked(people.person()), asked(people.person())
        assert (first.state, second.state) == (TurnState.RUNNING, TurnState.FAILED)

    def test_the_while_gets_longer_each_time(self, later: Any) -> None:
        pauses = []
        for _ in range(8):
            fault = met()
            pauses.append(round((fault.closed_until - clock.now()).total_seconds()))
        assert pauses == [30, 60, 120, 240, 480, 900, 900, 900]

    def test_an_administrator_need_not_wait(self) -> None:
        assert faults.try_again(met())
        assert asked(people.person()).state == TurnState.RUNNING

    def test_another_process_knows_it_too(self, monkeypatch: pytest.MonkeyPatch) -> None:
        met()
        monkeypatch.setattr(faults, "_known", ())
        faults.refresh()
        assert asked(people.person()).state == TurnState.FAILED


class TestItsEnd:
    async def test_comes_with_an_answer(self, root: User) -> None:
        ada = await sync_to_async(people.person)()
        fault = await sync_to_async(met)()
        await sync_to_async(faults.try_again)(fault)
        turn = await sync_to_async(people.asked_of)(ada, MODEL)
        turn, _ = await ran(turn, [*text("Hi"), *stop()])
        assert turn.state == TurnState.COMPLETED
        assert not faults.known()
        began, over = await sync_to_async(told)(root)
        assert (began.read_at is not None, over.data["is_over"]) == (True, True)

    def test_does_not_come_with_an_answer_from_before(self) -> None:
        asked_at = clock.now()
        met()
        faults.answered(upstream.current(), MODEL, asked_at)
        assert Fault.objects.lasting().count() == 1

    def test_comes_with_another_key(self, settings: Any) -> None:
        met()
        settings.ZHIPUAI_API_KEY = "another.secret"
        assert asked(people.person()).state == TurnState.RUNNING
        faults.end_all_but(upstream.current())
        assert Fault.objects.lasting().count() == 0


class TestInTheSandbox:
    @pytest.fixture(autouse=True)
    def _simulated(self, settings: Any) -> None:
        settings.ZHIPUAI_API_KEY = ""

    def test_a_model_stands_for_an_account(self) -> None:
        met(model="sandbox-no-money")
        assert asked(people.person(), "sandbox-no-money").state == TurnState.FAILED
        assert asked(people.person(), MODEL).state == TurnState.RUNNING

    def test_a_phrase_concerns_its_question_only(self) -> None:
        faults.heard(upstream.current(), MODEL, refusal("1113", 429))
        assert Fault.objects.count() == 0


def test_the_key_stands_nowhere() -> None:
    fault = met()
    assert "secret" not in "".join(map(str, Fault.objects.filter(pk=fault.pk).values_list().get()))
