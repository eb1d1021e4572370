"""Notices: facts for one person, unread until that person says otherwise."""

import uuid
from typing import Any

import pytest

from conversations import broadcast, notices
from conversations.models import Conversation, Notice, NoticeKind, User
from tests.people import answered, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> User:
    return person("ada")


def told(somebody: User) -> Notice:
    return notices.tell(somebody, NoticeKind.NOT_SENT, conversation=str(uuid.uuid4()))


def revision_of(somebody: User) -> int:
    return User.objects.values_list("revision", flat=True).get(pk=somebody.pk)


def test_a_notice_keeps_facts_and_raises_the_revision_of_its_person(ada: User) -> None:
    notice = notices.tell(ada, NoticeKind.ROLE_CHANGED, before=["member"], after=["member", "reviewer"])
    assert notice.data == {"v": 1, "before": ["member"], "after": ["member", "reviewer"]}
    assert notice.revision == revision_of(ada) == 1
    assert notice.read_at is None


def test_open_pages_hear_of_it_once_it_is_stored(
    ada: User, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    heard: list[Any] = []
    monkeypatch.setattr(broadcast, "publish", heard.append)
    with django_capture_on_commit_callbacks(execute=True):
        told(ada)
        assert heard == []
    assert heard == [broadcast.ListMoved(str(ada.code), 1)]


def test_reading_counts_once(ada: User) -> None:
    notice = told(ada)
    assert notices.read(ada, notice.code) == notice
    first = Notice.objects.get()
    assert first.read_at is not None
    assert first.revision == revision_of(ada) == 2
    notices.read(ada, notice.code)
    assert Notice.objects.get().read_at == first.read_at
    assert revision_of(ada) == 2


def test_nobody_reads_the_notice_of_another(ada: User) -> None:
    notice = told(ada)
    assert notices.read(person("eve"), notice.code) is None
    assert Notice.objects.get().read_at is None


def test_all_are_read_at_once_and_those_of_others_stay(ada: User) -> None:
    eve = person("eve")
    for somebody in (ada, ada, eve):
        told(somebody)
    notices.read_all(ada)
    assert list(Notice.objects.unread()) == list(Notice.objects.filter(person=eve))
    before = revision_of(ada)
    notices.read_all(ada)
    assert revision_of(ada) == before


class TestAConversationThatIsNamed:
    @pytest.fixture
    def talk(self, ada: User) -> Conversation:
        talk = answered(ada, "First words").conversation
        notices.tell(ada, NoticeKind.JOB_ENDED, conversation=str(talk.code), state="completed")
        return talk

    def names(self, somebody: User) -> list[str | None]:
        shown = notices.unread(somebody.pk).newest
        return [notice.about.title if notice.about else None for notice in shown]

    def test_is_called_as_it_is_now(self, ada: User, talk: Conversation) -> None:
        assert self.names(ada) == ["First words"]
        Conversation.objects.filter(pk=talk.pk).update(title="Another")
        assert self.names(ada) == ["Another"]

    def test_has_no_name_once_it_is_deleted(self, ada: User, talk: Conversation) -> None:
        Conversation.objects.filter(pk=talk.pk).update(deleted_at=talk.created_at)
        assert self.names(ada) == [None]

    def test_is_drawn_anew_where_it_is_unread(self, ada: User, talk: Conversation) -> None:
        notices.draw_anew(talk, 8)
        assert notices.changed_since(ada.pk, 7)
        notices.read_all(ada)
        notices.draw_anew(talk, 9)
        assert not notices.changed_since(ada.pk, 8)

    def test_costs_nothing_where_none_is_named(self, ada: User, django_assert_num_queries: Any) -> None:
        told(ada)
        with django_assert_num_queries(1):
            notices.unread(ada.pk)
