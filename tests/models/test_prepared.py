"""Prepared statements read and write what the ORM would."""

import datetime as dt
import itertools
import uuid
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.test.utils import CaptureQueriesContext

from conversations import clock
from conversations.models import Conversation, Message, Part, Role, Turn, UpstreamCall, User
from conversations.models.kept import kept, kept_rows
from conversations.models.prepared import FromNow, Lookup, has_newer, insert, update
from tests import people

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann() -> User:
    return User.objects.create(username="ann", language="en")


def conversation_of(person: User, **fields: Any) -> Conversation:
    return Conversation(owner=person, title="海 and “wind”", model_name="glm-4.6", active_at=clock.now(), **fields)


def values(row: models.Model) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_an_inserted_row_is_what_the_orm_reads(ann: User) -> None:
    conversation = insert(conversation_of(ann))
    parts = (Part("text", "1 < 2"), Part("reasoning", "…", {"n": 1}))
    message = insert(
        Message(
            conversation=conversation,
            depth=0,
            role=Role.USER,
            revision=1,
            born=1,
            parts=parts,
            html=["<p>"],
            created_at=clock.now(),
        )
    )
    assert values(Conversation.objects.get()) == values(conversation)
    assert values(Message.objects.get()) == values(message)
    assert Message.objects.get().parts == parts


def test_an_inserted_row_can_be_saved_again(ann: User) -> None:
    conversation = insert(conversation_of(ann))
    conversation.title = "other"
    conversation.save()
    assert Conversation.objects.get().title == "other"


def test_a_lookup_finds_what_the_orm_finds(ann: User) -> None:
    conversations = [insert(conversation_of(ann)) for _ in range(3)]
    found = Lookup(Conversation, "code").first(conversations[1].code)
    assert found is not None
    assert values(found) == values(Conversation.objects.get(pk=conversations[1].pk))
    assert [each.pk for each in Lookup(Conversation, "owner").all(ann.pk)] == [each.pk for each in conversations]
    assert Lookup(Conversation, "owner", "code").first(ann.pk, uuid.uuid4()) is None


def test_a_lookup_brings_along_what_rows_refer_to(ann: User, django_assert_num_queries: Any) -> None:
    turn = people.answered(ann, "Why?", "Because.")
    people.answered(people.person("bob"), "Who?", "Bob.")
    along = ("conversation", "conversation__owner", "question", "reply")
    rows = Turn.objects.select_related(*along)
    with django_assert_num_queries(2):
        found, known = Lookup(Turn, "pk", along=along).first(turn.pk), rows.get(pk=turn.pk)
        assert found is not None
        for one, other in ((found, known), (found.conversation, known.conversation)):
            assert values(one) == values(other)
        assert values(found.conversation.owner) == values(known.conversation.owner)
        assert values(found.question) == values(known.question)
        assert values(found.reply) == values(known.reply)
        assert found.reply.turn is found
    assert Lookup(Turn, "pk", along=along).first(0) is None


def test_an_update_tells_the_time_by_the_clock_of_the_database(ann: User) -> None:
    turn, minute = people.answered(ann, "Why?", "Because."), dt.timedelta(minutes=1)
    assert update(Turn, {"pk": turn.pk}, lease_until=FromNow(minute), expires_at=FromNow(), seq=7) == 1
    found = Turn.objects.get(pk=turn.pk)
    assert found.lease_until is not None
    assert found.expires_at is not None
    assert abs(found.lease_until - found.expires_at - minute) < dt.timedelta(seconds=1)
    assert abs(FromNow().here - found.expires_at) < minute
    assert found.seq == 7


def test_all_kinds_of_columns_come_back(ann: User) -> None:
    call = insert(
        UpstreamCall(
            person_code=ann.code,
            kind="chat",
            upstream="x",
            model_asked="y",
            request_id="z",
            parameters={"v": 1, "stop": ["。"]},
            prompt_tokens=2**40,
            started_at=clock.now(),
        )
    )
    found = Lookup(UpstreamCall, "pk").first(call.pk)
    assert found is not None
    assert values(found) == values(UpstreamCall.objects.get())
    assert found.ended_at is None


