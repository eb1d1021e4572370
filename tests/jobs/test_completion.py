"""A chat that is answered in the background, step by step."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from conversations import clock, jobs, listing, upstream
from conversations.models import (
    BaseState,
    Conversation,
    Job,
    JobState,
    KnowledgeBase,
    Notice,
    NoticeKind,
    Part,
    ReviewCase,
    TurnState,
    UpstreamCall,
    User,
    Visibility,
    text_part,
)
from conversations.models.sources import AskedBase
from conversations.templatetags.notice_words import words
from conversations.turns import delegated, start
from conversations.turns.errors import Busy
from conversations.turns.stop import stop
from tests import people
from tests.jobs.fake_later import FakeLater, done, error, failed, page, receipt, working
from tests.jobs.ordering import fresh, ordered, stepped, submitted, taken, turn_of

pytestmark = pytest.mark.django_db

Glm = Callable[..., FakeLater]


class TestAnAnswer:
    def test_lands_where_a_streamed_one_would(self, ada: User, glm: Glm) -> None:
        fake = glm(receipt("a-1/2"), working(), done("**Six**.", message={"reasoning_content": "Three and three."}))
        job = submitted(ada)
        assert turn_of(job).state == TurnState.DELEGATED
        job = stepped(stepped(job))
        turn = turn_of(job)
        assert (job.state, turn.state, turn.finish) == (JobState.SUCCEEDED, TurnState.COMPLETED, "stop")
        assert turn.reply.parts == (Part("reasoning", "Three and three."), *text_part("**Six**."))
        assert "<strong>Six</strong>" in turn.reply.html[1]
        assert fake.asked == ["a-1%2F2", "a-1%2F2"]
        order = fake.orders[0]
        assert order["path"] == "/api/paas/v4/async/chat/completions"
        assert "stream" not in order
        assert order["request_id"] == job.request_id

    def test_is_counted(self, ada: User, glm: Glm) -> None:
        glm(receipt(), done())
        job = stepped(submitted(ada))
        call = UpstreamCall.objects.get()
        assert (call.turn_id, call.prompt_tokens, call.completion_tokens) == (job.turn_id, 7, 3)
        assert (call.provider_id, call.model_answered, call.finish) == ("task-1", "glm-answering", "stop")
        assert call.ended_at is not None

    def test_is_told_by_a_notice(self, ada: User, glm: Glm) -> None:
        glm(receipt(), done())
        job = stepped(submitted(ada))
        notice = Notice.objects.get(person=ada, kind=NoticeKind.JOB_ENDED)
        assert (notice.data["job"], notice.data["state"]) == (str(job.code), "completed")
        assert notice.data["message"] == str(turn_of(job).reply.code)

    def test_keeps_the_conversation_for_itself_until_it_is_there(self, ada: User, glm: Glm) -> None:
        job = ordered(ada)
        with pytest.raises(Busy):
            people.asked(ada, "Next?", turn_of(job).conversation)

    def test_brings_what_is_sensitive_to_the_reviewers_only(self, ada: User, glm: Glm) -> None:
        judged = [{"role": "assistant", "level": 0}]
        glm(receipt(), done("Secret.", "sensitive", content_filter=judged))
        job = stepped(submitted(ada))
        turn = turn_of(job)
        assert (job.state, turn.state) == (JobState.SUCCEEDED, TurnState.FILTERED)
        assert turn.reply.visibility == Visibility.HELD
        assert ReviewCase.objects.get().message_code == turn.reply.code
        assert "Secret" not in str(job.exchange)

    @pytest.mark.parametrize(
        ("finish", "text", "state", "trouble"),
        [
            ("length", "Half of", TurnState.COMPLETED, ""),
            ("network_error", "Half of", TurnState.FAILED, "network"),
            ("model_context_window_exceeded", "", TurnState.FAILED, "too_long"),
            ("tool_calls", "", TurnState.FAILED, "no_tools"),
            ("tool_calls", "Let me see.", TurnState.COMPLETED, ""),
            ("stop", "", TurnState.FAILED, "empty"),
        ],
    )
    def test_may_end_in_any_way(
        self, finish: str, text: str, state: TurnState, trouble: str, ada: User, glm: Glm
    ) -> None:
        glm(receipt(), done(text, finish))
        turn = turn_of(stepped(submitted(ada)))
        assert (turn.state, turn.trouble) == (state, trouble)

    def test_goes_on_where_a_reply_was_cut_off(self, ada: User, glm: Glm) -> None:
        first = people.ended(people.running(ada), text_part("One, two, "), TurnState.STOPPED)
        order = people.order(ada, begin=delegated.delegate)
        turn = start.continue_reply(order, first.conversation.code, first.reply.code)
        glm(receipt(), done("two, three."))
        job = stepped(stepped(Job.objects.get(turn=turn)))
        assert turn_of(job).reply.parts == text_part("three.")


class TestWhatAnAnswerRestsOn:
    def ordered(self, ada: User, **chosen: object) -> Job:
        job = ordered(ada)
        Conversation.objects.filter(turns=job.turn_id).update(tools={"v": 1, **chosen})
        return stepped(job)

    def base(self) -> str:
        made = clock.now()
        facts = {"name": "Handbook", "glm_id": "17", "state": BaseState.READY, "upstream": upstream.current().name}
        return str(
            KnowledgeBase.objects.create(
                made_by=people.person("root").code, made_at=made, changed_at=made, **facts
            ).code
        )

    def test_is_said_of_a_knowledge_base(self, ada: User, glm: Glm) -> None:
        fake = glm(receipt(), done("Two weeks."))
        job = stepped(self.ordered(ada, knowledge={"base": self.base()}))
        assert [tool["type"] for tool in fake.orders[0]["tools"]] == ["retrieval"]
        said = Part("sources", AskedBase("Handbook", is_cited=False).written)
        assert turn_of(job).reply.parts == (*text_part("Two weeks."), said)

    def test_is_said_to_be_nothing_where_a_search_found_nothing(self, ada: User, glm: Glm) -> None:
        fake = glm(receipt(), done("Rising."))
        job = stepped(self.ordered(ada, search={"on": True}))
        assert [tool["type"] for tool in fake.orders[0]["tools"]] == ["web_search"]
        assert turn_of(job).reply.parts == (*text_part("Rising."), Part("sources", ""))

    def test_is_not_said_of_one_that_broke_off(self, ada: User, glm: Glm) -> None:
        glm(receipt(), done("Half of", "network_error"))
        job = stepped(self.ordered(ada, search={"on": True}))
        assert turn_of(job).reply.parts == text_part("Half of")


class TestAFailure:
    @pytest.mark.parametrize(
        ("shape", "trouble"),
        [
            ({}, "disturbed"),
            ({"error": {"code": "1234", "message": "failed"}}, "disturbed"),
            ({"message": "failed"}, "disturbed"),
            ({"error": "failed"}, "disturbed"),
            ({"error": {"code": "1261", "message": "too long"}}, "too_long"),
        ],
    )
    def test_is_read_in_all_its_shapes(self, shape: dict[str, object], trouble: str, ada: User, glm: Glm) -> None:
        glm(receipt(), failed(**shape))
        job = stepped(submitted(ada))
        turn = turn_of(job)
        assert (job.state, turn.state, turn.trouble) == (JobState.FAILED, TurnState.FAILED, trouble)
        assert Notice.objects.get(person=ada).data["state"] == "failed"

    def test_that_is_a_judgement_opens_a_case(self, ada: User, glm: Glm) -> None:
        judged = {"code": "1301", "message": "no"}
        glm(receipt(), failed(error=judged, contentFilter=[{"role": "user", "level": 1}]))
        turn = turn_of(stepped(submitted(ada)))
        assert (turn.state, turn.question.visibility) == (TurnState.FILTERED, Visibility.BLOCKED)

    @pytest.mark.parametrize("answer", [error("1113", 429), error("1211"), error("1210"), error("1000", 401)])
    def test_at_the_door_ends_it_at_once(self, answer: httpx.Response, ada: User, glm: Glm) -> None:
        fake = glm(answer)
        job = stepped(ordered(ada))
        assert (job.state, turn_of(job).state) == (JobState.FAILED, TurnState.FAILED)
        assert len(fake.orders) == 1

    @pytest.mark.parametrize(
        "answer", [error("1302", 429), error("1303", 429), error("1305", 429), httpx.ConnectError("no")]
    )
    def test_that_is_surely_none_of_the_jobs_is_tried_again(
        self, answer: httpx.Response | Exception, ada: User, glm: Glm
    ) -> None:
        fake = glm(answer, receipt(), done())
        job = stepped(ordered(ada))
        assert (job.state, job.failure_count, turn_of(job).state) == (JobState.QUEUED, 1, TurnState.DELEGATED)
        job = stepped(stepped(job))
        assert (job.state, job.attempt_count) == (JobState.SUCCEEDED, 2)
        calls = UpstreamCall.objects.order_by("pk")
        assert [call.attempt for call in calls] == [1, 2]
        assert all(call.ended_at for call in calls)
        assert len(set(calls.values_list("request_id", flat=True))) == 2
        assert len(fake.asked) == 1


class TestWhatNobodyKnows:
    @pytest.mark.parametrize(
        "answer", [page(), httpx.ReadTimeout("late"), httpx.RemoteProtocolError("cut"), httpx.Response(200, text="hm")]
    )
    def test_is_never_handed_over_again(self, answer: httpx.Response | Exception, ada: User, glm: Glm) -> None:
        fake = glm(answer)
        job = stepped(ordered(ada))
        assert (job.state, job.trouble, turn_of(job).state) == (JobState.UNKNOWN, "unheard", TurnState.DELEGATED)
        assert jobs.take_due(10) == jobs.take_queued(10) == []
        assert len(fake.orders) == 1

    def test_is_a_job_whose_taker_died_while_handing_it_over(self, ada: User, glm: Glm) -> None:
        def dies(request: httpx.Request) -> httpx.Response:
            raise SystemExit

        fake = glm(dies)
        ticket = taken(ordered(ada))
        with pytest.raises(SystemExit):
            jobs.advance(ticket)
        job = Job.objects.get()
        assert (job.state, job.call is not None) == (JobState.SUBMITTING, True)
        job = stepped(job)
        assert (job.state, job.trouble) == (JobState.UNKNOWN, "crashed")
        assert len(fake.orders) == 1

    def test_is_told_to_whoever_asked(self, ada: User, glm: Glm) -> None:
        glm(httpx.ReadTimeout("late"))
        job = ordered(ada)
        before = User.objects.get(pk=ada.pk).revision
        job = stepped(job)
        notice = Notice.objects.get(person=ada, kind=NoticeKind.JOB_ENDED)
        assert (notice.data["job"], notice.data["state"]) == (str(job.code), "unknown")
        assert "You decide" in words(notice)
        (entry,) = listing.changed_since(ada.pk, before)
        assert (entry.is_running, entry.is_waiting, entry.is_delegated) == (True, True, True)
        before = User.objects.get(pk=ada.pk).revision
        jobs.look_up(job, "task-1")
        (entry,) = listing.changed_since(ada.pk, before)
        assert (entry.is_running, entry.is_waiting, entry.is_delegated) == (True, False, True)

    def test_is_a_job_of_another_server(self, ada: User, glm: Glm) -> None:
        glm(receipt())
        job = submitted(ada)
        Job.objects.update(upstream="elsewhere")
        assert (stepped(job).state, fresh(job).trouble) == (JobState.UNKNOWN, "moved")

    def test_can_be_looked_up(self, ada: User, glm: Glm) -> None:
        glm(httpx.ReadTimeout("late"), done())
        job = stepped(ordered(ada))
        assert jobs.look_up(job, " task-1 ") is jobs.Decided.DONE
        job = stepped(job)
        assert (job.state, turn_of(job).state) == (JobState.SUCCEEDED, TurnState.COMPLETED)

    def test_can_be_given_up(self, ada: User, glm: Glm) -> None:
        glm(httpx.ReadTimeout("late"))
        job = stepped(ordered(ada))
        assert jobs.give_up(job) is jobs.Decided.DONE
        assert (fresh(job).state, turn_of(job).trouble) == (JobState.FAILED, "job_lost")
        assert jobs.give_up(job) is jobs.Decided.TOO_LATE
        assert jobs.look_up(job, "x") is jobs.Decided.TOO_LATE

    @pytest.mark.parametrize("name", ["", "  ", "x" * 300, "a\nb"])
    def test_cannot_be_looked_up_under_what_is_no_name(self, name: str, ada: User) -> None:
        with pytest.raises(ValueError, match="characters"):
            jobs.look_up(ordered(ada), name)


class TestACancelledJob:
    def test_is_never_handed_over(self, ada: User, glm: Glm) -> None:
        fake = glm()
        job = ordered(ada)
        turn = turn_of(job)
        stop(ada, turn.conversation.code, turn.code)
        assert (fresh(job).state, turn_of(job).state) == (JobState.CANCELLED, TurnState.STOPPED)
        assert jobs.take_queued(10) == jobs.take_due(10) == []
        assert fake.orders == []

    def test_drops_what_comes_of_it_and_counts_it(self, ada: User, glm: Glm) -> None:
        glm(receipt(), working(), done("Too late."))
        job = submitted(ada)
        assert jobs.cancel(job) is jobs.Decided.DONE
        job = stepped(stepped(job))
        turn = turn_of(job)
        assert (job.state, turn.state, turn.reply.parts) == (JobState.CANCELLED, TurnState.STOPPED, ())
        assert UpstreamCall.objects.get().completion_tokens == 3
        assert job.exchange[-1]["what"] == "dropped"
        assert "Too late" not in str(job.exchange)
        assert job.next_poll_at is None
        assert not Notice.objects.filter(person=ada).exists()

    def test_of_another_server_is_over_without_a_question(self, ada: User, glm: Glm) -> None:
        fake = glm(receipt())
        job = submitted(ada)
        jobs.cancel(job)
        Job.objects.update(upstream="elsewhere")
        job = stepped(job)
        assert (job.state, job.next_poll_at, fake.asked) == (JobState.CANCELLED, None, [])
        assert UpstreamCall.objects.get().finish == "cancelled"

    def test_while_it_is_being_handed_over_is_let_go_after_that(self, ada: User, glm: Glm) -> None:
        def cancels(request: httpx.Request) -> httpx.Response:
            assert jobs.cancel(Job.objects.get()) is jobs.Decided.DONE
            return receipt()

        glm(cancels, done())
        job = stepped(ordered(ada))
        assert (job.state, turn_of(job).state) == (JobState.CANCELLED, TurnState.STOPPED)
        assert stepped(job).next_poll_at is None

    def test_while_its_result_comes_drops_it(self, ada: User, glm: Glm) -> None:
        def cancels(request: httpx.Request) -> httpx.Response:
            jobs.cancel(Job.objects.get())
            return done("Too late.")

        glm(receipt(), cancels, done("Too late."))
        job = stepped(submitted(ada))
        assert (job.state, turn_of(job).reply.parts) == (JobState.CANCELLED, ())
        assert stepped(job).next_poll_at is None
