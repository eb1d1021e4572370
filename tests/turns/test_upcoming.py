"""A message that was sent while a reply was written is asked after it, once, and only if that was a clean end."""

import uuid
from dataclasses import replace
from typing import Any

import pytest

from conversations import clock, notices
from conversations.models import (
    Conversation,
    NextMessage,
    Notice,
    NoticeKind,
    Part,
    Turn,
    TurnState,
    User,
    text_part,
)
from conversations.moderation import Concern
from conversations.turns import delegated, drafts, reaper, start, upcoming
from conversations.turns.drafts import Typed
from conversations.turns.errors import Busy, Missing
from conversations.turns.orders import Question, question_of
from conversations.turns.stop import stop
from conversations.turns.upcoming import Crowded
from tests import people
from tests.people import path_of

CLEAN: dict[str, Any] = {"finish": "stop"}


def waiting(turn: Turn) -> str | None:
    conversation = Conversation.objects.get(pk=turn.conversation_id)
    found = upcoming.find(conversation)
    assert (found is not None) == conversation.has_next
    return found.text if found else None


def stored(somebody: User, turn: Turn, text: str = "And then?", key: uuid.UUID | None = None) -> bool:
    return upcoming.store(people.order(somebody, key), turn.conversation.code, text)


def ended_well(turn: Turn, text: str = "Hi.") -> Turn:
    return people.ended(turn, text_part(text), **CLEAN)


@pytest.fixture
def running(ada: User) -> Turn:
    return people.running(ada)


def test_it_waits_while_the_reply_is_written(ada: User, running: Turn) -> None:
    assert stored(ada, running)
    assert waiting(running) == "And then?"
    assert path_of(running.conversation) == ["Hello?", ""]


def test_a_clean_end_makes_it_a_question(ada: User, running: Turn) -> None:
    key = uuid.uuid4()
    stored(ada, running, key=key)
    ended_well(running)
    assert path_of(running.conversation) == ["Hello?", "Hi.", "And then?", ""]
    assert waiting(running) is None
    turn = Turn.objects.get(client_key=key)
    assert (turn.state, turn.model_name, turn.person) == (TurnState.QUEUED, people.MODEL, ada)


def test_it_is_drawn_as_it_was_rendered_when_it_was_stored(ada: User, running: Turn) -> None:
    stored(ada, running, "**bold**")
    NextMessage.objects.update(html=["<p>as stored</p>"])
    ended_well(running)
    assert Turn.objects.latest("pk").question.html == ["<p>as stored</p>"]


def test_what_an_older_renderer_made_is_rendered_anew(ada: User, running: Turn) -> None:
    stored(ada, running, "**bold**")
    NextMessage.objects.update(html=["<p>old</p>"], renderer_version=0)
    ended_well(running)
    assert "<strong>bold</strong>" in Turn.objects.latest("pk").question.html[0]


def test_the_revision_rises_for_the_end_and_for_the_question(ada: User, running: Turn) -> None:
    """A page that followed the reply draws its end alone only when nothing else has changed."""
    stored(ada, running)
    before = Conversation.objects.get().revision
    ended_well(running)
    assert Conversation.objects.get().revision == before + 2
    assert Turn.objects.latest("pk").question.born == before + 2


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        (TurnState.COMPLETED, {"finish": "length"}),
        (TurnState.STOPPED, {}),
        (TurnState.FAILED, {"trouble": "network"}),
        (TurnState.INTERRUPTED, {}),
    ],
)
def test_after_any_other_end_it_stays(ada: User, running: Turn, state: TurnState, outcome: dict[str, Any]) -> None:
    stored(ada, running)
    people.ended(running, text_part("So far"), state, **outcome)
    assert waiting(running) == "And then?"
    assert path_of(running.conversation) == ["Hello?", "So far"]


def test_a_withheld_reply_is_not_followed_by_it(ada: User, running: Turn) -> None:
    stored(ada, running)
    people.ended(running, text_part("A secret."), TurnState.FILTERED, Concern("finish", "assistant"))
    assert waiting(running) == "And then?"


def test_a_reply_that_died_with_its_process_leaves_it(ada: User, running: Turn) -> None:
    stored(ada, running)
    assert reaper.reap_all_running() == 1
    assert waiting(running) == "And then?"


def test_a_turn_that_is_stopped_before_it_began_leaves_it(ada: User) -> None:
    turn = people.asked(ada)
    stored(ada, turn)
    stop(ada, turn.conversation.code, turn.code)
    assert waiting(turn) == "And then?"


