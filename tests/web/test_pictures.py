"""Pictures over HTTP: brought, ordered, sent, looked at, deleted, and refused in words."""

from __future__ import annotations

import uuid
from http import HTTPStatus
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core.files.storage import InMemoryStorage, default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from conversations import pictures
from conversations.imaging import NoReader, TooHard
from conversations.models import Message, Picture, TrayPicture, Turn, User
from conversations.pictures import Crowded, intake
from tests.characters import making
from tests.imaging.files import bomb
from tests.people import person, withheld
from tests.pictures.bringing import asked_about, brought, in_box, png

from .pages import HTMX, html

NEW = uuid.UUID("019a0000-0000-7000-8000-000000000001")


@pytest.fixture(autouse=True)
def storage(monkeypatch: pytest.MonkeyPatch) -> InMemoryStorage:
    own = InMemoryStorage()
    monkeypatch.setattr(default_storage, "_wrapped", own)
    return own


def bring(client: Client, *files: bytes, code: uuid.UUID = NEW, name: str = "one.png", **options: Any) -> Any:
    uploads = [SimpleUploadedFile(name, data, "image/png") for data in files]
    return client.post(f"/c/{code}/pictures/", {"picture": uploads, **options.pop("fields", {})}, **options)


def shown(client: Client, picture: Picture, path: str = "", **headers: str) -> Any:
    return client.get(f"/pictures/{picture.code}/{path}", headers=headers)


def body(response: Any) -> bytes:
    """What a browser receives: a stream is asynchronous, so that it never waits for a thread of the requests."""

    async def collected() -> bytes:
        return b"".join([piece async for piece in response])

    return async_to_sync(collected)() if response.streaming else response.content


