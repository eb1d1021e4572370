"""A bucket as the site uses it: files in and out, parts of them, and what goes wrong."""

from __future__ import annotations

import subprocess
import sys
import uuid
from http import HTTPStatus
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client

from chatsite import stores
from chatsite.s3 import Bucket
from conversations import pictures
from conversations.models import Picture, PictureState, User
from tests.people import person
from tests.pictures.bringing import asked_about, brought, png
from tests.served.site import ROOT, clean_environment, free_port
from tests.web.test_pictures import body

from .conftest import new_bucket

DATA = bytes(range(256)) * 40


def client_of(somebody: User) -> Client:
    client = Client()
    client.force_login(somebody, backend="conversations.web.account.AccountBackend")
    return client


def keys(bucket: Bucket) -> set[str]:
    return {each.key for each in bucket.bucket.objects.all()}


@pytest.fixture
def alice(db: None) -> User:
    return person("alice")


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch) -> Bucket:
    """A storage that nobody answers for."""
    monkeypatch.setattr("chatsite.s3.ANSWERS", {"connect_timeout": 1, "retries": {"total_max_attempts": 1}})
    gone = new_bucket(f"http://127.0.0.1:{free_port()}", "gone")
    monkeypatch.setattr(default_storage, "_wrapped", gone)
    return gone


class TestFiles:
    def test_come_and_go(self, bucket: Bucket) -> None:
        assert bucket.save("pictures/ab/one.png", ContentFile(DATA)) == "pictures/ab/one.png"
        assert bucket.exists("pictures/ab/one.png")
        assert bucket.size("pictures/ab/one.png") == len(DATA)
        with bucket.open("pictures/ab/one.png") as file:
            assert file.read() == DATA
        bucket.delete("pictures/ab/one.png")
        assert not bucket.exists("pictures/ab/one.png")
        bucket.delete("pictures/ab/one.png")

    def test_lie_below_the_folder_that_was_set(self, bucket: Bucket) -> None:
        bucket.save("one.png", ContentFile(DATA))
        assert keys(bucket) == {"site/one.png"}

    def test_are_read_in_parts(self, bucket: Bucket) -> None:
        bucket.save("one.png", ContentFile(DATA))
        part = bucket.open_part("one.png", 1000, 300)
        assert part.read(200) + part.read(200) == DATA[1000:1300]
        part.close()

    def test_that_are_not_there_are_told_as_such(self, bucket: Bucket) -> None:
        for look in (bucket.open, bucket.size, lambda name: bucket.open_part(name, 0, 1)):
            with pytest.raises(FileNotFoundError):
                look("none.png")

    def test_of_a_storage_that_is_away_are_not_taken_for_gone(self, away: Bucket) -> None:
        for look in (away.open, away.size, away.exists, away.delete, lambda name: away.save(name, ContentFile(DATA))):
            with pytest.raises(OSError, match="did not answer") as caught:
                look("one.png")
            assert not isinstance(caught.value, FileNotFoundError)

    def test_in_a_bucket_that_does_not_exist_are_refused(self, s3_address: str) -> None:
        with pytest.raises(OSError, match=r"one\.png"):
            new_bucket(s3_address, "never-made").save("one.png", ContentFile(DATA))


class TestPictures:
    def test_are_kept_sent_and_deleted(self, bucket: Bucket, alice: User) -> None:
        picture = brought(alice, png(size=600))
        assert keys(bucket) == {f"site/{picture.file}", f"site/{picture.small}"}
        at_alice = client_of(alice)
        whole = at_alice.get(f"/pictures/{picture.code}/")
        with bucket.open(picture.file) as file:
            stored = file.read()
        assert body(whole) == stored
        part = at_alice.get(f"/pictures/{picture.code}/", headers={"Range": "bytes=10-19"})
        assert (part.status_code, body(part)) == (HTTPStatus.PARTIAL_CONTENT, stored[10:20])
        assert pictures.data_of(alice.code, [picture.code])[picture.code] == ("image/png", stored)
        assert pictures.forget(picture)
        assert keys(bucket) == set()

    def test_are_for_their_person_alone(self, bucket: Bucket, alice: User) -> None:
        picture = brought(alice)
        for client in (client_of(person("bob")), Client()):
            assert client.get(f"/pictures/{picture.code}/").status_code == HTTPStatus.NOT_FOUND

    def test_are_withheld_with_their_message(self, bucket: Bucket, alice: User) -> None:
        turn = asked_about(alice)
        turn.question.move("blocked", field="visibility")
        turn.question.move("removed", field="visibility")
        code = Picture.objects.get().code
        assert client_of(alice).get(f"/pictures/{code}/").status_code == HTTPStatus.NOT_FOUND

    def test_that_cannot_be_stored_leave_nothing_and_are_told(self, away: Bucket, alice: User) -> None:
        with pytest.raises(pictures.Unstored):
            brought(alice)
        assert not Picture.objects.of(alice).exists()

    def test_wait_for_a_storage_that_is_away(self, bucket: Bucket, alice: User, request: Any) -> None:
        picture = brought(alice)
        request.getfixturevalue("away")
        answer = client_of(alice).get(f"/pictures/{picture.code}/")
        assert (answer.status_code, answer["Retry-After"]) == (HTTPStatus.SERVICE_UNAVAILABLE, "5")
        assert pictures.forget(picture)
        assert Picture.objects.get().state == PictureState.LEAVING


class TestSettings:
    FILES = {"endpoint": "", "region": "", "prefix": "", "key_id": "", "secret": "", "accel": ""}

    def test_without_a_bucket_it_is_a_folder(self) -> None:
        assert stores.files("", **self.FILES)["BACKEND"].endswith("FileSystemStorage")

    def test_with_one_it_is_that(self) -> None:
        given = {**self.FILES, "endpoint": "https://s3.example.org", "key_id": "a", "secret": "b", "prefix": "chat"}
        found = stores.files("pictures", **given)
        assert found["BACKEND"] == "chatsite.s3.Bucket"
        assert found["OPTIONS"]["location"] == "chat"
        assert found["OPTIONS"]["region_name"] is None

    @pytest.mark.parametrize(
        ("bucket", "more", "told"),
        [
            ("", {"endpoint": "https://s3.example.org"}, "CHATSITE_S3_BUCKET is missing"),
            ("pictures", {"key_id": "a"}, "both or neither"),
            ("pictures", {"secret": "a"}, "both or neither"),
            ("pictures", {"accel": "/_media/"}, "CHATSITE_ACCEL is for files of this machine"),
        ],
    )
    def test_that_contradict_each_other_are_refused(self, bucket: str, more: dict[str, str], told: str) -> None:
        with pytest.raises(ImproperlyConfigured, match=told):
            stores.files(bucket, **{**self.FILES, **more})


def test_nothing_of_it_is_loaded_where_none_is_set() -> None:
    look = "import chatsite.asgi, sys; print('boto3' in sys.modules, 'storages' in sys.modules)"
    environment = {**clean_environment(), "CHATSITE_DATA_DIR": f"/tmp/never-{uuid.uuid4()}"}
    done = subprocess.run([sys.executable, "-c", look], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.stdout.split() == ["False", "False"], done.stderr