def test_an_update_changes_the_rows_it_fits_and_counts_them(ann: User) -> None:
    one, other = insert(conversation_of(ann)), insert(conversation_of(ann))
    assert update(Conversation, {"pk": one.pk, "revision": 0}, revision=1, title="new", leaf=None) == 1
    assert update(Conversation, {"pk": one.pk, "revision": 0}, revision=2) == 0
    assert dict(Conversation.objects.values_list("pk", "title")) == {one.pk: "new", other.pk: other.title}


def test_an_update_takes_a_row_for_its_key(ann: User) -> None:
    bob = User.objects.create(username="bob")
    conversation = insert(conversation_of(ann))
    assert update(Conversation, {"owner": ann}, owner=bob) == 1
    assert Conversation.objects.get(pk=conversation.pk).owner == bob


def test_a_newer_row_is_one_that_fits_and_came_after_the_revision(ann: User) -> None:
    bob = User.objects.create(username="bob")
    for revision in (3, 5):
        insert(conversation_of(ann, revision=revision))
    found = {(who, since): has_newer(Conversation, since, owner=who) for who in (ann, bob) for since in (2, 4, 5)}
    assert [where for where, is_there in found.items() if is_there] == [(ann, 2), (ann, 4)]
    assert has_newer(Conversation, 4, owner=ann.pk)


def titled(owner_id: int, revision: int) -> models.QuerySet[Conversation]:
    rows = Conversation.objects.filter(
        owner_id=owner_id, revision__gt=revision, title__in=["海 and “wind”", "50 % of it"]
    )
    is_new = models.Q(pk__in=Conversation.objects.filter(revision=9).values("pk"))
    return rows.annotate(is_new=is_new).order_by("-revision")[:3]


def test_a_kept_query_gives_what_the_orm_gives_for_all_numbers(ann: User) -> None:
    bob = User.objects.create(username="bob")
    for person, revision in itertools.product((ann, bob), (2, 5, 7, 9, 9)):
        insert(conversation_of(person, revision=revision, tools={"v": 1}))
    for person, revision in itertools.product((ann, bob), (0, 5, 9)):
        found, known = kept(titled, person.pk, revision), titled(person.pk, revision)
        assert [(values(row), bool(row.is_new)) for row in found] == [(values(row), row.is_new) for row in known]  # type: ignore[attr-defined]


def around(moment: dt.datetime, key: int) -> models.QuerySet[Message]:
    rows = Message.objects.select_related("turn__job", "conversation__owner")
    return rows.filter(created_at__lte=moment, pk__gte=key).order_by("pk")


def test_a_kept_query_takes_moments_and_brings_related_rows_along(ann: User) -> None:
    people.asked(ann, "海?")
    first = Message.objects.earliest("pk")
    for moment, key in itertools.product((clock.now(), clock.now() - dt.timedelta(days=1)), (first.pk, first.pk + 1)):
        found, known = kept(around, moment, key), list(around(moment, key))
        assert [values(row) for row in found] == [values(row) for row in known]
        assert [getattr(row, "turn", None) for row in found] == [getattr(row, "turn", None) for row in known]
    [question, reply] = kept(around, clock.now(), first.pk)
    with CaptureQueriesContext(connection) as asked:
        assert question.conversation.owner == ann
        assert reply.turn.reply_id == reply.pk
    assert not asked.captured_queries


def counted(owner_id: int) -> models.QuerySet[Conversation, Any]:
    rows = Conversation.objects.filter(owner_id=owner_id).order_by("-revision").values_list("title", "active_at")
    return rows.annotate(models.Count("messages"))


def test_kept_rows_are_the_tuples_of_the_orm(ann: User) -> None:
    insert(conversation_of(ann))
    assert kept_rows(counted, ann.pk) == [*counted(ann.pk)] != []
    assert kept_rows(counted, ann.pk + 1) == []


def test_a_query_that_takes_no_notice_of_a_number_is_not_kept(ann: User) -> None:
    with pytest.raises(ValueError, match="1 values have no place"):
        kept(lambda owner, _unused: Conversation.objects.filter(owner_id=owner), ann.pk, 1)


def test_constraints_hold(ann: User) -> None:
    conversation = insert(conversation_of(ann))
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(conversation_of(ann, code=conversation.code))
    assert Conversation.objects.count() == 1
