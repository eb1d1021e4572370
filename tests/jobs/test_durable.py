"""The intent to spend money is on the disk before anything is sent."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest
from django.db import connections

from conversations.models import Job, JobState
from tests import people
from tests.jobs.fake_later import FakeLater, receipt
from tests.jobs.ordering import fresh, ordered, stepped

Glm = Callable[..., FakeLater]


@pytest.mark.django_db(transaction=True)
def test_an_order_is_told_once_its_intent_is_on_the_disk(glm: Glm, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[str, bool]] = []

    def look() -> None:
        seen.append((Job.objects.get().state, connections["default"].in_atomic_block))

    def take(request: httpx.Request) -> httpx.Response:
        seen.append(("told", False))
        return receipt()

    monkeypatch.setattr(connections["default"], "make_durable", look, raising=False)
    glm(take)
    stepped(ordered(people.person("ada")))
    assert seen == [(JobState.SUBMITTING, False), ("told", False)]


@pytest.mark.django_db(transaction=True)
def test_an_order_whose_intent_does_not_reach_the_disk_is_not_told(glm: Glm, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise OSError("broken")

    monkeypatch.setattr(connections["default"], "make_durable", fail, raising=False)
    fake = glm()
    job = stepped(ordered(people.person("ada")))
    assert (fake.orders, job.state) == ([], JobState.SUBMITTING)
    assert stepped(fresh(job)).state == JobState.UNKNOWN
