"""Answers in the background by the form, and the page of a person's jobs."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from http import HTTPStatus
from typing import Any

import httpx
import pytest
from django.test import Client

from conversations import clock, upstream
from conversations.models import Job, JobState, Turn, TurnState, User
from tests.jobs.conftest import glm as glm
from tests.jobs.fake_later import done, failed, receipt
from tests.jobs.ordering import fresh, ordered, stepped, submitted
from tests.jobs.test_made import ordered as of_image
from tests.people import person

from .pages import HTMX, html, send, words

NEW = uuid.UUID("019a0000-0000-7000-8000-000000000001")
LATER = {"later": "on"}


def decide(client: Client, job: Job, what: str, **fields: str) -> Any:
    return client.post(f"/jobs/{job.code}/{what}/", {"client_key": str(uuid.uuid4()), **fields})


class TestAQuestion:
    def test_may_be_answered_in_the_background(self, at_alice: Client, alice: User) -> None:
        assert send(at_alice, NEW, "What is a tide?", fields=LATER).status_code == HTTPStatus.SEE_OTHER
        job = Job.objects.get()
        assert (job.person, job.state, job.model_name) == (alice, JobState.QUEUED, "glm-5.3")
        assert Turn.objects.get().state == TurnState.DELEGATED

    def test_that_is_sent_twice_is_one_job(self, at_alice: Client) -> None:
        key = uuid.uuid4()
        for _ in range(2):
            send(at_alice, NEW, "Once?", key, fields=LATER)
        assert Job.objects.count() == 1

    def test_says_so_where_the_reply_will_be(self, at_alice: Client) -> None:
        send(at_alice, NEW, "What is a tide?", fields=LATER)
        page = at_alice.get(f"/c/{NEW}/")
        assert "Close the page if you like; you will be told." in words(page)
        assert f"/jobs/{Job.objects.get().code}/cancel/" in html(page)

    def test_is_answered_at_once_by_a_server_that_cannot(self, at_alice: Client, settings: Any) -> None:
        settings.ZHIPUAI_BASE_URL, settings.CHATSITE_MODELS = "http://glm.house:8000/v1", ("glm-5.3",)
        response = send(at_alice, NEW, "What is a tide?", fields=LATER, headers=HTMX)
        assert "cannot answer in the background" in words(response)
        assert (Job.objects.count(), Turn.objects.get().state) == (0, TurnState.QUEUED)
        assert 'name="later"' not in html(at_alice.get(f"/c/{NEW}/"))

    def test_is_answered_at_once_by_an_assistant(self, at_alice: Client, settings: Any) -> None:
        settings.CHATSITE_ASSISTANTS = {"glm-4-assistant:ChatGLM": "65940acff94777010aa6b796"}
        fields = {**LATER, "model": "glm-4-assistant:ChatGLM"}
        response = send(at_alice, NEW, "What is a tide?", fields=fields, headers=HTMX)
        assert "An assistant cannot answer in the background" in words(response)
        assert (Job.objects.count(), Turn.objects.get().state) == (0, TurnState.QUEUED)
        box = html(at_alice.get(f"/c/{NEW}/"))
        assert re.search(r'composer__later" data-needs="tuning" hidden', box)

    def test_is_refused_when_its_person_has_too_many(self, at_alice: Client, alice: User, settings: Any) -> None:
        settings.CHATSITE_JOBS_PER_PERSON = 1
        ordered(alice)
        response = send(at_alice, NEW, "One more?", fields=LATER, headers=HTMX)
        assert response.status_code == HTTPStatus.TOO_MANY_REQUESTS
        assert "You have 1 order in the background already. Nothing was sent" in words(response)
        assert Job.objects.count() == Turn.objects.count() == 1

    def test_is_taken_whatever_of_another_kind_its_person_has(
        self, at_alice: Client, alice: User, settings: Any
    ) -> None:
        settings.CHATSITE_JOBS_PER_PERSON = 1
        of_image(alice, "A heron")
        assert send(at_alice, NEW, "One more?", fields=LATER).status_code == HTTPStatus.SEE_OTHER
        assert Job.objects.count() == 2

    def test_is_refused_when_the_queue_is_full(self, at_alice: Client, bob: User, settings: Any) -> None:
        settings.CHATSITE_JOBS_WAITING = 1
        ordered(bob)
        response = send(at_alice, NEW, "One more?", fields=LATER)
        assert response.status_code == HTTPStatus.TOO_MANY_REQUESTS
        assert "The queue for the background is full." in words(response)
        assert "One more?" in html(response)


class TestThePage:
    def test_lists_what_its_person_has(self, at_alice: Client, alice: User, bob: User, glm: Any) -> None:
        glm(receipt(), done())
        stepped(submitted(alice, "The first?"))
        ordered(alice, "The second?")
        ordered(bob, "A secret?")
        page = words(at_alice.get("/jobs/"))
        assert "The first?" in page
        assert page.index("The second?") < page.index("The first?")
        assert "A secret?" not in page

    @pytest.mark.parametrize(
        ("key", "state"), [("running", "queued"), ("waiting", "unknown"), ("done", "succeeded"), ("ended", "expired")]
    )
    def test_shows_some_states_alone(self, key: str, state: str, at_alice: Client, alice: User) -> None:
        ordered(alice, "This one?")
        Job.objects.update(state=state)
        for each in ("running", "waiting", "done", "ended"):
            assert ("This one?" in html(at_alice.get(f"/jobs/?show={each}")).split('id="jobs"')[1]) is (each == key)

    def test_is_empty_in_words(self, at_alice: Client) -> None:
        page = at_alice.get("/jobs/?show=nonsense&page=9")
        assert "No jobs yet" in words(page)
        assert 'href="/make/image/"' in html(page).split('id="jobs"')[1]
        assert "No job is in this list." in words(at_alice.get("/jobs/?show=done"))

    @pytest.mark.parametrize(
        ("kind", "model", "told"),
        [
            ("completion", "glm-5.3", "usually about 20 s"),
            ("image", "cogview-4", "usually about 10 s"),
            ("video", "cogvideox-3", "usually about 4 min"),
        ],
    )
    def test_says_how_long_it_usually_takes(
        self, kind: str, model: str, told: str, at_alice: Client, alice: User
    ) -> None:
        job = ordered(alice)
        Job.objects.update(kind=kind, model_name=model, state=JobState.SUBMITTED, submitted_at=clock.now())
        assert told in words(at_alice.get("/jobs/"))
        assert job.conversation is not None
        assert told in words(at_alice.get(f"/c/{job.conversation.code}/"))

    def test_is_for_those_who_are_signed_in(self, at_stranger: Client) -> None:
        assert at_stranger.get("/jobs/").status_code == HTTPStatus.FOUND


class TestADecision:
    def test_only_concerns_ones_own(self, at_bob: Client, alice: User) -> None:
        job = ordered(alice)
        for what in ("cancel", "give-up", "fetch", "repeat"):
            assert decide(at_bob, job, what).status_code == HTTPStatus.NOT_FOUND
            assert at_bob.get(f"/jobs/{job.code}/{what}/").status_code == HTTPStatus.METHOD_NOT_ALLOWED

    def test_cancels(self, at_alice: Client, alice: User) -> None:
        job = ordered(alice)
        assert decide(at_alice, job, "cancel")["Location"] == "/jobs/"
        assert (fresh(job).state, Turn.objects.get().state) == (JobState.CANCELLED, TurnState.STOPPED)
        assert decide(at_alice, job, "cancel").status_code == HTTPStatus.CONFLICT

    def test_tries_again_with_another_job(self, at_alice: Client, alice: User, glm: Any) -> None:
        glm(receipt(), failed())
        job = stepped(submitted(alice))
        key = str(uuid.uuid4())
        for _ in range(2):
            decide(at_alice, job, "repeat", client_key=key)
        again = Job.objects.exclude(pk=job.pk).get()
        assert (again.state, again.conversation, fresh(job).state) == (
            JobState.QUEUED,
            job.conversation,
            JobState.FAILED,
        )

    def test_gives_up_what_nobody_knows_of_to_try_again(self, at_alice: Client, alice: User, glm: Any) -> None:
        glm(httpx.ReadTimeout("late"))
        job = stepped(ordered(alice))
        page = words(at_alice.get(f"/c/{Turn.objects.get().conversation.code}/"))
        assert "it is not sent again by itself" in page
        decide(at_alice, job, "repeat")
        assert (fresh(job).state, fresh(job).trouble) == (JobState.FAILED, "job_lost")
        assert Job.objects.filter(state=JobState.QUEUED).count() == 1

    def test_gives_nothing_up_for_an_order_that_is_refused(self, at_alice: Client, alice: User, glm: Any) -> None:
        glm(httpx.ReadTimeout("late"))
        job = stepped(ordered(alice))
        later = clock.now() + dt.timedelta(hours=1)
        User.objects.filter(pk=alice.pk).update(slowed_until=later, next_question_at=later)
        assert decide(at_alice, job, "repeat").status_code == HTTPStatus.TOO_MANY_REQUESTS
        assert (fresh(job).state, Turn.objects.get().state) == (JobState.UNKNOWN, TurnState.DELEGATED)
        assert decide(at_alice, job, "give-up").status_code == HTTPStatus.SEE_OTHER

    def test_fetches_again_what_did_not_come(
        self, at_alice: Client, alice: User, glm: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(upstream, "_sandbox_base", "http://127.0.0.1:9/api/paas/v4")
        link = {"url": "http://127.0.0.1:1/heron.png"}  # where nobody goes
        fake = glm(httpx.Response(200, json={"created": 1, "data": [link]}))
        job = stepped(of_image(alice, "A heron"))
        assert (job.state, job.trouble) == (JobState.FAILED, "link_dead")
        assert f"/jobs/{job.code}/fetch/" in html(at_alice.get("/jobs/"))
        key = str(uuid.uuid4())
        for _ in range(2):
            assert decide(at_alice, job, "fetch", client_key=key)["Location"] == "/jobs/"
        again = Job.objects.exclude(pk=job.pk).get()
        assert (again.state, again.kind, again.model_name) == (JobState.FETCHING, "image", job.model_name)
        assert (again.provider_id, again.result) == (job.provider_id, {"data": [link], "content_filter": []})
        assert (again.conversation, again.turn.state) == (job.conversation, TurnState.DELEGATED)
        assert stepped(again).state == JobState.FAILED  # it is still not there
        assert len(fake.orders) == 1

    def test_fetches_nothing_of_what_is_done_or_of_an_answer(self, at_alice: Client, alice: User, glm: Any) -> None:
        glm(receipt(), failed())
        answer = stepped(submitted(alice))
        picture = of_image(alice, "A heron")
        Job.objects.filter(pk=picture.pk).update(state=JobState.SUCCEEDED, provider_id="made")
        page = html(at_alice.get("/jobs/"))
        for job in (answer, picture):
            assert f"/jobs/{job.code}/fetch/" not in page
            assert decide(at_alice, job, "fetch").status_code == HTTPStatus.CONFLICT
        assert Job.objects.count() == 2

    def test_that_comes_too_late_is_told(self, at_alice: Client, alice: User) -> None:
        job = ordered(alice)
        for what in ("give-up", "fetch"):
            assert decide(at_alice, job, what).status_code == HTTPStatus.CONFLICT


def test_the_server_in_use_says_whether_it_answers_later(settings: Any) -> None:
    assert upstream.answers_later()
    settings.ZAI_API_KEY = "id.secret"
    assert upstream.answers_later()
    settings.ZAI_BASE_URL = "http://localhost:1"
    assert not upstream.answers_later()


def test_a_person_may_have_jobs_of_their_own_only() -> None:
    assert list(Job.objects.of(person())) == []
