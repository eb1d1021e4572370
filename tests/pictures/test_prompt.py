"""Pictures on their way to GLM."""

from __future__ import annotations

import pytest
from asgiref.sync import async_to_sync
from django.core.files.storage import Storage

from conversations import pictures, upstream
from conversations.glm import ChatRequest, tokens
from conversations.models import Conversation, Picture, PictureUse, User
from conversations.turns import gauge
from conversations.turns.gauge import Gauge
from conversations.turns.with_pictures import with_pictures
from tests.people import claimed, ended, fresh, person, text_part

from .bringing import asked_about

SEEING = "glm-4.6v"


def filled(request: ChatRequest, owner: User) -> ChatRequest:
    return async_to_sync(with_pictures)(request, owner.code)


def test_the_request_has_the_bytes_of_what_its_model_can_see(alice: User, storage: Storage) -> None:
    turn = asked_about(alice, "red", model_name=SEEING)
    request = filled(claimed(turn).request, alice)
    picture = Picture.objects.get()
    (image,) = request.messages[-1].images
    assert image.data == storage.open(picture.file).read()
    assert image.media_type == "image/png"
    assert request.messages[-1].content == "What is this?"


def test_a_picture_that_is_gone_is_told(alice: User) -> None:
    turn = asked_about(alice, "red", "blue", model_name=SEEING)
    request = claimed(turn).request
    pictures.forget(Picture.objects.first())
    found = filled(request, alice).messages[-1]
    assert len(found.images) == 1
    assert found.content.startswith("(1 picture(s) here, not sent along.)")


def test_nobody_sends_the_pictures_of_others(alice: User) -> None:
    request = claimed(asked_about(alice, "red", model_name=SEEING)).request
    assert filled(request, person()).messages[-1].images == ()


def test_another_model_gets_words_in_their_place(alice: User) -> None:
    request = claimed(asked_about(alice, "red", model_name="glm-4.6")).request
    assert request.messages[-1].images == ()
    assert "not sent along" in request.messages[-1].content


@pytest.mark.parametrize(("model_name", "taken"), [(SEEING, 2 * tokens.IMAGE), ("glm-4.6", 0)])
def test_the_gauge_counts_those_that_the_model_sees(alice: User, model_name: str, taken: int) -> None:
    turn = asked_about(alice, "red", "blue", model_name=model_name)
    claimed(turn)
    ended(fresh(turn), text_part("Red, and blue."))
    before = gauge_of(Conversation.objects.get())
    assert not before.is_counted
    PictureUse.objects.all().delete()
    assert before.used - gauge_of(Conversation.objects.get()).used == taken


def gauge_of(conversation: Conversation) -> Gauge:
    found = gauge.of(conversation, conversation.tree().path)
    assert found is not None
    return found


def test_later_questions_still_have_the_earlier_pictures(alice: User) -> None:
    turn = asked_about(alice, "red", model_name=SEEING)
    claimed(turn)
    ended(fresh(turn), text_part("Red."))
    conversation = Conversation.objects.get()
    later = claimed(asked_about(alice, "blue", conversation=conversation, model_name=SEEING)).request
    assert [len(message.images) for message in later.messages] == [1, 0, 1]


def test_models_that_want_an_address_see_nothing_of_ours() -> None:
    assert upstream.pictures_seen_by("glm-4v-flash") == 0
    assert upstream.pictures_seen_by("glm-4.6v") == upstream.MOST_PICTURES
