"""The pages of characters: whose they are, cards that are brought, faces, and conversations that begin with one."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.files.storage import InMemoryStorage, default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from conversations import standing
from conversations.defaults import ADMINISTRATOR, sync_defaults
from conversations.models import AuditEntry, Character, Conversation, Picture, User, WordList
from conversations.turns import characters
from tests import people
from tests.characters.files import as_json, as_png, card, with_card
from tests.characters.making import begun, made
from tests.imaging.files import bomb
from tests.pictures.bringing import brought, png
from tests.web.pages import html, words

ELSA = {"name": "Elsa", "bot_info": "A sailor.", "greeting": "Ahoy, {{user}}.", "tags": "sea, 海， calm, sea"}


@pytest.fixture(autouse=True)
def storage(monkeypatch: pytest.MonkeyPatch) -> Any:
    own = InMemoryStorage()
    monkeypatch.setattr(default_storage, "_wrapped", own)
    yield own
    standing._standing = None


@pytest.fixture
def at_root(db: None, browser: Callable[[User | None], Client]) -> Client:
    sync_defaults()
    root = people.person("root", is_staff=True)
    root.groups.add(Group.objects.get(name=ADMINISTRATOR))
    return browser(User.objects.get(pk=root.pk))


def bring(client: Client, file: BytesIO, name: str = "card.png", **fields: str) -> Any:
    return client.post("/characters/card/", {"card": SimpleUploadedFile(name, file.getvalue()), **fields})


class TestOwn:
    def test_is_made_found_by_tag_and_changed(self, at_alice: Client) -> None:
        assert at_alice.post("/characters/new/", ELSA).status_code == 303
        elsa = Character.objects.get()
        assert elsa.tag_list == ["sea", "海", "calm"]
        assert "Elsa" in words(at_alice.get("/characters/?tag=海"))
        assert "Elsa" not in words(at_alice.get("/characters/?tag=se"))
        assert "Elsa" in words(at_alice.get("/characters/?q=ELS"))
        limits = {"max_tokens": "300", "temperature": "0.5", "model_name": "charglm-4"}
        at_alice.post(f"/characters/{elsa.code}/", {**ELSA, **limits})
        elsa.refresh_from_db()
        assert (elsa.model_name, elsa.parameters) == ("charglm-4", {"v": 1, "max_tokens": 300, "temperature": 0.5})
        assert not AuditEntry.objects.exists()

    @pytest.mark.parametrize(
        ("fields", "field"),
        [
            ({"name": ""}, "name"),
            ({"name": "x" * 121}, "name"),
            ({"bot_info": "x" * 20_001}, "bot_info"),
            ({"tags": ",".join(map(str, range(21)))}, "tags"),
            ({"tags": "x" * 41}, "tags"),
            ({"model_name": "cogview-4"}, "model_name"),
            ({"max_tokens": "4097", "model_name": "charglm-4"}, "max_tokens"),
            ({"max_tokens": "many"}, "max_tokens"),
            ({"temperature": "2"}, "temperature"),
        ],
    )
    def test_with_something_wrong_is_refused_beside_the_field(
        self, at_alice: Client, fields: dict[str, str], field: str
    ) -> None:
        response = at_alice.post("/characters/new/", {**ELSA, **fields})
        assert response.status_code == 422
        assert f'id="{field}-error"' in html(response)
        assert not Character.objects.exists()

    def test_is_nobody_else_s(self, at_bob: Client, alice: User) -> None:
        elsa = made(alice, face=brought(alice))
        assert "Elsa" not in words(at_bob.get("/characters/"))
        for path in ("", "face/"):
            assert at_bob.get(f"/characters/{elsa.code}/{path}").status_code == 404
        for path in ("", "delete/"):
            assert at_bob.post(f"/characters/{elsa.code}/{path}", ELSA).status_code == 404
        assert at_bob.post(f"/c/{uuid.uuid4()}/character/", {"character": elsa.code}).status_code == 404

    def test_is_deleted_and_brought_back(self, at_alice: Client, at_bob: Client, alice: User) -> None:
        elsa = made(alice)
        place = at_alice.post(f"/characters/{elsa.code}/delete/")["Location"]
        assert "is deleted" in words(at_alice.get(place))
        assert at_bob.post(f"/characters/{elsa.code}/restore/").status_code == 404
        at_alice.post(f"/characters/{elsa.code}/restore/")
        assert "Elsa" in words(at_alice.get("/characters/"))

    def test_with_forbidden_words_is_refused_beside_them(self, at_alice: Client) -> None:
        WordList.objects.create(name="no", entries="kraken", is_on=True)
        standing.refresh()
        response = at_alice.post("/characters/new/", {**ELSA, "greeting": "The kraken!"})
        assert (response.status_code, 'id="greeting-error"' in html(response)) == (422, True)

    def test_a_stranger_is_asked_to_sign_in(self, at_stranger: Client, alice: User) -> None:
        elsa = made(alice, face=brought(alice))
        assert at_stranger.get("/characters/").status_code == 302
        assert at_stranger.get(f"/characters/{elsa.code}/face/").status_code == 404


class TestTheOrganisations:
    def test_is_made_by_administrators_for_a_reason_on_record(self, at_root: Client, at_alice: Client) -> None:
        assert at_root.post("/characters/new/", {**ELSA, "shared": "yes"}).status_code == 422
        at_root.post("/characters/new/", {**ELSA, "shared": "yes", "reason": "for the course"})
        elsa = Character.objects.get()
        entry = AuditEntry.objects.get()
        assert (elsa.owner, entry.action, entry.reason) == (None, "character.made", "for the course")
        assert "Elsa" in words(at_alice.get("/characters/"))
        assert at_alice.get(f"/characters/{elsa.code}/").status_code == 404
        assert at_root.post(f"/characters/{elsa.code}/delete/").status_code == 422

    def test_asked_for_by_a_member_is_their_own(self, at_alice: Client, alice: User) -> None:
        at_alice.post("/characters/new/", {**ELSA, "shared": "yes"})
        assert Character.objects.get().owner == alice


class TestTheGallery:
    def test_has_one_s_own_apart_from_the_organisation_s(self, at_alice: Client, alice: User) -> None:
        made(alice, name="Mine")
        page = html(at_alice.get("/characters/"))
        assert ('id="characters-own"' in page, 'id="characters-shared"' in page) == (True, False)
        made(alice, is_shared=True, name="Ours")
        page = html(at_alice.get("/characters/"))
        own, shared = page.split('id="characters-shared"')
        assert "Mine" in own.split('id="characters-own"')[1]
        assert "Ours" in shared
        assert "Mine" not in shared

    def test_says_so_when_there_are_none(self, at_alice: Client) -> None:
        assert "No characters yet" in words(at_alice.get("/characters/"))


class TestACard:
    def test_is_shown_before_it_is_saved(self, at_alice: Client, at_bob: Client) -> None:
        place = bring(at_alice, with_card(card(2)))["Location"]
        page = html(at_alice.get(place))
        assert "Captain Elsa" in page
        assert "character_book" in page
        assert "Captain Elsa" not in words(at_alice.get("/characters/"))
        assert at_bob.get(place).status_code == 404
        at_alice.post(place, ELSA)
        elsa = Character.objects.get()
        assert elsa.kept["fields"]["extensions"] == {"depth_prompt": {"depth": 4}}
        assert elsa.face is not None
        assert "Elsa" in words(at_alice.get("/characters/"))

    def test_for_everybody_is_nobody_s_before_its_maker_saved_it(self, at_root: Client) -> None:
        other = people.person("other", is_staff=True)
        other.groups.add(Group.objects.get(name=ADMINISTRATOR))
        place = bring(at_root, as_json(card(2)), "card.json", shared="yes")["Location"]
        client = Client()
        client.force_login(User.objects.get(pk=other.pk), backend="conversations.web.account.AccountBackend")
        assert client.get(place).status_code == 404
        assert at_root.post(place, {**ELSA, "reason": "nice"}).status_code == 303
        assert client.get(place).status_code == 200

    def test_that_nobody_saved_goes_with_the_next(self, at_alice: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        bring(at_alice, as_json(card(2)), "card.json")
        Character.objects.update(changed_at="2020-01-01T00:00Z")
        bring(at_alice, as_json(card(3)), "card.json")
        assert Character.objects.count() == 1

    def test_with_a_script_in_it_is_only_text(self, at_alice: Client, alice: User) -> None:
        bad = "<script>alert(1)</script><img src=x onerror=alert(1)>"
        place = bring(at_alice, as_json(card(2, description=bad, first_mes=bad, name=bad)), "card.json")["Location"]
        assert "<script>alert" not in html(at_alice.get(place))
        conversation = begun(alice, made(alice, greeting=bad, name="<b>Elsa"))
        page = html(at_alice.get(f"/c/{conversation.code}/"))
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "<b>Elsa" not in page

    @pytest.mark.parametrize(
        ("file", "sentence"),
        [
            (BytesIO(b"<svg><script>alert(1)</script></svg>"), "There is no character in this file."),
            (as_png(), "There is no character in this file."),
            (BytesIO(b'{"name": '), "This card is damaged or not complete."),
            (BytesIO(b'{"a":' * 10_000 + b"1" + b"}" * 10_000), "lists in lists beyond measure"),
            (as_json(card(2, description="x" * 2_000_000)), "This card is larger than is read here."),
            (BytesIO(bomb(60_000, 60_000)[:33] + with_card(card()).getvalue()[33:]), "too many pixels"),
        ],
    )
    def test_that_is_none_is_refused_in_words(self, at_alice: Client, file: BytesIO, sentence: str) -> None:
        response = bring(at_alice, file)
        assert (response.status_code, sentence in words(response)) == (422, True)
        assert not Character.objects.exists()
        assert not Picture.objects.exists()

    def test_that_is_too_large_is_not_read(self, at_alice: Client, settings: Any) -> None:
        settings.CHATSITE_PICTURE_BYTES = 10_000
        response = bring(at_alice, BytesIO(b"{" + b" " * 20_000))
        assert "larger than is read here" in words(response)

    def test_without_a_file_says_so(self, at_alice: Client) -> None:
        assert "No file was chosen." in words(at_alice.post("/characters/card/"))

    def test_is_one_too_many(self, at_alice: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(characters, "MOST_CHARACTERS", 1)
        bring(at_alice, as_json(card(2)), "card.json")
        assert bring(at_alice, as_json(card(2)), "card.json").status_code == 409


class TestAConversation:
    def test_begins_with_the_first_words_and_the_face(self, at_alice: Client, alice: User) -> None:
        elsa, code = made(alice, face=brought(alice), greeting="**Ahoy**, {{user}}."), uuid.uuid4()
        place = at_alice.post(f"/c/{code}/character/", {"character": elsa.code})["Location"]
        page = html(at_alice.get(place))
        assert "<strong>Ahoy</strong>, alice." in page
        assert f"/c/{code}/face/" in page
        response = at_alice.get(f"/c/{code}/face/")
        assert (response.status_code, response["Content-Type"]) == (200, "image/webp")

    def test_keeps_its_face_and_words_when_the_character_is_gone(self, at_alice: Client, alice: User) -> None:
        elsa = made(alice, face=brought(alice))
        conversation = begun(alice, elsa)
        elsa.delete()
        page = html(at_alice.get(f"/c/{conversation.code}/"))
        assert "Can&#x27;t sleep either, alice?" in page or "Can't sleep either, alice?" in page
        assert at_alice.get(f"/c/{conversation.code}/face/").status_code == 200

    def test_shows_its_face_to_nobody_else(self, at_bob: Client, at_stranger: Client, alice: User) -> None:
        conversation = begun(alice, made(alice, face=brought(alice)))
        for client in (at_bob, at_stranger):
            assert client.get(f"/c/{conversation.code}/face/").status_code == 404

    def test_of_somebody_else_takes_no_character(self, at_bob: Client, bob: User, alice: User) -> None:
        conversation, elsa = begun(alice, made(alice)), made(bob)
        answer = at_bob.post(f"/c/{conversation.code}/character/", {"character": elsa.code})
        assert answer.status_code == 404
        assert Conversation.objects.get().owner == alice

    def test_with_forbidden_words_is_refused(self, at_alice: Client, alice: User) -> None:
        elsa = made(alice, bot_info="A kraken.")
        WordList.objects.create(name="no", entries="kraken", is_on=True)
        standing.refresh()
        assert at_alice.post(f"/c/{uuid.uuid4()}/character/", {"character": elsa.code}).status_code == 422


def test_a_picture_that_is_none_leaves_the_form_as_it_was_typed(at_alice: Client) -> None:
    face = SimpleUploadedFile("face.png", b"no picture")
    response = at_alice.post("/characters/new/", {**ELSA, "face": face})
    assert (response.status_code, "A sailor." in html(response)) == (422, True)
    assert 'id="face-error"' in html(response)
    assert not Character.objects.exists()


def test_a_picture_replaces_the_one_before_and_is_taken_away(at_alice: Client, alice: User) -> None:
    elsa = made(alice, face=brought(alice))
    at_alice.post(f"/characters/{elsa.code}/", {**ELSA, "face": SimpleUploadedFile("b.png", png("blue"))})
    second = Character.objects.get().face
    assert second is not None
    assert second != elsa.face
    at_alice.post(f"/characters/{elsa.code}/", {**ELSA, "drop_face": "on"})
    assert Character.objects.get().face is None
