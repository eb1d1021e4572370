"""Who may take which step, and whose turn it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from django.db import OperationalError

from conversations import clock, jobs
from conversations.jobs import Ticket, claims
from conversations.models import Job, JobState, Turn, TurnState, User
from conversations.rooms import rooms
from conversations.turns import queue
from tests import people
from tests.jobs.fake_later import FakeLater, done, receipt, working
from tests.jobs.ordering import fresh, ordered, stepped, submitted, taken, turn_of

pytestmark = pytest.mark.django_db

Glm = Callable[..., FakeLater]


def moved(job: Job, **times: dt.timedelta) -> None:
    """Put times of a job where a test wants them, as seen from now."""
    Job.objects.filter(pk=job.pk).update(**{name: clock.now() + by for name, by in times.items()})


class TestATicket:
    def test_is_given_once(self, ada: User, glm: Glm) -> None:
        glm(receipt())
        job = submitted(ada)
        first = taken(job)
        assert jobs.take_due(10) == []
        assert fresh(job).lease_token == first.token

    def test_is_void_once_the_lease_is_over_and_somebody_else_has_one(self, ada: User, glm: Glm) -> None:
        fake = glm(receipt(), done("From the second."))
        job = submitted(ada)
        first, second = taken(job), taken(job)
        assert second.token == first.token + 1
        assert jobs.advance(first) is None
        assert len(fake.asked) == 0
        assert jobs.advance(second) is not None
        assert turn_of(job).state == TurnState.COMPLETED

    def test_that_is_overtaken_while_it_waits_for_glm_writes_nothing(self, ada: User, glm: Glm) -> None:
        def overslept(request: httpx.Request) -> httpx.Response:
            assert jobs.advance(taken(job)) is not None
            return done("From the first, too late.")

        glm(receipt(), overslept, done("From the second."))
        job = submitted(ada)
        assert jobs.advance(taken(job)) is None
        assert turn_of(job).reply.parts == people.text_part("From the second.")

    def test_that_is_overtaken_while_it_hands_over_makes_no_second_order(self, ada: User, glm: Glm) -> None:
        def overslept(request: httpx.Request) -> httpx.Response:
            jobs.advance(taken(fresh(job)))
            return receipt()

        fake = glm(overslept)
        job = ordered(ada)
        assert jobs.advance(taken(job)) is None
        assert (fresh(job).state, len(fake.orders)) == (JobState.UNKNOWN, 1)

    def test_that_was_used_late_lasts_for_the_whole_of_handing_over(self, ada: User, glm: Glm) -> None:
        def look(_request: httpx.Request) -> httpx.Response:
            assert fresh(job).lease_until - clock.now() > claims.lease() / 2
            return receipt()

        glm(look)
        job = ordered(ada)
        ticket = taken(job)
        moved(job, lease_until=dt.timedelta(seconds=1), next_poll_at=dt.timedelta(seconds=1))
        assert jobs.advance(ticket) is not None
        assert fresh(job).state == JobState.SUBMITTED

    def test_for_a_job_that_was_cancelled_meanwhile_does_nothing(self, ada: User, glm: Glm) -> None:
        fake = glm()
        job = ordered(ada)
        ticket = taken(job)
        assert jobs.cancel(job) is jobs.Decided.DONE
        assert jobs.advance(ticket) is None
        assert (fake.orders, fake.asked, fresh(job).next_poll_at) == ([], [], None)

    def test_for_a_job_that_is_gone_does_nothing(self, ada: User) -> None:
        job = ordered(ada)
        ticket = taken(job)
        job.delete()
        assert jobs.advance(ticket) is None
        assert jobs.advance(Ticket(0, ticket.code, "queued", 1)) is None


class TestWhatIsDue:
    def test_is_asked_for_in_growing_pauses(self, ada: User, glm: Glm, settings: Any) -> None:
        settings.CHATSITE_JOB_POLL = (2, 3, 5)
        glm(receipt(), *[working()] * 4)
        job = submitted(ada)
        for pause in (2, 3, 5, 5):
            found = fresh(job)
            assert found.next_poll_at is not None
            wait = (found.next_poll_at - clock.now()).total_seconds()
            assert 0.7 * pause <= wait <= 1.15 * pause
            stepped(job)

    def test_is_what_was_put_far_off_by_a_clock_that_was_set_back(self, ada: User, glm: Glm) -> None:
        glm(receipt())
        job = submitted(ada)
        moved(job, next_poll_at=dt.timedelta(seconds=30))
        assert jobs.take_due(10) == []
        moved(job, next_poll_at=dt.timedelta(days=1))
        assert [each.job_id for each in jobs.take_due(10)] == [job.pk]

    def test_is_brought_home_though_the_clock_jumped_beyond_the_deadline(self, ada: User, glm: Glm) -> None:
        glm(receipt(), done())
        job = submitted(ada)
        moved(job, deadline_at=-dt.timedelta(days=3))
        assert stepped(job).state == JobState.SUCCEEDED

    def test_expires_when_glm_is_still_at_work_at_the_deadline(self, ada: User, glm: Glm) -> None:
        glm(receipt(), working())
        job = submitted(ada)
        moved(job, deadline_at=-dt.timedelta(seconds=1))
        assert stepped(job).state == JobState.EXPIRED
        assert (turn_of(job).state, turn_of(job).trouble) == (TurnState.FAILED, "timeout")

    @pytest.mark.parametrize(
        "answer",
        [
            httpx.Response(500, json={"error": {"code": "500", "message": "no"}}),
            httpx.Response(429, json={"error": {"code": "1302", "message": "no"}}),
            httpx.Response(404, json={"error": {"code": "1214", "message": "id"}}),
            httpx.Response(502, html="<html>"),
            httpx.Response(200, text="<html>"),
            httpx.ReadTimeout("late"),
            httpx.ConnectError("no"),
        ],
    )
    def test_lives_on_whatever_goes_wrong_with_the_question(
        self, answer: httpx.Response | Exception, ada: User, glm: Glm
    ) -> None:
        glm(receipt(), answer, answer, done())
        job = submitted(ada)
        moved(job, deadline_at=-dt.timedelta(hours=2))
        job = stepped(job)
        assert (job.state, job.failure_count) == (JobState.SUBMITTED, 1)
        job = stepped(job)
        assert (job.failure_count, len(job.exchange)) == (2, 2)
        assert stepped(job).state == JobState.SUCCEEDED

    def test_is_taken_again_when_the_database_is_full(
        self, ada: User, glm: Glm, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*_: object) -> None:
            raise OperationalError("database or disk is full")

        glm(receipt(), done(), done())
        job = submitted(ada)
        with monkeypatch.context() as patched:
            patched.setattr(jobs.kind_of("completion"), "deliver", lambda *_: full)
            with pytest.raises(OperationalError):
                jobs.advance(taken(job))
        assert (fresh(job).state, turn_of(job).state) == (JobState.SUBMITTED, TurnState.DELEGATED)
        assert stepped(job).state == JobState.SUCCEEDED

    def test_is_given_up_a_day_after_its_deadline(self, ada: User, glm: Glm) -> None:
        glm(receipt(), httpx.ConnectError("no"))
        job = submitted(ada)
        moved(job, deadline_at=-dt.timedelta(hours=25))
        assert stepped(job).state == JobState.EXPIRED

    def test_is_not_stopped_for_ever_by_a_mistake_of_ours(self, ada: User, glm: Glm) -> None:
        def broken(request: httpx.Request) -> httpx.Response:
            raise ZeroDivisionError

        glm(receipt(), *[broken] * 21)
        job = submitted(ada)
        for _ in range(20):
            job = stepped(job)
            assert job.state == JobState.SUBMITTED
        assert stepped(job).state == JobState.FAILED


class TestWhoWaits:
    def test_goes_in_turns_whoever_has_many(self, ada: User) -> None:
        many = [ordered(ada) for _ in range(4)]
        one = ordered(people.person())
        assert [each.job_id for each in jobs.take_queued(10)] == [many[0].pk, one.pk]

    def test_has_no_more_at_glm_than_a_person_may(self, ada: User, glm: Glm, settings: Any) -> None:
        settings.CHATSITE_JOBS_AT_ONCE = 2
        glm(receipt("task-1"), receipt("task-2"), done())
        first, second, third = [ordered(ada) for _ in range(3)]
        stepped(first)
        stepped(second)
        assert jobs.take_queued(10) == []
        stepped(first)
        assert [each.job_id for each in jobs.take_queued(10)] == [third.pk]

    def test_counts_those_who_are_taken_and_not_yet_on_their_way(self, ada: User, settings: Any) -> None:
        settings.CHATSITE_JOBS_AT_ONCE = 2
        first, second, third = [ordered(ada) for _ in range(3)]
        assert [each.job_id for _ in range(3) for each in jobs.take_queued(10)] == [first.pk, second.pk]
        moved(first, next_poll_at=-dt.timedelta(seconds=1), lease_until=-dt.timedelta(seconds=1))
        assert [each.job_id for _ in range(2) for each in jobs.take_queued(10)] == [first.pk]
        assert fresh(third).lease_token == 0

    def test_counts_each_kind_for_itself(self, ada: User, glm: Glm, settings: Any) -> None:
        settings.CHATSITE_JOBS_AT_ONCE = 1
        glm(receipt())
        submitted(ada)
        answer, video = ordered(ada), ordered(ada)
        Job.objects.filter(pk=video.pk).update(kind="video")
        assert [each.job_id for each in jobs.take_queued(10)] == [video.pk]
        assert fresh(answer).lease_token == 0

    def test_waits_for_a_place_among_the_requests_of_a_model(self, ada: User, settings: Any) -> None:
        settings.CHATSITE_REQUESTS_AT_ONCE = 1
        running = people.running(people.person())
        job = ordered(ada)
        assert jobs.take_queued(10) == []
        Turn.objects.filter(pk=running.pk).update(state=TurnState.INTERRUPTED)
        assert [each.job_id for each in jobs.take_queued(10)] == [job.pk]

    def test_lets_people_who_watch_go_first(self, ada: User) -> None:
        ordered(ada)
        people.asked(people.person())
        assert jobs.take_queued(10) == []

    def test_does_not_wait_for_people_who_want_another_model(self, ada: User) -> None:
        job = ordered(ada)
        people.asked_of(people.person(), "sandbox-echo")
        assert [each.job_id for each in jobs.take_queued(10)] == [job.pk]

    def test_takes_places_that_replies_do_not_get(self, ada: User, glm: Glm, settings: Any) -> None:
        settings.CHATSITE_REQUESTS_AT_ONCE = 1
        glm(receipt())
        submitted(ada)
        claims.note_places()
        waiting = people.asked(people.person())
        assert not queue.has_place(waiting)
        assert queue.take_waiting("here", 10)[0] == []
        Job.objects.update(state=JobState.SUCCEEDED)
        claims.note_places()
        assert rooms.take_waiting(1, 1, people.MODEL, 1)

    def test_is_pushed_back_by_glm_for_a_while(self, ada: User, glm: Glm) -> None:
        glm(httpx.ConnectError("no"))
        job = stepped(ordered(ada))
        assert jobs.take_queued(10) == []
        moved(job, next_poll_at=-dt.timedelta(seconds=1))
        assert [each.job_id for each in jobs.take_queued(10)] == [job.pk]

    def test_is_not_sent_for_ever(self, ada: User, glm: Glm) -> None:
        glm(httpx.ConnectError("no"))
        job = ordered(ada)
        moved(job, created_at=-dt.timedelta(hours=2))
        assert (stepped(job).state, turn_of(job).trouble) == (JobState.FAILED, "unreachable")
