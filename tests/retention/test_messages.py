"""Messages that an administrator deletes: the words go from everywhere, the record stays."""

import uuid

import pytest
from django.test import Client

from conversations import evidence, moderation, present, retention
from conversations.models import (
    AuditEntry,
    Conversation,
    Draft,
    EvidenceKind,
    Message,
    Notice,
    Part,
    ReviewCase,
    Turn,
    User,
)
from conversations.turns import start
from conversations.turns.revise import revise
from tests import people

pytestmark = pytest.mark.django_db

SECRET = "A secret."


@pytest.fixture
def ada() -> User:
    return people.person("ada")


@pytest.fixture
def root() -> User:
    return people.person("root")


def page_of(person: User, turn: Turn) -> str:
    client = Client()
    client.force_login(person, "conversations.web.account.AccountBackend")
    return client.get(f"/c/{turn.conversation.code}/").content.decode()


class TestADeletedReply:
    def test_is_gone_from_the_page_which_says_so(self, ada: User, root: User) -> None:
        turn = people.answered(ada, reply=SECRET)
        assert SECRET in page_of(ada, turn)
        assert retention.delete_message(turn.reply.code, root, "a request of the court")
        page = page_of(ada, turn)
        assert SECRET not in page
        assert "Deleted by an administrator" in page
        message = people.fresh(turn).reply
        assert (message.parts, message.html, message.revision) == ((), None, people.fresh(turn).conversation.revision)

    def test_is_in_no_later_prompt_and_the_conversation_goes_on(self, ada: User, root: User) -> None:
        turn = people.answered(ada, "first", SECRET)
        retention.delete_message(turn.reply.code, root, "asked for")
        request = people.claimed(people.asked(ada, "second", turn.conversation)).request
        assert [message.content for message in request.messages] == ["second"]

    def test_takes_its_continuation_its_versions_and_quotes_along(self, ada: User, root: User) -> None:
        turn = people.answered(ada, reply=SECRET)
        rest = start.continue_reply(people.order(ada), turn.conversation.code, turn.reply.code)
        people.claimed(rest)
        people.ended(people.fresh(rest), (Part("text", " More of it."),))
        version = revise(ada, turn.conversation.code, rest.reply.code, uuid.uuid4(), "A secret, mended.")
        Draft.objects.create(
            person=ada, conversation=turn.conversation, text=f"> {SECRET}", version=1, seq=1, writer=uuid.uuid4()
        )
        assert retention.delete_message(rest.reply.code, root, "asked for")
        texts = [part.text for message in Message.objects.filter(role="assistant") for part in message.parts]
        assert texts == []
        assert version is not None
        assert Draft.objects.get().text == ""

    def test_takes_the_title_that_was_made_of_it_along(self, ada: User, root: User) -> None:
        turn = people.answered(ada, "My question", SECRET)
        Conversation.objects.update(title="All about a secret")
        retention.delete_message(turn.reply.code, root, "asked for")
        assert people.fresh(turn).conversation.title == "My question"

    def test_is_told_to_its_reader_with_the_reason(self, ada: User, root: User) -> None:
        turn = people.answered(ada)
        retention.delete_message(turn.reply.code, root, "asked for")
        notice = Notice.objects.get(person=ada)
        assert (notice.kind, notice.data["reason"]) == ("message_deleted", "asked for")
        entry = AuditEntry.objects.get()
        assert (entry.action, entry.actor_code, entry.reason) == ("message.deleted", root.code, "asked for")
        assert SECRET not in str(entry.before) + str(entry.after)

    def test_twice_is_once(self, ada: User, root: User) -> None:
        turn = people.answered(ada)
        retention.delete_message(turn.reply.code, root, "asked for")
        assert not retention.delete_message(turn.reply.code, root, "asked for")
        assert not retention.delete_message(uuid.uuid4(), root, "asked for")
        assert Notice.objects.count() == 1

    def test_has_to_be_written_first(self, ada: User, root: User) -> None:
        turn = people.running(ada)
        with pytest.raises(retention.BeingWritten):
            retention.delete_message(turn.reply.code, root, "asked for")
        assert not AuditEntry.objects.exists()


class TestADeletedQuestion:
    def test_is_gone_with_its_title(self, ada: User, root: User) -> None:
        turn = people.answered(ada, "Secret words", "Hi.")
        retention.delete_message(turn.question.code, root, "asked for")
        after = people.fresh(turn)
        assert (after.conversation.title, present.text_of(after.question)) == ("", "")
        page = page_of(ada, turn)
        assert "Secret words" not in page
        assert "Deleted by an administrator" in page


class TestACase:
    @pytest.fixture
    def turn(self, ada: User) -> Turn:
        return people.withheld(ada, "How?", SECRET, level=1)

    def test_of_a_deleted_text_is_read_from_the_evidence(self, turn: Turn, root: User) -> None:
        retention.delete_message(turn.reply.code, root, "asked for")
        found = moderation.show_text(people.case_of(turn.reply), people.reviewer())
        assert found.is_sealed
        assert found.subject is not None
        assert found.subject.parts[0].text == SECRET

    def test_of_a_deleted_text_is_decided_and_brings_nothing_back(self, turn: Turn, root: User, ada: User) -> None:
        retention.delete_message(turn.reply.code, root, "asked for")
        case = people.released(turn.reply)
        assert case.state == "released"
        assert SECRET not in page_of(ada, turn)
        assert people.fresh(turn).reply.visibility == "removed"

    def test_says_who_deleted_what_and_why(self, turn: Turn, root: User) -> None:
        retention.delete_message(turn.reply.code, root, "asked for")
        sealed = evidence.last_payload(people.case_of(turn.reply).code, EvidenceKind.DELETED)
        assert sealed is not None
        assert (sealed["what"], sealed["by"], sealed["reason"]) == ("message", str(root.code), "asked for")
        assert evidence.verify(deep=True).fault is None

    def test_that_was_decided_can_be_opened_again(self, turn: Turn, root: User) -> None:
        judge = people.reviewer()
        case = people.upheld(turn.reply, judge)
        retention.delete_message(turn.reply.code, root, "asked for")
        moderation.reopen(case, judge, "another look")
        assert ReviewCase.objects.get().state == "open"
        assert people.fresh(turn).reply.parts == ()
