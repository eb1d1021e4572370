"""Somebody objects to a reply."""

import uuid
from http import HTTPStatus

import pytest
from django.test import Client

from conversations.models import Flag, Message, User
from tests.people import answered, withheld

from .pages import html, words

pytestmark = pytest.mark.django_db
FORM = {"reason": "report_wrong", "words": "It is 4."}


@pytest.fixture
def reply(alice: User) -> Message:
    return answered(alice, reply="Two and two is five.").reply


def address(reply: Message) -> str:
    return f"/c/{reply.conversation.code}/messages/{reply.code}/report/"


def test_a_report_is_kept_and_thanked_for(at_alice: Client, alice: User, reply: Message) -> None:
    response = at_alice.post(address(reply), FORM, follow=True)
    assert "A person will look at this reply" in words(response)
    flag = Flag.objects.get()
    assert (flag.source, flag.words, flag.raised_by) == ("report", "It is 4.", alice.code)
    assert "A person will look at this" in words(response)


def test_twice_is_once(at_alice: Client, reply: Message) -> None:
    for _ in range(2):
        assert at_alice.post(address(reply), FORM).status_code == HTTPStatus.SEE_OTHER
    assert Flag.objects.count() == 1


def test_the_form_stands_on_a_page_of_its_own(at_alice: Client, reply: Message) -> None:
    page = at_alice.get(address(reply))
    assert "Wrong or misleading" in words(page)
    assert html(page).count('type="radio"') == 5


@pytest.mark.parametrize("form", [{}, {"reason": "nonsense"}, {"reason": "report_wrong", "words": "x" * 2001}])
def test_without_a_reason_or_with_too_many_words_nothing_is_kept(
    at_alice: Client, reply: Message, form: dict[str, str]
) -> None:
    assert at_alice.post(address(reply), form).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert not Flag.objects.exists()


def test_a_stranger_reports_nothing(at_bob: Client, reply: Message) -> None:
    assert at_bob.post(address(reply), FORM).status_code == HTTPStatus.NOT_FOUND


def test_there_is_nothing_to_report_where_there_is_no_reply(at_alice: Client, reply: Message) -> None:
    question = reply.turn.question
    assert at_alice.post(address(question), FORM).status_code == HTTPStatus.NOT_FOUND
    assert at_alice.post(address(reply).replace(str(reply.code), str(uuid.uuid4())), FORM).status_code == 404


def test_what_is_withheld_already_is_not_reported(at_alice: Client, alice: User) -> None:
    assert at_alice.post(address(withheld(alice).reply), FORM).status_code == HTTPStatus.CONFLICT


def test_it_is_offered_beside_the_reply(at_alice: Client, reply: Message) -> None:
    assert address(reply) in html(at_alice.get(f"/c/{reply.conversation.code}/"))
