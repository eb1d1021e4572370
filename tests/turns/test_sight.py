"""Flags whose first sight the database could not take: the text stays out of sight, and a case comes all the same."""

from __future__ import annotations

import asyncio
import resource
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import OperationalError
from django.test import Client

from conversations import evidence, moderation, present, sightings, standing
from conversations.models import (
    Flag,
    FlagRule,
    OnFlag,
    ReviewCase,
    Turn,
    TurnState,
    User,
    Visibility,
    WordList,
    text_part,
)
from conversations.moderation import Concern
from conversations.present.running import running_texts
from conversations.turns import checkpoint, flags, reaper, sight
from conversations.turns import runner as runner_module
from conversations.turns.sight import Sight
from tests import fake_glm, people
from tests.fake_glm import text
from tests.turns.running import new_runner
from tests.waiting import SECONDS, eventually_async

pytestmark = pytest.mark.django_db

SEEN = Sight((Concern("finish", "assistant", 1),), text_part("A secret."))


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Iterator[Path]:
    settings.CHATSITE_DATA_DIR = tmp_path
    yield tmp_path
    for turn in sightings.turns():
        sightings.forget(turn)


def flagged(turn: Turn, told: bytes = SEEN.written()) -> Turn:
    """As a process leaves it that dies while the database takes nothing."""
    sightings.keep(turn.code, told)
    sightings.share(turn.code, told)
    return people.fresh(turn)


@pytest.fixture
def turn(ada: User) -> Turn:
    """One that runs; its checkpoint has some of the text, and no flag."""
    running = people.running(ada)
    checkpoint.save(people.RUNNER, [checkpoint.Checkpoint(running.pk, 3, text_part("A sec"))])
    return people.fresh(running)


class TestATurnThatWasFlagged:
    def test_shows_nobody_what_its_checkpoint_has(self, turn: Turn, client: Client) -> None:
        client.force_login(turn.person, "conversations.web.account.AccountBackend")
        address = f"/c/{turn.conversation.code}/"
        assert "A sec" in client.get(address).content.decode()
        flagged(turn)
        assert "A sec" not in client.get(address).content.decode()
        assert present.window(turn.conversation, {}).messages[-1].parts == ()
        assert running_texts([turn.code])[turn.code].text is None

    def test_ends_as_a_withdrawal_with_all_that_was_written(self, turn: Turn) -> None:
        assert reaper.reap(flagged(turn))
        after = people.fresh(turn)
        assert (after.state, after.reply.visibility) == (TurnState.FILTERED, Visibility.HELD)
        case = people.case_of(after.reply)
        assert (case.source, case.level) == ("finish", 1)
        assert moderation.text_for_review(case) == "A secret."
        assert evidence.verify(deep=True).fault is None

    def test_is_withdrawn_too_when_there_was_room_for_its_name_only(self, turn: Turn) -> None:
        assert reaper.reap(flagged(turn, b""))
        case = people.case_of(people.fresh(turn).reply)
        assert (case.source, moderation.text_for_review(case)) == ("finish", "A sec")

    def test_is_left_to_its_process_while_that_lives(self, turn: Turn) -> None:
        flagged(turn)
        assert sight.settle() == 0
        assert sightings.has(turn.code)
        assert not ReviewCase.objects.exists()

    def test_is_forgotten_once_it_has_been_acted_on(self, turn: Turn) -> None:
        reaper.reap(flagged(turn))
        assert sight.settle() == 0
        assert sightings.turns() == set()
        assert Flag.objects.count() == 1


class TestAFlagThatIsHeardOfLate:
    def test_withdraws_a_reply_that_somebody_has_stored(self, turn: Turn) -> None:
        reaper.reap(turn)
        assert people.fresh(turn).reply.visibility == Visibility.SHOWN
        flagged(turn)
        assert sight.settle() == 1
        after = people.fresh(turn)
        assert (after.state, after.reply.visibility) == (TurnState.INTERRUPTED, Visibility.HELD)
        assert moderation.text_for_review(people.case_of(after.reply)) == "A sec"
        assert sightings.turns() == set()

    def test_brings_the_text_along_where_none_was_stored(self, ada: User) -> None:
        turn = people.running(ada)
        reaper.reap(turn)
        flagged(turn)
        assert sight.settle() == 1
        assert moderation.text_for_review(people.case_of(people.fresh(turn).reply)) == "A secret."

    def test_is_acted_on_once(self, turn: Turn) -> None:
        reaper.reap(turn)
        for _ in range(2):
            flagged(turn)
            sight.settle()
        assert Flag.objects.count() == 1

    def test_of_a_conversation_that_is_gone_is_let_go(self) -> None:
        sightings.keep(uuid.uuid4(), SEEN.written())
        assert sight.settle() == 0
        assert sightings.turns() == set()


