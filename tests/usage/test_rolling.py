"""The sums of days are those over their calls, whatever happens in between."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from conversations import clock, usage
from conversations.models import UpstreamCall, UsageDay
from conversations.models.usage import EVERYBODY
from conversations.usage import Scope
from conversations.usage.rolling import MARGIN
from tests.usage.calls import ANN, BEN, CUT, NEVER_SENT, NOON, REFUSED, REFUSED_IN_STREAM, RUNNING, UNTOLD, call, many

pytestmark = pytest.mark.django_db

TOKENS = ("prompt_tokens", "completion_tokens", "reasoning_tokens", "cached_tokens")


@pytest.fixture(autouse=True)
def _it_is_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON + dt.timedelta(minutes=1))


def added_up(zone: str = "UTC") -> Counter[Any]:
    """The sums, made by hand from every call."""
    sums: Counter[Any] = Counter()
    for each in UpstreamCall.objects.exclude(ended_at=None):
        day = each.started_at.astimezone(ZoneInfo(zone)).date()
        key = (day, each.person_code, each.upstream, each.model_asked, each.kind)
        sums[(*key, "calls")] += 1
        for name in TOKENS:
            sums[(*key, name)] += getattr(each, name) or 0
    return +sums


def kept() -> Counter[Any]:
    sums: Counter[Any] = Counter()
    for row in UsageDay.objects.exclude(person_code=EVERYBODY):
        key = (row.day, row.person_code, row.upstream, row.model_name, row.kind)
        sums[(*key, "calls")] = row.call_count
        for name in TOKENS:
            sums[(*key, name)] = getattr(row, name)
    return +sums


@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai", "America/New_York"])
def test_they_are_those_over_the_calls(zone: str, settings: Any) -> None:
    settings.TIME_ZONE = zone
    many(80, seed=7)
    usage.roll_up()
    assert kept() == added_up(zone)
    whole = sum(each.call_count for each in UsageDay.objects.filter(person_code=EVERYBODY))
    assert whole == UpstreamCall.objects.exclude(ended_at=None).count() > 40


def test_once_more_changes_nothing() -> None:
    many(30, seed=3)
    usage.roll_up()
    before = set(UsageDay.objects.values_list())
    usage.roll_up()
    assert set(UsageDay.objects.values_list()) == before


def test_what_ends_later_is_added_to_the_day_it_began(monkeypatch: pytest.MonkeyPatch) -> None:
    old = call(started_at=NOON - dt.timedelta(days=9), **RUNNING)
    call()
    usage.roll_up()
    assert UsageDay.objects.filter(day=old.started_at.date()).count() == 0
    monkeypatch.setattr(clock, "now", lambda: NOON + dt.timedelta(days=1))
    UpstreamCall.objects.filter(pk=old.pk).update(ended_at=clock.now(), finish="interrupted")
    assert usage.roll_up() == 10
    assert kept() == added_up()


def test_only_days_that_changed_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    many(20, seed=5)
    assert usage.roll_up() >= 4
    later = NOON + MARGIN + dt.timedelta(minutes=10)
    monkeypatch.setattr(clock, "now", lambda: later)
    usage.roll_up()
    monkeypatch.setattr(clock, "now", lambda: later + MARGIN + dt.timedelta(seconds=1))
    assert usage.roll_up() == 0
    call(started_at=clock.now(), ended_at=clock.now())
    assert usage.roll_up() == 1
    assert kept() == added_up()


def test_another_zone_has_other_days(settings: Any) -> None:
    many(30, seed=11)
    usage.roll_up()
    settings.TIME_ZONE = "Pacific/Auckland"
    usage.roll_up()
    assert kept() == added_up("Pacific/Auckland")


def test_calls_that_are_gone_leave_no_row_behind() -> None:
    call(model_asked="glm-4.6")
    call()
    usage.roll_up()
    UpstreamCall.objects.filter(model_asked="glm-4.6").delete()
    usage.roll_up()
    assert {row.model_name for row in UsageDay.objects.all()} == {"glm-5.3"}


@pytest.mark.parametrize(
    ("end", "unknown", "failed"),
    [
        ({}, 0, 0),
        (UNTOLD, 1, 0),
        (CUT, 1, 1),
        (REFUSED, 0, 1),
        (REFUSED_IN_STREAM, 0, 1),
        (NEVER_SENT, 0, 1),
    ],
    ids=["told", "untold", "cut off", "refused", "refused in a stream", "never sent"],
)
def test_what_glm_did_not_tell_is_unknown_and_what_it_refused_is_nothing(
    end: dict[str, Any], unknown: int, failed: int
) -> None:
    call(**end)
    usage.roll_up()
    (used,) = usage.by_model(Scope(NOON.date(), NOON.date())).values()
    assert (used.prompt.unknown, used.unknown_count, used.failed_count) == (unknown, unknown, failed)
    assert used.prompt.is_unknown == bool(unknown)


class TestReading:
    def test_every_day_of_the_span_is_there(self) -> None:
        call()
        usage.roll_up()
        days = usage.by_day(Scope(NOON.date() - dt.timedelta(days=6), NOON.date()))
        assert len(days) == 7
        assert [used.tokens for used in days.values()] == [0] * 6 + [110]

    def test_the_parts_add_up_to_the_whole_by_any_name(self) -> None:
        many(60, seed=13)
        usage.roll_up()
        scope = Scope(NOON.date() - dt.timedelta(days=6), NOON.date())
        whole = usage.together(usage.by_day(scope).values())
        for parts in (usage.by_model(scope), usage.by_kind(scope), usage.by_person(scope, 10)):
            assert usage.together(parts.values()) == whole

    def test_a_scope_leaves_out_what_is_not_asked_for(self) -> None:
        many(60, seed=17)
        usage.roll_up()
        scope = Scope(NOON.date() - dt.timedelta(days=6), NOON.date(), ANN, "glm-4.6", "chat")
        whole = usage.together(usage.by_day(scope).values())
        wanted = UpstreamCall.objects.filter(
            person_code=ANN, model_asked="glm-4.6", kind="chat", ended_at__isnull=False
        )
        assert whole.call_count == wanted.count() > 0
        assert whole.prompt.known == sum(each.prompt_tokens or 0 for each in wanted)

    def test_those_who_used_most_come_first(self) -> None:
        call(prompt_tokens=5)
        call(person_code=BEN, prompt_tokens=500)
        usage.roll_up()
        assert list(usage.by_person(Scope(NOON.date(), NOON.date()), 1)) == [BEN]
