"""The form that orders images and videos, and what can be done with what was made."""

from __future__ import annotations

import io
import uuid
from http import HTTPStatus
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from conversations import jobs, pictures
from conversations.models import Conversation, Job, JobState, Message, Picture, TrayPicture, Turn, User
from tests import people
from tests.jobs.test_made import ordered, turn_of

from .pages import HTMX, html, typed_text, words

NEW = uuid.UUID("019a0000-0000-7000-8000-000000000002")


def png(name: str = "heron.png") -> SimpleUploadedFile:
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(buffer, "PNG")
    return SimpleUploadedFile(name, buffer.getvalue(), "image/png")


def kept(person: User) -> Picture:
    file = png()
    return pictures.keep(person, ContentFile(file.read()), file.size or 0, "heron.png")


def make(client: Client, kind: str = "image", headers: Any = None, **fields: Any) -> Any:
    told = {"client_key": str(uuid.uuid4()), "code": str(NEW), "text": "A heron", **fields}
    return client.post(f"/make/{kind}/", told, headers=headers)


class TestTheForm:
    @pytest.mark.parametrize(
        ("kind", "model", "names"),
        [
            ("image", "glm-image", {"size", "width", "height"}),
            ("image", "cogview-4-250304", {"size", "quality", "width", "height"}),
            ("video", "cogvideox-3", {"size", "quality", "duration", "fps", "with_audio", "picture"}),
            ("video", "cogvideox-flash", {"with_audio", "picture"}),
            ("video", "viduq1-text", {"style", "aspect_ratio", "movement_amplitude"}),
            ("video", "vidu2-start-end", {"size", "movement_amplitude", "with_audio", "picture"}),
        ],
    )
    def test_shows_what_the_model_has(self, kind: str, model: str, names: set[str], at_alice: Client) -> None:
        page = html(at_alice.get(f"/make/{kind}/?model={model}"))
        every = {
            *("size", "quality", "duration", "fps", "with_audio", "picture"),
            *("style", "aspect_ratio", "movement_amplitude", "width", "height"),
        }
        assert {name for name in every if f'name="{name}"' in page} == names

    def test_is_drawn_anew_for_another_model_with_what_was_typed(self, at_alice: Client) -> None:
        response = make(at_alice, "video", HTMX, choose="1", model="viduq1-text", text="A heron flies")
        assert "<html" not in html(response)
        assert typed_text(response) == "A heron flies"
        assert 'name="style"' in html(response)
        assert Job.objects.count() == 0

    def test_offers_nothing_where_the_server_has_no_such_models(self, at_alice: Client, settings: Any) -> None:
        settings.ZHIPUAI_BASE_URL, settings.CHATSITE_MODELS = "http://glm.house:8000/v1", ("glm-5.3",)
        assert "No model for that here" in words(at_alice.get("/make/image/"))
        assert "/make/image/" not in html(at_alice.get("/"))
        assert make(at_alice).status_code == HTTPStatus.UNPROCESSABLE_ENTITY

    def test_has_only_two_kinds(self, at_alice: Client) -> None:
        assert at_alice.get("/make/sound/").status_code == HTTPStatus.NOT_FOUND

    def test_is_for_those_who_are_signed_in(self, at_stranger: Client) -> None:
        assert at_stranger.get("/make/image/").status_code == HTTPStatus.FOUND

    def test_is_not_for_the_conversation_of_somebody_else(self, at_bob: Client, alice: User) -> None:
        code = people.asked(alice, "Mine?").conversation.code
        assert at_bob.get(f"/make/image/?conversation={code}").status_code == HTTPStatus.NOT_FOUND