async def test_a_process_that_cannot_write_a_flag_down_tells_it_elsewhere(
    ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise OperationalError

    monkeypatch.setattr(sight, "keep_flag", away)
    monkeypatch.setattr(runner_module, "finish", away)
    turn = await sync_to_async(people.asked)(ada)
    script = [*text("A secret."), fake_glm.flagged("assistant"), *fake_glm.end(fake_glm.Finish.SENSITIVE)]
    runner = await sync_to_async(new_runner)(turn, fake_glm.FakeGlm(script))
    running = asyncio.get_running_loop().create_task(runner.run())
    await eventually_async(lambda: sightings.has(turn.code))
    running.cancel()
    assert runner.writer.log.text().parts == ()
    seen = await sync_to_async(lambda: sight.of(people.fresh(turn)))()
    assert seen is not None
    assert (seen.concerns[0].source, seen.parts) == ("finish", text_part("A secret."))


@pytest.mark.parametrize(
    ("on_flag", "state"), [(OnFlag.WITHDRAW, TurnState.FILTERED), (OnFlag.MARK, TurnState.COMPLETED)]
)
async def test_a_hit_that_the_database_is_slow_to_weigh_is_told_elsewhere_meanwhile(
    on_flag: OnFlag, state: TurnState, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_weigh, withdraws = threading.Event(), flags.withdraws

    def weighed(*given: Any) -> bool:
        assert may_weigh.wait(SECONDS)
        return withdraws(*given)

    monkeypatch.setattr(flags, "withdraws", weighed)
    await sync_to_async(FlagRule.objects.create)(source="word_list", on_flag=on_flag)
    await sync_to_async(WordList.objects.create)(name="A list", entries="secret")
    await sync_to_async(standing.refresh)()
    turn = await sync_to_async(people.asked)(ada)
    runner = await sync_to_async(new_runner)(
        turn, fake_glm.FakeGlm([*text("A secret."), *fake_glm.end(fake_glm.Finish.STOP)])
    )
    running = asyncio.get_running_loop().create_task(runner.run())
    await eventually_async(lambda: sightings.has(turn.code))
    seen = sight.read(sightings.read(turn.code) or b"", ())
    assert (seen.concerns[0].source, seen.parts) == ("word_list", text_part("A secret."))
    may_weigh.set()
    await running
    assert (await sync_to_async(people.fresh)(turn)).state == state
    assert sightings.has(turn.code) == (state is TurnState.FILTERED)


class TestPlaces:
    def test_a_full_disk_has_room_for_a_name(self, folder: Path) -> None:
        code, (soft, hard) = uuid.uuid4(), resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
        try:
            sightings.keep(code, SEEN.written())
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert sightings.has(code)
        assert sightings.read(code) == b""

    def test_a_file_is_for_its_owner_only(self, folder: Path) -> None:
        sightings.keep(uuid.uuid4(), SEEN.written())
        (path,) = folder.iterdir()
        assert path.stat().st_mode & 0o777 == 0o600

    def test_one_that_is_away_keeps_nobody_from_the_other(self, settings: Any, folder: Path) -> None:
        settings.REDIS_URL = "redis://127.0.0.1:1/0"
        code = uuid.uuid4()
        sightings.keep(code, b"told")
        sightings.share(code, b"told")
        assert (sightings.has(code), sightings.read(code), sightings.turns()) == (True, b"told", {code})
        sightings.forget(code)
        assert not sightings.has(code)

    @pytest.mark.stores
    def test_whoever_has_another_folder_knows_it_from_redis(self, settings: Any, folder: Path) -> None:
        code = uuid.uuid4()
        sightings.share(code, b"told")
        settings.CHATSITE_DATA_DIR = folder / "elsewhere"
        assert (sightings.has(code), sightings.read(code), sightings.turns()) == (True, b"told", {code})
        sightings.forget(code)
        assert (sightings.has(code), sightings.read(code), sightings.turns()) == (False, None, set())
