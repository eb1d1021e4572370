"""Images and videos, step by step, with a sandbox behind the links."""

from __future__ import annotations

import datetime as dt
import errno
import io
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.conf import settings as django_settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image

from conversations import clock, jobs, pictures, upstream
from conversations.codes import new_code
from conversations.glm import MAKING_SECONDS, BlockingClient
from conversations.imaging import NoReader
from conversations.models import (
    CallKind,
    Job,
    JobState,
    Picture,
    PictureUse,
    ReviewCase,
    TurnState,
    UpstreamCall,
    User,
    Visibility,
)
from conversations.pictures import SentPicture, intake
from conversations.templatetags.jobs import card_of, took
from conversations.turns import delegated, start
from conversations.turns.orders import question_of
from conversations.turns.stop import stop
from tests import people
from tests.jobs.fake_later import FakeLater, error, receipt, working
from tests.jobs.ordering import fresh, stepped, taken, turn_of
from tests.sandbox.serving import serving

pytestmark = pytest.mark.django_db

Glm = Callable[..., FakeLater]
MODELS = {"image": "cogview-4", "video": "cogvideox-3"}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving() as found:
        yield found


@pytest.fixture
def sandbox(address: str, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The sandbox as the server in use, and a storage of its own."""
    storages = {**django_settings.STORAGES}
    storages["default"] = {"BACKEND": storages["default"]["BACKEND"], "OPTIONS": {"location": str(tmp_path)}}
    settings.STORAGES = storages
    monkeypatch.setattr(upstream, "_sandbox_base", f"{address}/api/paas/v4")
    with BlockingClient(f"{address}/api/paas/v4", "sandbox.sandbox") as client:
        monkeypatch.setattr(upstream, "blocking_client", lambda: client)
        yield


def ordered(person: User, text: str, kind: str = "image", sent: tuple[SentPicture, ...] = (), **parameters: Any) -> Job:
    def begin(turn: Any) -> None:
        delegated.delegate(turn, kind, {"v": 1, "parameters": parameters})

    order = replace(people.order(person, model_name=MODELS[kind], begin=begin), talks_with=people.MODEL)
    turn = start.send_question(order, new_code(), question_of(text, sent))
    return Job.objects.get(turn=turn)


def made(person: User, text: str, kind: str = "image", **more: Any) -> Job:
    """After all steps that it takes; a video is asked for once."""
    job = stepped(ordered(person, text, kind, **more))
    return stepped(job) if job.state == JobState.SUBMITTED else job


@pytest.mark.usefixtures("sandbox")
class TestAnImage:
    def test_waits_until_somebody_can_be_started_who_reads_it(self, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
        with monkeypatch.context() as patched:
            patched.setattr(intake, "prepare", nobody_reads)
            job = stepped(ordered(ada, "A heron"))
            assert (job.state, job.failure_count) == (JobState.FETCHING, 1)
        assert stepped(job).state == JobState.SUCCEEDED
        assert UpstreamCall.objects.count() == 1

    def test_is_the_reply(self, ada: User) -> None:
        job = made(ada, "A heron", size="768x1344")
        turn, picture = turn_of(job), Picture.objects.get()
        assert (job.state, turn.state, turn.finish) == (JobState.SUCCEEDED, TurnState.COMPLETED, "stop")
        assert (picture.width, picture.height, picture.media_type) == (768, 1344, "image/png")
        part = turn.reply.parts[0]
        assert (part.kind, part.raw["picture"]) == ("image", str(picture.code))
        assert PictureUse.objects.get().message == turn.reply
        assert job.result == {"picture": str(picture.code), "has_still": True}

    def test_is_counted_as_one(self, ada: User) -> None:
        made(ada, "A heron", size="1024x1024")
        call = UpstreamCall.objects.get()
        assert (call.kind, call.model_asked, call.finish) == (CallKind.IMAGE, "cogview-4", "stop")
        assert call.parameters == {"v": 1, "size": "1024x1024"}
        assert call.content_filter == [{"role": "assistant", "level": 3}]
        assert call.ended_at is not None

    def test_is_at_work_on_all_pages_while_it_is_being_made(self, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
        job = ordered(ada, "A heron")
        before, real = turn_of(job).conversation.revision, jobs.kind_of("image").submit
        seen: list[tuple[str, bool]] = []

        def looks(*args: Any) -> Any:
            seen.append((str(card_of(fresh(job)).word), turn_of(job).conversation.revision > before))
            return real(*args)

        monkeypatch.setattr(jobs.kind_of("image"), "submit", looks)
        stepped(job)
        assert seen == [("Working", True)]

    def test_whose_taker_died_while_it_was_being_made_is_soon_known_to_be_unknown(
        self, ada: User, settings: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def dies(*_: object) -> None:
            raise SystemExit

        monkeypatch.setattr(jobs.kind_of("image"), "submit", dies)
        job = ordered(ada, "A heron")
        with pytest.raises(SystemExit):
            jobs.advance(taken(job))
        left = fresh(job).lease_until - clock.now()  # type: ignore[operator]
        longest = MAKING_SECONDS + settings.CHATSITE_CONNECT_TIMEOUT + 2 * settings.CHATSITE_JOB_TIMEOUT
        assert longest < left.total_seconds() < longest + 30
        assert stepped(job).state == JobState.UNKNOWN

    def test_takes_as_long_as_it_was_being_made(self, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
        job = ordered(ada, "A heron")
        ended, real = clock.now() + dt.timedelta(seconds=60), jobs.kind_of("image").submit

        def slowly(*args: Any) -> Any:
            monkeypatch.setattr(clock, "now", lambda: ended)
            return real(*args)

        monkeypatch.setattr(jobs.kind_of("image"), "submit", slowly)
        seconds = took(stepped(job))
        assert seconds is not None
        assert 30 < seconds <= 60

    def test_leaves_the_conversation_its_own_model(self, ada: User) -> None:
        job = made(ada, "A heron")
        assert turn_of(job).conversation.model_name == people.MODEL

    def test_that_is_flagged_is_withheld_with_a_case(self, ada: User) -> None:
        job = made(ada, "[[media-flagged]] A heron")
        turn = turn_of(job)
        assert (job.state, turn.state, turn.reply.visibility) == (
            JobState.SUCCEEDED,
            TurnState.FILTERED,
            Visibility.HELD,
        )
        assert ReviewCase.objects.get().message_code == turn.reply.code
        assert pictures.may_be_seen(ada, Picture.objects.get().code) is None

    def test_whose_words_are_blocked_opens_a_case(self, ada: User) -> None:
        job = made(ada, "[[blocked]] A heron")
        turn = turn_of(job)
        assert (job.state, turn.state, turn.question.visibility) == (
            JobState.FAILED,
            TurnState.FILTERED,
            Visibility.BLOCKED,
        )
        assert ReviewCase.objects.get().message_code == turn.question.code

    @pytest.mark.parametrize(
        ("name", "trouble"),
        [
            ("media-dead", "link_dead"),
            ("media-page", "wrong_type"),
            ("media-null", "empty"),
            ("media-huge", "file_too_large"),
        ],
    )
    def test_may_not_come(self, name: str, trouble: str, ada: User, settings: Any) -> None:
        settings.CHATSITE_MEDIA_BYTES = 2_000_000
        job = made(ada, f"[[{name}]] A heron")
        turn = turn_of(job)
        assert (job.state, job.trouble) == (JobState.FAILED, trouble)
        assert (turn.state, turn.trouble, turn.reply.parts) == (TurnState.FAILED, trouble, ())
        assert Picture.objects.count() == 0

    def test_is_fetched_again_without_a_new_order(self, ada: User) -> None:
        job = made(ada, "[[media-dead]] A heron")
        link = job.result["data"][0]["url"]
        assert "made" in link
        again = fetched_again(ada, job)
        assert (again.state, again.result["data"][0]["url"]) == (JobState.FETCHING, link)
        stepped(again)
        assert UpstreamCall.objects.count() == 1

    def test_goes_on_where_its_taker_died(self, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
        job = ordered(ada, "A heron")
        kind = jobs.kind_of("image")

        def dies(*_args: object) -> None:
            raise SystemExit

        with monkeypatch.context() as patched:
            patched.setattr(kind, "copied", dies, raising=True)
            with pytest.raises(SystemExit):
                jobs.advance(taken(job))
        assert fresh(job).state == JobState.FETCHING
        assert stepped(job).state == JobState.SUCCEEDED
        assert UpstreamCall.objects.count() == 1

    def test_that_nobody_waits_for_is_dropped(self, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
        job = ordered(ada, "A heron")
        turn, real = turn_of(job), jobs.kind_of("image").submit

        def stops(*args: Any) -> Any:
            stop(ada, turn.conversation.code, turn.code)
            return real(*args)

        monkeypatch.setattr(jobs.kind_of("image"), "submit", stops)
        assert stepped(job).state == JobState.SUCCEEDED
        assert (turn_of(job).state, turn_of(job).reply.parts) == (TurnState.STOPPED, ())
        assert UpstreamCall.objects.get().finish == "cancelled"


@pytest.mark.usefixtures("sandbox")
class TestAVideo:
    def test_is_the_reply_with_its_cover(self, ada: User) -> None:
        job = made(ada, "A heron flies", "video", size="1280x720", fps=30)
        turn, video = turn_of(job), Picture.objects.get()
        assert (job.state, turn.state) == (JobState.SUCCEEDED, TurnState.COMPLETED)
        assert (video.media_type, video.is_video) == ("video/webm", True)
        assert (video.width, video.height, video.small_width, video.small_height) == (1280, 720, 480, 270)
        assert (turn.reply.parts[0].kind, turn.reply.parts[0].raw["size"]) == ("video", [1280, 720])

    def test_has_the_pictures_of_the_question(self, ada: User, glm: Glm) -> None:
        sent = SentPicture(kept_photo(ada))
        fake = glm(receipt())
        stepped(ordered(ada, "It flies", "video", (sent,), with_audio=True))
        order = fake.orders[0]
        assert order["path"] == "/api/paas/v4/videos/generations"
        assert order["image_url"].startswith("data:image/png;base64,")
        assert (order["with_audio"], order["prompt"]) == (True, "It flies")
        assert order["request_id"] == Job.objects.get().request_id
        assert len(order["user_id"]) >= 6

    def test_without_one_of_its_pictures_is_not_ordered(self, ada: User, glm: Glm) -> None:
        fake, picture = glm(), kept_photo(ada)
        job = ordered(ada, "It flies", "video", (SentPicture(picture),))
        Picture.objects.update(state="leaving")
        assert (stepped(job).trouble, fake.orders) == ("no_picture", [])

    def test_may_have_no_cover(self, ada: User, glm: Glm, address: str) -> None:
        with httpx.Client(base_url=address, headers={"Authorization": "Bearer sandbox.sandbox"}) as http:
            order = http.post("/api/paas/v4/videos/generations", json={"model": "cogvideox-3", "prompt": "A heron"})
            told = http.get(f"/api/paas/v4/async-result/{order.json()['id']}").json()
        told["video_result"][0]["cover_image_url"] = f"{address}/made/nothing"
        glm(receipt(), httpx.Response(200, json=told))
        job = stepped(stepped(ordered(ada, "A heron", "video", size="1024x1024")))
        video = Picture.objects.get()
        assert (job.state, video.small, job.result["has_still"]) == (JobState.SUCCEEDED, "", False)
        assert (video.width, video.height, video.small_width) == (1024, 1024, 0)
        assert pictures.out_of_focus(video) is None
        assert pictures.forget(video)

    @pytest.mark.parametrize("name", ["later-fail", "later-fail-error", "later-fail-message", "later-fail-words"])
    def test_may_fail_in_all_shapes(self, name: str, ada: User) -> None:
        job = made(ada, f"[[{name}]] A heron", "video")
        assert (job.state, turn_of(job).trouble) == (JobState.FAILED, "disturbed")

    def test_that_is_blocked_at_its_end_opens_a_case(self, ada: User) -> None:
        job = made(ada, "[[later-fail-blocked]] A heron", "video")
        assert (job.state, turn_of(job).state) == (JobState.FAILED, TurnState.FILTERED)
        assert ReviewCase.objects.count() == 1

    @pytest.mark.parametrize(
        ("name", "trouble"), [("media-dead", "link_dead"), ("media-page", "wrong_type"), ("media-null", "empty")]
    )
    def test_may_not_come(self, name: str, trouble: str, ada: User) -> None:
        job = made(ada, f"[[{name}]] A heron", "video")
        assert (job.state, job.trouble, Picture.objects.count()) == (JobState.FAILED, trouble, 0)

    def test_that_takes_too_long_expires(self, ada: User) -> None:
        job = stepped(ordered(ada, "[[later-never]] A heron", "video"))
        Job.objects.update(deadline_at=clock.now())
        assert (stepped(job).state, turn_of(job).trouble) == (JobState.EXPIRED, "timeout")

    def test_comes_when_it_is_asked_for_again(self, ada: User) -> None:
        job = stepped(ordered(ada, "[[later-slow]] wait:0 A heron", "video"))
        Job.objects.update(deadline_at=clock.now())
        job = stepped(job)
        assert job.state == JobState.EXPIRED
        again = fetched_again(ada, job)
        assert (again.state, again.provider_id) == (JobState.SUBMITTED, job.provider_id)

    def test_whose_files_may_still_come_is_tried_again(
        self, ada: User, glm: Glm, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        nowhere = {"url": "http://127.0.0.1:9/v.mp4", "cover_image_url": None}
        done = httpx.Response(200, json={"id": None, "task_status": "SUCCESS", "video_result": [nowhere]})
        glm(receipt(), done, done)
        monkeypatch.setattr(upstream, "_sandbox_base", "http://127.0.0.1:9/api/paas/v4")
        job = stepped(stepped(ordered(ada, "A heron", "video")))
        assert (job.state, job.failure_count) == (JobState.FETCHING, 1)
        Job.objects.update(failure_count=5)
        assert (stepped(job).state, fresh(job).trouble) == (JobState.FAILED, "link_dead")

    @pytest.mark.parametrize("answer", [httpx.ConnectError("no"), working()])
    def test_that_is_not_told_of_again_has_failed_and_not_expired(
        self, answer: httpx.Response | Exception, ada: User, glm: Glm
    ) -> None:
        glm(receipt(), answer)
        job = stepped(ordered(ada, "A heron", "video"))
        Job.objects.update(state=JobState.FETCHING, deadline_at=clock.now() - dt.timedelta(hours=25))
        job = stepped(job)
        assert (job.state, job.failure_count, turn_of(job).state) == (JobState.FAILED, 0, TurnState.FAILED)

    def test_waits_for_room_on_a_full_disk(self, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
        job = stepped(ordered(ada, "[[plain]] wait:0 A heron", "video"))
        with monkeypatch.context() as patched:
            patched.setattr(tempfile, "TemporaryFile", FullFile)
            job = stepped(job)
            assert (job.state, job.failure_count, job.trouble) == (JobState.FETCHING, 1, "")
            Job.objects.update(failure_count=5)
            assert (stepped(job).state, fresh(job).trouble) == (JobState.FAILED, "no_room")
        assert stepped(fetched_again(ada, job)).state == JobState.SUCCEEDED
        assert UpstreamCall.objects.count() == 1

    def test_waits_for_room_in_a_full_storage(self, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
        job = stepped(ordered(ada, "[[plain]] wait:0 A heron", "video"))
        with monkeypatch.context() as patched:
            patched.setattr(default_storage, "save", full_disk)
            assert (stepped(job).state, fresh(job).failure_count) == (JobState.FETCHING, 1)
        assert stepped(job).state == JobState.SUCCEEDED

    def test_is_not_fetched_from_inside(self, ada: User, glm: Glm) -> None:
        inside = {"url": "http://127.0.0.1:1/v.mp4"}
        done = httpx.Response(200, json={"task_status": "SUCCESS", "video_result": [inside]})
        glm(receipt(), done)
        job = stepped(stepped(ordered(ada, "A heron", "video")))
        assert (job.state, job.trouble, job.trouble_code) == (JobState.FAILED, "link_dead", "private")

    def test_of_another_server_ends_in_words(self, ada: User) -> None:
        job = stepped(ordered(ada, "A heron", "video"))
        Job.objects.update(upstream="elsewhere", state=JobState.FETCHING)
        assert (stepped(job).state, turn_of(job).trouble) == (JobState.FAILED, "moved")


def test_an_order_that_glm_turns_away_waits(ada: User, glm: Glm) -> None:
    glm(error("1302", 429))
    assert stepped(ordered(ada, "A heron")).state == JobState.QUEUED


def nobody_reads(*_: object) -> None:
    raise NoReader("no memory")


def full_disk(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


class FullFile(io.BytesIO):
    """A file on a disk that takes nothing more."""

    def write(self, _data: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


def kept_photo(person: User) -> Picture:
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(buffer, "PNG")
    return pictures.keep(person, ContentFile(buffer.getvalue()), buffer.tell(), "heron.png")


def fetched_again(person: User, job: Job) -> Job:
    turn = turn_of(job)

    def begin(again: Any) -> None:
        delegated.fetch_again(job, again)

    order = people.order(person, model_name=job.model_name, begin=begin)
    return Job.objects.get(turn=start.regenerate(order, turn.conversation.code, turn.reply.code))