class TestAnOrder:
    def test_is_a_question_that_a_job_answers(self, at_alice: Client, alice: User) -> None:
        response = make(at_alice, model="cogview-4", size="768x1344")
        assert (response.status_code, response["Location"]) == (HTTPStatus.SEE_OTHER, f"/c/{NEW}/")
        job = Job.objects.get()
        assert (job.kind, job.model_name, job.state) == ("image", "cogview-4", JobState.QUEUED)
        assert job.input == {"v": 1, "parameters": {"size": "768x1344"}}
        assert Conversation.objects.get().model_name == "glm-5.3"
        assert "Picture in the making" in html(at_alice.get(f"/c/{NEW}/"))

    @pytest.mark.parametrize(
        ("model", "width", "height"), [("cogview-4", 512, 2048), ("glm-image", 2048, 2048), ("glm-image", 1056, 1024)]
    )
    def test_may_be_of_a_size_of_ones_own(self, model: str, width: int, height: int, at_alice: Client) -> None:
        make(at_alice, model=model, width=str(width), height=str(height))
        assert Job.objects.get().input["parameters"] == {"size": f"{width}x{height}"}

    def test_goes_by_the_size_of_ones_own(self, at_alice: Client) -> None:
        make(at_alice, model="cogview-4", size="768x1344", width="640", height="512")
        assert Job.objects.get().input["parameters"] == {"size": "640x512"}

    def test_that_comes_twice_is_one(self, at_alice: Client) -> None:
        key = str(uuid.uuid4())
        for _ in range(2):
            make(at_alice, client_key=key)
        assert Job.objects.count() == 1

    def test_takes_pictures_along(self, at_alice: Client, alice: User) -> None:
        first = kept(alice)
        make(
            at_alice,
            "video",
            model="cogvideox-3",
            picture_code=str(first.code),
            fps="60",
            with_audio="on",
            duration="10",
        )
        assert Job.objects.get().input["parameters"] == {"fps": 60, "duration": 10, "with_audio": True}
        assert Message.objects.get(role="user").picture_uses.get().picture == first

    def test_takes_pictures_that_come_with_it(self, at_alice: Client) -> None:
        make(at_alice, "video", model="cogvideox-3", text="", picture=png())
        assert Turn.objects.get().question.picture_uses.count() == 1

    @pytest.mark.parametrize(
        ("kind", "fields", "told"),
        [
            ("image", {"text": " "}, "Say what is to be seen."),
            ("image", {"text": "x" * 1001}, "at most 1000 characters; these are 1001"),
            ("image", {"model": "cogview-4", "size": "9x9"}, "not one of the available choices"),
            ("image", {"model": "cogview-4", "width": "640"}, "A size of your own needs both sides."),
            ("image", {"model": "cogview-4", "height": "640"}, "A size of your own needs both sides."),
            ("image", {"model": "cogview-4", "width": "496", "height": "640"}, "does not make that size"),
            ("image", {"model": "cogview-4", "width": "650", "height": "640"}, "does not make that size"),
            ("image", {"model": "cogview-4", "width": "2048", "height": "2048"}, "does not make that size"),
            ("image", {"model": "glm-image", "width": "2080", "height": "1024"}, "does not make that size"),
            ("image", {"model": "glm-image", "width": "-1", "height": "1024"}, "does not make that size"),
            ("image", {"model": "glm-image", "width": "wide", "height": "1024"}, "Enter a whole number."),
            ("video", {"text": ""}, "Say what is to be seen."),
            ("video", {"text": "x" * 513}, "at most 512 characters"),
            ("video", {"model": "vidu2-start-end"}, "This model needs 2 pictures."),
        ],
    )
    def test_that_makes_no_sense_is_told_with_all_that_was_typed(
        self, kind: str, fields: dict[str, Any], told: str, at_alice: Client
    ) -> None:
        response = make(at_alice, kind, **fields)
        assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert told in words(response)
        assert typed_text(response) == fields.get("text", "A heron")
        assert Job.objects.count() == 0

    def test_with_more_pictures_than_the_model_takes_is_told(self, at_alice: Client, alice: User) -> None:
        response = make(at_alice, "video", model="viduq1-text", picture_code=str(kept(alice).code))
        assert "This model takes at most 0 pictures." in words(response)

    def test_with_a_file_that_is_no_picture_keeps_the_rest(self, at_alice: Client) -> None:
        broken = SimpleUploadedFile("a.png", b"no picture", "image/png")
        response = make(at_alice, "video", model="cogvideox-3", picture=[broken, png()])
        assert "a.png: This is no picture that can be read." in words(response)
        assert str(Picture.objects.get().code) in html(response)

    def test_while_a_reply_is_written_is_refused_with_its_text(self, at_alice: Client, alice: User) -> None:
        turn = people.asked(alice, "Hello?")
        response = make(at_alice, conversation=str(turn.conversation.code))
        assert response.status_code == HTTPStatus.CONFLICT
        assert "A heron" in html(response)

    def test_is_made_again_with_the_same_parameters(self, at_alice: Client, alice: User) -> None:
        job = ordered(alice, "A heron", size="768x1344")
        turn = turn_of(job)
        jobs.cancel(job)
        at_alice.post(
            f"/c/{turn.conversation.code}/messages/{turn.reply.code}/regenerate/", {"client_key": str(uuid.uuid4())}
        )
        again = Job.objects.exclude(pk=job.pk).get()
        assert (again.kind, again.model_name, again.input) == ("image", job.model_name, job.input)


class TestWhatWasMade:
    @pytest.fixture
    def turn(self, alice: User) -> Turn:
        return people.asked(alice, "Draw a heron")

    def test_goes_into_the_box_to_be_asked_about(self, at_alice: Client, alice: User, turn: Turn) -> None:
        picture = kept(alice)
        response = at_alice.post(f"/c/{turn.conversation.code}/pictures/{picture.code}/ask/")
        assert response["Location"] == f"/c/{turn.conversation.code}/#prompt"
        assert TrayPicture.objects.get().picture == picture
        assert people.fresh(turn).conversation.revision == turn.conversation.revision + 1  # other pages learn of it

    def test_is_its_persons_alone(self, at_bob: Client, bob: User, alice: User, turn: Turn) -> None:
        picture, own = kept(alice), people.asked(bob, "Mine?")
        for code in (turn.conversation.code, own.conversation.code):
            assert at_bob.post(f"/c/{code}/pictures/{picture.code}/ask/").status_code == HTTPStatus.NOT_FOUND

    def test_is_saved_by_browsers_that_are_told_to(self, at_alice: Client, alice: User) -> None:
        picture = kept(alice)
        assert at_alice.get(f"/pictures/{picture.code}/?download")["Content-Disposition"].startswith("attachment")
        assert "attachment" not in at_alice.get(f"/pictures/{picture.code}/").get("Content-Disposition", "")