class TestNotice:
    """Who is elsewhere hears that their next message was not sent, until they see its conversation or it goes."""

    @staticmethod
    def unread(somebody: User) -> list[dict[str, Any]]:
        rows = Notice.objects.filter(person=somebody, kind=NoticeKind.NOT_SENT).unread()
        return [notice.data for notice in rows]

    @pytest.mark.parametrize("state", [TurnState.FAILED, TurnState.INTERRUPTED, TurnState.COMPLETED])
    def test_comes_when_the_reply_before_it_did_not_end_well(self, ada: User, running: Turn, state: TurnState) -> None:
        stored(ada, running)
        people.ended(running, text_part("So far"), state, finish="length")
        assert self.unread(ada) == [{"v": 1, "conversation": str(running.conversation.code)}]

    def test_comes_when_it_could_not_be_asked(self, ada: User, running: Turn, monkeypatch: pytest.MonkeyPatch) -> None:
        stored(ada, running)
        monkeypatch.setattr(start, "send_question", lambda *_: 1 / 0)
        ended_well(running)
        assert len(self.unread(ada)) == 1

    def test_is_no_news_to_who_stopped_the_reply(self, ada: User, running: Turn) -> None:
        stored(ada, running)
        people.ended(running, text_part("So far"), TurnState.STOPPED)
        assert self.unread(ada) == []

    def test_is_not_needed_after_a_clean_end_or_without_a_message(self, ada: User, running: Turn) -> None:
        stored(ada, running)
        ended_well(running)
        people.ended(people.running(ada), text_part("Alone"), TurnState.FAILED)
        assert self.unread(ada) == []

    def test_a_reply_is_sealed_even_when_nobody_can_be_told(
        self, ada: User, running: Turn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        stored(ada, running)
        monkeypatch.setattr(notices, "tell", lambda *_, **__: 1 / 0)
        people.ended(running, text_part("So far"), TurnState.FAILED)
        assert waiting(running) == "And then?"

    def test_goes_with_the_message(self, ada: User, running: Turn) -> None:
        stored(ada, running)
        people.ended(running, text_part("So far"), TurnState.FAILED)
        upcoming.remove(ada, running.conversation.code)
        assert self.unread(ada) == []


def test_what_stayed_goes_after_the_next_clean_end(ada: User, running: Turn) -> None:
    stored(ada, running)
    stopped = people.ended(running, text_part("So far"), TurnState.STOPPED)
    again = start.continue_reply(people.order(ada), stopped.conversation.code, stopped.reply.code)
    people.claimed(again)
    ended_well(people.fresh(again), " and on.")
    assert path_of(running.conversation) == ["Hello?", "So far", " and on.", "And then?", ""]


def test_a_reply_is_sealed_even_when_what_waits_cannot_be_asked(
    ada: User, running: Turn, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored(ada, running)
    monkeypatch.setattr(start, "send_question", lambda *_: 1 / 0)
    assert ended_well(running).state == TurnState.COMPLETED
    assert waiting(running) == "And then?"


def test_nothing_is_asked_in_a_deleted_conversation(ada: User, running: Turn) -> None:
    stored(ada, running)
    Conversation.objects.update(deleted_at=clock.now())
    ended_well(running)
    assert Turn.objects.count() == 1


def test_nothing_is_asked_for_somebody_who_may_not_any_more(ada: User, running: Turn) -> None:
    stored(ada, running)
    User.objects.filter(pk=ada.pk).update(is_active=False)
    ended_well(running)
    assert Turn.objects.count() == 1


def test_a_second_one_goes_on_from_the_first(ada: User, running: Turn) -> None:
    stored(ada, running, "One more thing.")
    stored(ada, running, "And another.")
    assert waiting(running) == "One more thing.\n\nAnd another."
    assert NextMessage.objects.count() == 1


def test_the_same_form_twice_is_one_message(ada: User, running: Turn) -> None:
    key = uuid.uuid4()
    assert stored(ada, running, "Once", key)
    assert stored(ada, running, "Once", key)
    assert waiting(running) == "Once"


def test_together_they_are_no_longer_than_one_may_be(ada: User, running: Turn, settings: Any) -> None:
    settings.CHATSITE_MAX_PROMPT = 20
    stored(ada, running, "x" * 15)
    with pytest.raises(Crowded):
        stored(ada, running, "y" * 15)
    assert waiting(running) == "x" * 15


def test_two_that_come_at_once_are_both_kept(ada: User, running: Turn, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second finds, in its transaction, that what waits is not what it saw before."""
    render = question_of

    def interrupted(text: str) -> Question:
        monkeypatch.setattr(upcoming, "question_of", render)
        stored(ada, running, "First")
        return render(text)

    monkeypatch.setattr(upcoming, "question_of", interrupted)
    stored(ada, running, "Second")
    assert waiting(running) == "First\n\nSecond"


def test_when_the_reply_has_just_ended_there_is_nothing_to_wait_for(ada: User, running: Turn) -> None:
    ended_well(running)
    revision = Conversation.objects.get().revision
    assert not stored(ada, running)
    assert waiting(running) is None
    assert Conversation.objects.get().revision == revision


def test_a_draft_is_forgotten_where_its_message_is_stored(ada: User, running: Turn) -> None:
    calls: list[str] = []
    upcoming.store(people.order(ada), running.conversation.code, "Next", lambda: calls.append("in the transaction"))
    assert calls == ["in the transaction"]


def test_strangers_store_and_move_nothing(ada: User, running: Turn) -> None:
    bob, code = people.person(), running.conversation.code
    stored(ada, running)
    with pytest.raises(Missing):
        stored(bob, running)
    with pytest.raises(Missing):
        upcoming.send_now(bob, code, lambda waiting: people.order(bob))
    with pytest.raises(Missing):
        upcoming.take_back(bob, code, Typed("", 0, uuid.uuid4()))
    with pytest.raises(Missing):
        upcoming.remove(bob, code)
    assert waiting(running) == "And then?"


def test_its_person_can_send_it_now(ada: User, running: Turn) -> None:
    key = uuid.uuid4()
    stored(ada, running, key=key)
    people.ended(running, text_part("So far"), TurnState.STOPPED)
    for _ in range(2):
        upcoming.send_now(
            ada, running.conversation.code, lambda waiting: people.order(ada, waiting.client_key, waiting.model_name)
        )
    assert path_of(running.conversation) == ["Hello?", "So far", "And then?", ""]
    assert Turn.objects.latest("pk").client_key == key


def test_it_cannot_go_now_while_a_reply_is_written(ada: User, running: Turn) -> None:
    stored(ada, running)
    with pytest.raises(Busy):
        upcoming.send_now(ada, running.conversation.code, lambda waiting: people.order(ada))
    assert waiting(running) == "And then?"


def test_it_comes_back_into_the_box(ada: User, running: Turn) -> None:
    stored(ada, running)
    code = running.conversation.code
    draft = upcoming.take_back(ada, code, Typed("and more", 0, uuid.uuid4()))
    assert draft.text == "And then?\n\nand more"
    assert waiting(running) is None
    found = drafts.find(ada, code)
    assert found is not None
    assert found.text == draft.text
    with pytest.raises(Missing):
        upcoming.take_back(ada, code, Typed("", 0, uuid.uuid4()))


def test_it_can_be_removed(ada: User, running: Turn) -> None:
    stored(ada, running)
    for _ in range(2):
        upcoming.remove(ada, running.conversation.code)
    assert waiting(running) is None
    ended_well(running)
    assert path_of(running.conversation) == ["Hello?", "Hi."]


def test_it_goes_with_its_conversation(ada: User, running: Turn) -> None:
    stored(ada, running)
    running.conversation.delete()
    assert not NextMessage.objects.exists()


def test_reasoning_alone_is_no_reason_to_ask_on(ada: User, running: Turn) -> None:
    stored(ada, running)
    people.ended(running, (Part("reasoning", "Hm."),), TurnState.FAILED, finish="stop", trouble="empty")
    assert waiting(running) == "And then?"


class TestWantedInTheBackground:
    @pytest.fixture(autouse=True)
    def _stored(self, ada: User, running: Turn) -> None:
        order = replace(people.order(ada), is_later=True)
        assert upcoming.store(order, running.conversation.code, "And then?")

    def test_it_is_given_to_a_job(self, running: Turn) -> None:
        ended_well(running)
        turn = Turn.objects.latest("pk")
        assert (turn.state, turn.job.kind) == (TurnState.DELEGATED, "completion")
        assert path_of(running.conversation) == ["Hello?", "Hi.", "And then?", ""]

    def test_it_is_not_when_its_person_has_thought_better(self, ada: User, running: Turn) -> None:
        stored(ada, running, "Now, please.")
        ended_well(running)
        assert Turn.objects.latest("pk").state == TurnState.QUEUED

    def test_it_is_answered_now_by_a_server_that_cannot(self, running: Turn, settings: Any) -> None:
        settings.CHATSITE_LATER = "no"
        ended_well(running)
        assert Turn.objects.latest("pk").state == TurnState.QUEUED

    def test_it_stays_and_that_is_told_when_there_are_too_many(self, ada: User, running: Turn, settings: Any) -> None:
        settings.CHATSITE_JOBS_PER_PERSON = 1
        people.asked(ada, begin=delegated.delegate)
        ended_well(running)
        assert waiting(running) == "And then?"
        assert Notice.objects.get(person=ada).kind == NoticeKind.NOT_SENT