class TestBringing:
    def test_a_script_gets_the_box_with_its_pictures(self, at_alice: Client, alice: User) -> None:
        page = html(bring(at_alice, png(), headers=HTMX))
        row = TrayPicture.objects.get(person=alice, conversation_code=NEW)
        assert f'name="tray" value="{row.code}"' in page
        assert f"/pictures/{row.picture.code}/small/" in page

    def test_without_script_the_page_comes_back_with_what_was_typed(self, at_alice: Client) -> None:
        page = html(bring(at_alice, png(), png("blue"), fields={"text": "What is"}))
        assert page.count('name="tray"') == 2
        assert "What is</textarea>" in page
        assert 'class="opening' in page  # of a conversation that nobody has begun

    def test_what_cannot_be_read_is_told_and_the_rest_is_taken(self, at_alice: Client) -> None:
        response = bring(at_alice, b"<svg/>", png(), fields={"text": "What is"}, name="drawing.svg")
        assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert "drawing.svg: This is no picture that can be read." in html(response)
        assert html(response).count('name="tray"') == 1

    @pytest.mark.parametrize(
        ("data", "words"),
        [
            (b"", "The file is empty."),
            (png()[:60], "The picture is damaged or not complete."),
            (bomb(20_000, 20_000), "at most 50 million"),
            (bomb(20_000, 1), "too long and thin"),
        ],
    )
    def test_each_fault_has_its_words(self, at_alice: Client, data: bytes, words: str) -> None:
        response = bring(at_alice, data, headers=HTMX)
        assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert words in html(response)

    def test_no_picture_at_all_is_told(self, at_alice: Client) -> None:
        assert "No picture was chosen." in html(bring(at_alice))

    def test_a_large_one_is_refused(self, at_alice: Client, settings: Any) -> None:
        settings.CHATSITE_PICTURE_BYTES = 10
        assert bring(at_alice, png(), headers=HTMX).status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE

    def test_a_crowd_is_asked_to_wait(self, at_alice: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        def crowded(*_: Any) -> None:
            raise Crowded

        monkeypatch.setattr(intake, "prepared", crowded)
        response = bring(at_alice, png(), headers=HTMX)
        assert (response.status_code, response["Retry-After"]) == (HTTPStatus.SERVICE_UNAVAILABLE, "2")

    @pytest.mark.parametrize(
        ("error", "status", "words"),
        [
            (
                TooHard("exit code -9"),
                HTTPStatus.UNPROCESSABLE_ENTITY,
                "it takes more time or memory than a picture may",
            ),
            (NoReader("no memory"), HTTPStatus.SERVICE_UNAVAILABLE, "Pictures cannot be read here at the moment."),
            (OSError(28, "No space left"), HTTPStatus.INSUFFICIENT_STORAGE, "The server has no room for it."),
        ],
    )
    def test_what_becomes_of_its_reader_is_told(
        self, at_alice: Client, monkeypatch: pytest.MonkeyPatch, error: Exception, status: HTTPStatus, words: str
    ) -> None:
        def fails(*_: Any) -> None:
            raise error

        with monkeypatch.context() as patch:
            patch.setattr(intake, "prepare", fails)
            response = bring(at_alice, png(), headers=HTMX)
        assert response.status_code == status
        assert words in html(response)
        assert not Picture.objects.exists()
        assert bring(at_alice, png(), headers=HTMX).status_code == HTTPStatus.OK

    @pytest.mark.parametrize("name", ["../../etc/passwd.png", "a" * 300 + ".png", "\u202egnp.exe", "x\x00.png", ""])
    def test_names_are_only_words(self, at_alice: Client, name: str) -> None:
        bring(at_alice, png(), name=name or "x.png", headers=HTMX)
        picture = Picture.objects.get()
        assert not set(picture.name) & set("\u202e\x00/")
        assert picture.file.startswith("pictures/")

    def test_not_into_the_conversations_of_others(self, at_bob: Client, alice: User) -> None:
        code = asked_about(alice).conversation.code
        assert bring(at_bob, png(), code=code).status_code == HTTPStatus.NOT_FOUND
        assert Picture.objects.count() == 1

    def test_strangers_are_asked_who_they_are(self, at_stranger: Client) -> None:
        assert bring(at_stranger, png(), headers=HTMX).status_code == HTTPStatus.UNAUTHORIZED
        assert not Picture.objects.exists()


class TestOrdering:
    def test_earlier_later_described_and_out(self, at_alice: Client, alice: User) -> None:
        first, second = in_box(alice, NEW, "red"), in_box(alice, NEW, "blue")
        at_alice.post(f"/c/{NEW}/pictures/{first.code}/move/", {"by": "1"})
        assert list(pictures.tray_of(alice, NEW)) == [second, first]
        at_alice.post(f"/c/{NEW}/pictures/{first.code}/move/", {"by": "-1"})
        assert list(pictures.tray_of(alice, NEW)) == [first, second]
        at_alice.post(f"/c/{NEW}/pictures/{first.code}/describe/", {f"alt-{first.code}": "A red <field>"})
        assert pictures.tray_of(alice, NEW)[0].alt == "A red <field>"
        at_alice.post(f"/c/{NEW}/pictures/{first.code}/remove/", {"text": "kept"})
        assert list(pictures.tray_of(alice, NEW)) == [second]

    def test_not_by_others(self, at_bob: Client, alice: User) -> None:
        row = in_box(alice, NEW)
        at_bob.post(f"/c/{NEW}/pictures/{row.code}/remove/")
        assert list(pictures.tray_of(alice, NEW)) == [row]


class TestSending:
    def send(self, client: Client, *rows: TrayPicture, text: str = "What is this?", model: str = "glm-4.6v") -> Any:
        fields = {
            "text": text,
            "model": model,
            "client_key": str(uuid.uuid4()),
            "tray": [str(row.code) for row in rows],
        }
        return client.post(f"/c/{NEW}/messages/", fields)

    def test_the_page_shows_them_with_their_room_reserved(self, at_alice: Client, alice: User) -> None:
        row = in_box(alice, NEW)
        self.send(at_alice, row)
        page = html(at_alice.get(f"/c/{NEW}/"))
        assert f'href="/pictures/{row.picture.code}/"' in page
        assert 'width="20" height="20" alt="Picture 1"' in page
        assert 'name="tray"' not in page

    def test_without_a_word(self, at_alice: Client, alice: User) -> None:
        assert self.send(at_alice, in_box(alice, NEW), text="").status_code == HTTPStatus.SEE_OTHER
        assert Turn.objects.count() == 1

    def test_to_a_model_that_cannot_see_they_are_not_sent(self, at_alice: Client, alice: User) -> None:
        response = self.send(at_alice, in_box(alice, NEW), model="glm-4.6")
        assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert "glm-4.6 cannot see pictures, so nothing was sent." in html(response)
        assert html(response).count('name="tray"') == 1
        assert not Turn.objects.exists()

    def test_nothing_at_all_is_refused(self, at_alice: Client) -> None:
        assert self.send(at_alice, text="").status_code == HTTPStatus.UNPROCESSABLE_ENTITY

    def test_one_that_is_gone_is_told_and_the_text_stays(self, at_alice: Client, alice: User) -> None:
        row = in_box(alice, NEW)
        pictures.remove(alice, NEW, row.code)
        response = self.send(at_alice, row)
        assert response.status_code == HTTPStatus.CONFLICT
        assert "A picture of this message is not there any more." in html(response)
        assert "What is this?</textarea>" in html(response)
        assert not Turn.objects.exists()


class TestLooking:
    def test_its_person_sees_it_whole_and_small(self, at_alice: Client, alice: User) -> None:
        picture = brought(alice, png(size=900))
        response = shown(at_alice, picture)
        assert body(response) == default_storage.open(picture.file).read()
        assert response["Content-Type"] == "image/png"
        assert body(shown(at_alice, picture, "small/")) == default_storage.open(picture.small).read()

    def test_nobody_else_does(self, at_bob: Client, at_stranger: Client, alice: User) -> None:
        picture = brought(alice)
        for client in (at_bob, at_stranger):
            assert shown(client, picture).status_code == HTTPStatus.NOT_FOUND
            assert client.get(f"/pictures/{uuid.uuid4()}/").status_code == HTTPStatus.NOT_FOUND

    def test_browsers_make_nothing_else_of_it_and_ask_each_time(self, at_alice: Client, alice: User) -> None:
        response = shown(at_alice, brought(alice))
        assert response["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in response["Content-Security-Policy"]
        assert response["Cache-Control"] == "private, no-cache"

    def test_what_the_browser_has_is_not_sent_again(self, at_alice: Client, alice: User) -> None:
        picture = brought(alice)
        tag = shown(at_alice, picture)["ETag"]
        assert shown(at_alice, picture, **{"If-None-Match": tag}).status_code == HTTPStatus.NOT_MODIFIED

    def test_it_is_withheld_with_its_message(self, at_alice: Client, alice: User) -> None:
        turn = asked_about(alice)
        picture = Picture.objects.get()
        assert shown(at_alice, picture).status_code == HTTPStatus.OK
        turn.question.move("blocked", field="visibility")
        assert shown(at_alice, picture).status_code == HTTPStatus.OK  # its author sees a question that was not accepted
        turn.question.move("removed", field="visibility")
        tag = {"If-None-Match": f'"{picture.code}"'}
        assert shown(at_alice, picture, **tag).status_code == HTTPStatus.NOT_FOUND

    def test_a_lost_file_is_not_found(self, at_alice: Client, alice: User) -> None:
        picture = brought(alice)
        default_storage.delete(picture.file)
        assert shown(at_alice, picture).status_code == HTTPStatus.NOT_FOUND

    @pytest.mark.parametrize(
        ("wanted", "status", "content_range", "part"),
        [
            ("bytes=0-9", 206, "bytes 0-9/{size}", slice(0, 10)),
            ("bytes=10-", 206, "bytes 10-{last}/{size}", slice(10, None)),
            ("bytes=-7", 206, "bytes {end}-{last}/{size}", slice(-7, None)),
            ("bytes=0-99999999", 200, None, slice(None)),
            ("bytes=5-2", 200, None, slice(None)),
            ("bytes=-", 200, None, slice(None)),
            ("bytes=0-1,4-5", 200, None, slice(None)),
            ("lines=1-2", 200, None, slice(None)),
            ("bytes=99999999-", 416, "bytes */{size}", slice(0, 0)),
            ("bytes=-0", 416, "bytes */{size}", slice(0, 0)),
        ],
    )
    def test_parts_can_be_asked_for(
        self, at_alice: Client, alice: User, wanted: str, status: int, content_range: str | None, part: slice
    ) -> None:
        picture = brought(alice)
        data = default_storage.open(picture.file).read()
        response = shown(at_alice, picture, Range=wanted)
        places = {"size": len(data), "last": len(data) - 1, "end": len(data) - 7}
        assert response.status_code == status
        assert response.headers.get("Content-Range") == (content_range and content_range.format(**places))
        assert body(response) == data[part]

    def test_a_part_of_what_has_changed_is_the_whole(self, at_alice: Client, alice: User) -> None:
        picture = brought(alice)
        assert shown(at_alice, picture, Range="bytes=0-1", **{"If-Range": '"other"'}).status_code == HTTPStatus.OK

    def test_head_tells_without_sending(self, at_alice: Client, alice: User) -> None:
        picture = brought(alice)
        response = at_alice.head(f"/pictures/{picture.code}/")
        assert int(response["Content-Length"]) == default_storage.size(picture.file)
        assert response["Accept-Ranges"] == "bytes"
        assert response.content == b""

    def test_a_proxy_sends_it_where_there_is_one(self, at_alice: Client, alice: User, settings: Any) -> None:
        settings.CHATSITE_ACCEL = "/media-files/"
        picture = brought(alice)
        response = shown(at_alice, picture)
        assert response["X-Accel-Redirect"] == f"/media-files/{picture.file}"
        assert response["Content-Type"] == "image/png"


class TestMine:
    def test_all_are_there_with_what_they_take(self, at_alice: Client, alice: User) -> None:
        asked_about(alice, "red")
        brought(alice, png("blue"), name="blue.png")
        brought(person(), png("lime"), name="lime.png")
        page = html(at_alice.get("/pictures/"))
        assert "2 pictures" in page
        assert "in 1 message" in page
        assert "in no message" in page
        assert "blue.png" in page
        assert "lime.png" not in page

    def test_a_face_says_whose_it_is(self, at_alice: Client, alice: User) -> None:
        face = brought(alice)
        elsa = making.made(alice, face=face, name="Elsa <b>")
        assert "face of Elsa &lt;b&gt;" in html(at_alice.get("/pictures/"))
        making.begun(alice, elsa)
        elsa.delete()
        page = html(at_alice.get("/pictures/"))
        assert "face of Elsa" in page
        assert "in no message" not in page

    def test_they_come_in_pages(self, at_alice: Client, alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("conversations.web.pictures.PAGE", 1)
        old, new = brought(alice, png("blue"), "blue.png"), brought(alice, png("red"), "red.png")
        first = html(at_alice.get("/pictures/"))
        assert "red.png" in first
        assert f"?before={new.code}" in first
        assert "blue.png" in html(at_alice.get(f"/pictures/?before={new.code}"))
        assert "Earlier pictures" in first
        assert "Earlier pictures" not in html(at_alice.get(f"/pictures/?before={new.code}"))
        assert old.code < new.code

    def test_one_can_be_deleted_and_its_message_says_so(self, at_alice: Client, alice: User) -> None:
        turn = asked_about(alice)
        picture = Picture.objects.get()
        response = at_alice.post(f"/pictures/{picture.code}/delete/")
        assert response.status_code == HTTPStatus.SEE_OTHER
        assert not Picture.objects.exists()
        assert shown(at_alice, picture).status_code == HTTPStatus.NOT_FOUND
        assert at_alice.get(f"/c/{turn.conversation.code}/").status_code == HTTPStatus.OK

    @pytest.mark.parametrize(
        ("told", "leads_to"),
        [("/c/1/", "/c/1/"), ("https://elsewhere.example/", "/pictures/"), ("//elsewhere.example", "/pictures/")],
    )
    def test_deleting_one_leads_to_no_other_site(self, at_alice: Client, alice: User, told: str, leads_to: str) -> None:
        response = at_alice.post(f"/pictures/{brought(alice).code}/delete/", {"next": told})
        assert response["Location"] == leads_to

    def test_what_is_withheld_is_said_to_be(self, at_alice: Client, alice: User) -> None:
        asked_about(alice).question.move("blocked", field="visibility")
        Message.objects.update(visibility="removed")
        page = html(at_alice.get("/pictures/"))
        assert "Withheld with its message" in page
        assert "/small/" not in page

    def test_not_by_others(self, at_bob: Client, alice: User) -> None:
        picture = brought(alice)
        at_bob.post(f"/pictures/{picture.code}/delete/")
        assert Picture.objects.filter(pk=picture.pk).exists()

    def test_nobody_else_looks(self, at_stranger: Client) -> None:
        assert at_stranger.get("/pictures/").status_code == HTTPStatus.FOUND


def test_what_is_withheld_says_nothing_of_its_pictures(at_alice: Client, alice: User) -> None:
    turn = withheld(alice)
    assert 'class="message__files"' not in html(at_alice.get(f"/c/{turn.conversation.code}/"))
