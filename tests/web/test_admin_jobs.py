"""Jobs in the admin: what went over the wire, and decisions about what nobody knows of."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import httpx
import pytest
from django.test import Client

from conversations.accounts import add_person
from conversations.defaults import ADMINISTRATOR, REVIEWER, sync_defaults
from conversations.models import AuditEntry, Job, JobState, User
from tests.jobs.conftest import glm as glm
from tests.jobs.fake_later import done
from tests.jobs.ordering import fresh, ordered, stepped

from .pages import html, words

Browser = Callable[[User | None], Client]


@pytest.fixture
def at_administrator(browser: Browser) -> Client:
    sync_defaults()
    return browser(add_person("root", "a good password", ADMINISTRATOR))


@pytest.fixture
def unknown(alice: User, glm: Any) -> Job:
    glm(httpx.ReadTimeout("late"), done("Found."))
    return stepped(ordered(alice, "Asked words"))


def door(job: Job, name: str) -> str:
    return f"/admin/conversations/job/{job.pk}/{name}/"


def decide(client: Client, job: Job, **fields: str) -> Any:
    return client.post(door(job, "decide"), {"reason": "seen at GLM", **fields}, follow=True)


def test_the_record_shows_no_words(at_administrator: Client, unknown: Job) -> None:
    for path in ("/admin/conversations/job/", f"/admin/conversations/job/{unknown.pk}/change/"):
        page = html(at_administrator.get(path))
        assert str(unknown.code) in page
        assert "Asked words" not in page
    assert door(unknown, "decide") in page


def test_the_wire_is_shown_after_a_reason_which_is_kept(at_administrator: Client, unknown: Job) -> None:
    assert "timeout" not in words(at_administrator.get(door(unknown, "exchange")))
    assert "timeout" not in words(at_administrator.post(door(unknown, "exchange"), {"reason": ""}))
    shown = at_administrator.post(door(unknown, "exchange"), {"reason": "a complaint"})
    assert "timeout" in words(shown)
    assert "no-store" in shown["Cache-Control"]
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.reason) == ("job.looked", "a complaint")


def test_a_job_is_looked_up_by_the_id_that_it_has_at_glm(at_administrator: Client, unknown: Job) -> None:
    assert "Say under which id" in words(decide(at_administrator, unknown, decision="look_up"))
    assert "Decided." in words(decide(at_administrator, unknown, decision="look_up", provider_id="task-1"))
    assert AuditEntry.objects.get().action == "job.decided"
    assert stepped(unknown).state == JobState.SUCCEEDED


def test_a_job_is_counted_as_failed(at_administrator: Client, unknown: Job) -> None:
    assert decide(at_administrator, unknown, decision="give_up", reason="").status_code == HTTPStatus.OK
    assert fresh(unknown).state == JobState.UNKNOWN
    decide(at_administrator, unknown, decision="give_up")
    assert fresh(unknown).state == JobState.FAILED
    assert "nothing was changed" in words(decide(at_administrator, unknown, decision="give_up"))
    assert AuditEntry.objects.count() == 1


@pytest.mark.parametrize("name", ["exchange", "decide"])
def test_the_doors_are_for_administrators(name: str, browser: Browser, unknown: Job) -> None:
    sync_defaults()
    reviewer = add_person("rita", "a good password", REVIEWER)
    assert browser(reviewer).get(door(unknown, name)).status_code in (HTTPStatus.NOT_FOUND, HTTPStatus.FOUND)


@pytest.mark.parametrize("door", ["job/{}/exchange/", "conversation/{}/look/", "flagrule/{}/delete/"])
@pytest.mark.parametrize("key", ["x", "²", "9" * 5000])
def test_what_is_no_key_leads_nowhere(key: str, door: str, at_administrator: Client) -> None:
    address = f"/admin/conversations/{door.format(key)}"
    assert at_administrator.post(address, {"reason": "to see"}).status_code == HTTPStatus.NOT_FOUND
