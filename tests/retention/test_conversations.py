"""Conversations that an administrator deletes: out of sight at once, gone a moment later, and the record stays."""

from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client

from conversations import accounts, evidence, moderation, retention
from conversations.models import (
    Conversation,
    EvidenceEntry,
    EvidenceKind,
    Job,
    Message,
    Notice,
    ReviewCase,
    TrayPicture,
    Turn,
    TurnState,
    UpstreamCall,
    User,
    text_part,
)
from conversations.turns import start, tool_calls
from conversations.turns.errors import Missing
from tests import people
from tests.pictures.bringing import in_box

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> User:
    return people.person("ada")


@pytest.fixture
def root() -> User:
    return people.person("root")


@pytest.fixture
def at_ada(ada: User, client: Client) -> Client:
    client.force_login(ada, "conversations.web.account.AccountBackend")
    return client


def deleted(turn: Turn, root: User) -> Conversation:
    assert retention.delete_conversation(turn.conversation.code, root, "against the rules")
    return Conversation.objects.get(pk=turn.conversation.pk)


class TestADeletedConversation:
    def test_is_out_of_sight_at_once_and_its_address_says_so(self, ada: User, root: User, at_ada: Client) -> None:
        turn = people.answered(ada, "My question", "A secret.")
        deleted(turn, root)
        for _ in range(2):  # before it is gone for good and after
            page = at_ada.get(f"/c/{turn.conversation.code}/")
            assert page.status_code == HTTPStatus.GONE
            assert "against the rules" in page.content.decode()
            assert "secret" not in page.content.decode()
            assert "My question" not in at_ada.get("/").content.decode()
            retention.purge_due()

    def test_is_not_there_for_strangers(self, ada: User, root: User, client: Client) -> None:
        turn = people.answered(ada)
        deleted(turn, root)
        client.force_login(people.person(), "conversations.web.account.AccountBackend")
        assert client.get(f"/c/{turn.conversation.code}/").status_code == HTTPStatus.NOT_FOUND

    def test_is_gone_for_good_with_all_that_is_in_it(self, ada: User, root: User) -> None:
        turn = people.answered(ada)
        own = {"search": {"query": "Own words"}}
        Conversation.objects.update(
            system_prompt="Own words", preset_name="Own name", starters=["Own words?"], tools=own
        )
        in_box(ada, turn.conversation.code)
        calls = UpstreamCall.objects.count()
        deleted(turn, root)
        assert retention.purge_due() == 1
        assert not Message.objects.exists()
        assert not Turn.objects.exists()
        assert UpstreamCall.objects.count() == calls  # what was used stays counted
        emptied = Conversation.objects.get()
        assert (emptied.title, emptied.system_prompt, emptied.preset_name) == ("", "", "")
        assert (emptied.starters, emptied.tools) == ([], {})
        assert not TrayPicture.objects.exists()
        assert retention.purge_due() == 0

    def test_is_not_brought_back_by_its_person(self, ada: User, root: User, at_ada: Client) -> None:
        turn = people.answered(ada)
        deleted(turn, root)
        assert at_ada.post(f"/c/{turn.conversation.code}/restore/").status_code == HTTPStatus.NOT_FOUND

    def test_does_not_lend_its_code_to_a_page_that_is_still_open(self, ada: User, root: User) -> None:
        turn = people.answered(ada)
        deleted(turn, root)
        retention.purge_due()
        with pytest.raises(Missing):
            start.send(people.order(ada), turn.conversation.code, "More?")

    def test_is_deleted_once_by_two_who_come_together(
        self, ada: User, root: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        turn = people.answered(ada)
        raised = Conversation.next_revision

        def somebody_is_first(conversation: Conversation) -> int:
            """While this one waits for the conversation the other has deleted it."""
            monkeypatch.setattr(Conversation, "next_revision", raised)
            assert retention.delete_conversation(turn.conversation.code, root, "first")
            return raised(conversation)

        monkeypatch.setattr(Conversation, "next_revision", somebody_is_first)
        assert not retention.delete_conversation(turn.conversation.code, root, "second")
        assert Notice.objects.get(person=ada).data["reason"] == "first"

    def test_is_told_to_its_person_once(self, ada: User, root: User) -> None:
        turn = people.answered(ada)
        deleted(turn, root)
        assert not retention.delete_conversation(turn.conversation.code, root, "again")
        assert [each.kind for each in Notice.objects.filter(person=ada)] == ["conversation_deleted"]


class TestWhileAReplyIsWritten:
    def test_it_is_asked_to_stop_and_everything_goes_when_it_has(self, ada: User, root: User) -> None:
        turn = people.running(ada)
        deleted(turn, root)
        assert people.fresh(turn).stop_asked_at is not None
        assert retention.purge_due() == 0
        people.ended(turn, text_part("So far"), TurnState.STOPPED)
        assert retention.purge_due() == 1

    def test_a_flag_that_comes_now_is_still_sealed(self, ada: User, root: User) -> None:
        turn = people.running(ada)
        deleted(turn, root)
        flag = moderation.Concern("finish", "assistant", 1)
        people.ended(turn, text_part("A secret."), TurnState.FILTERED, flag)
        retention.purge_due()
        assert moderation.text_for_review(people.case_of(turn.reply)) == "A secret."

    def test_one_that_begins_to_wait_for_its_person_meanwhile_ends_too(
        self, ada: User, root: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """An account goes without a lock on each of its conversations."""
        turn = people.running(ada)
        real = Job.objects.open

        def waits_first() -> Any:
            tool_calls.wait(turn.pk, people.RUNNER, text_part("So far."), 1, [], None)
            return real()

        monkeypatch.setattr(Job.objects, "open", waits_first)
        retention.delete_all_of(ada, root, "asked for it")
        after = people.fresh(turn)
        assert (after.state, after.stop_asked_at is not None) == (TurnState.RUNNING, True)

    def test_one_that_waits_for_its_turn_has_none(self, ada: User, root: User) -> None:
        turn = people.asked(ada)
        deleted(turn, root)
        assert people.fresh(turn).state == TurnState.STOPPED
        assert retention.purge_due() == 1


class TestACase:
    @pytest.mark.parametrize("verdict", [people.released, people.upheld])
    def test_is_decided_from_what_was_sealed(self, ada: User, root: User, verdict: object) -> None:
        turn = people.withheld(ada, reply="A secret.", level=1)
        deleted(turn, root)
        retention.purge_due()
        case = people.case_of(turn.reply)
        assert moderation.text_for_review(case) == "A secret."
        verdict(turn.reply)  # type: ignore[operator]
        assert ReviewCase.objects.get().is_decided
        assert evidence.verify(deep=True).fault is None
        assert not Message.objects.exists()


class TestAReplyThatWaitsForItsPerson:
    """What was flagged of it before, and left where it was, stands in its turn alone."""

    MARKED = moderation.Concern("unchecked", "assistant")

    def waiting(self, ada: User) -> Turn:
        turn = people.running(ada)
        assert tool_calls.wait(turn.pk, people.RUNNER, text_part("So far."), 1, [self.MARKED], None)
        return people.fresh(turn)

    def is_sealed(self, turn: Turn) -> None:
        case = ReviewCase.objects.get(message_code=turn.reply.code)
        assert (case.source, moderation.text_for_review(case)) == ("unchecked", "So far.")
        kinds = list(EvidenceEntry.objects.order_by("seq").values_list("kind", flat=True))
        assert kinds == [EvidenceKind.FLAGGED, EvidenceKind.DELETED]
        assert evidence.verify(deep=True).fault is None

    def test_leaves_its_flags_when_the_conversation_is_deleted(self, ada: User, root: User) -> None:
        turn = self.waiting(ada)
        deleted(turn, root)
        assert people.fresh(turn).state == TurnState.STOPPED
        assert retention.purge_due() == 1
        self.is_sealed(turn)

    def test_leaves_them_when_the_account_is(self, ada: User) -> None:
        turn = self.waiting(ada)
        assert accounts.delete(people.administrator(), ada, "has left")
        assert retention.purge_due() == 1
        self.is_sealed(turn)
