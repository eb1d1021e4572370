"""Questions and replies against the organisation's lists, and flags that outlive their process."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.test import Client

from conversations import evidence, moderation, present, standing
from conversations.glm import HostedUse, SourcesFound, ToolUsed
from conversations.glm import Source as Page
from conversations.models import (
    Delivery,
    EvidenceKind,
    Flag,
    FlagRule,
    Match,
    Message,
    OnFlag,
    Part,
    ReviewCase,
    Turn,
    TurnState,
    User,
    Visibility,
    WordList,
    text_part,
)
from conversations.moderation import Concern
from conversations.turn_log import TurnLog
from conversations.turns import checkpoint, claim, hosted_uses, reaper, start
from conversations.turns import runner as runner_module
from conversations.turns.screen import Screen
from conversations.turns.writer import Writer
from conversations.words import Lists, Mode, Source, Watch
from tests import fake_glm, people
from tests.fake_glm import text
from tests.turns.running import Running, mid_reply, ran, told

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("waits")]


def listed(*entries: str, **facts: Any) -> WordList:
    found = WordList.objects.create(name=f"list {WordList.objects.count()}", entries="\n".join(entries), **facts)
    standing.refresh()
    return found


def rule(source: str, **facts: Any) -> None:
    FlagRule.objects.create(source=source, **facts)
    standing.refresh()


def asked(person: User, question: str = "Hello?") -> Turn:
    return people.asked(person, question)


class TestAQuestionOnAList:
    def test_is_blocked_and_never_asked(self, ada: User) -> None:
        listed("forbidden", level=1)
        turn = asked(ada, "Tell me FORBIDDEN things")
        assert claim.claim(turn.pk, people.RUNNER) is None
        turn = people.fresh(turn)
        assert (turn.state, turn.question.visibility) == (TurnState.FILTERED, Visibility.BLOCKED)
        assert turn.calls.count() == 0
        case = people.case_of(turn.question)
        assert (case.source, case.level, case.role) == ("word_list", 1, "user")
        assert present.text_of(turn.question) == "Tell me FORBIDDEN things"

    def test_can_be_put_differently_and_the_conversation_goes_on(self, ada: User) -> None:
        listed("forbidden")
        turn = asked(ada, "forbidden")
        claim.claim(turn.pk, people.RUNNER)
        again = start.edit_and_resend(people.order(ada), turn.conversation.code, turn.question.code, "allowed")
        request = people.claimed(again).request
        assert [message.content for message in request.messages] == ["allowed"]

    def test_is_asked_when_a_person_has_released_it(self, ada: User) -> None:
        listed("forbidden")
        turn = asked(ada, "forbidden")
        claim.claim(turn.pk, people.RUNNER)
        people.released(turn.question)
        again = start.regenerate(people.order(ada), turn.conversation.code, turn.reply.code)
        assert people.claimed(again)

    def test_is_asked_and_marked_where_the_rules_say_so(self, ada: User) -> None:
        listed("forbidden")
        rule("word_list", on_flag=OnFlag.MARK)
        turn = asked(ada, "forbidden")
        people.claimed(turn)
        question = people.fresh(turn).question
        assert (question.visibility, question.is_marked) == (Visibility.SHOWN, True)

    @pytest.mark.parametrize("facts", [{"is_on": False}, {"checks_input": False}])
    def test_is_asked_when_the_list_is_not_for_questions(self, ada: User, facts: dict[str, bool]) -> None:
        listed("forbidden", **facts)
        assert people.claimed(asked(ada, "forbidden"))

    def test_is_named_by_list_version_and_place_and_not_by_its_words(self, ada: User) -> None:
        entries = listed("one", "forbidden")
        claim.claim(asked(ada, "so forbidden").pk, people.RUNNER)
        detail = Flag.objects.get().detail
        assert detail["list"] == str(entries.code)
        assert (detail["entry"], detail["start"], detail["end"]) == (1, 3, 12)
        assert "forbidden" not in str(detail)


class TestAReplyOnAList:
    async def test_is_withdrawn_and_the_request_closed(self, ada: User) -> None:
        await sync_to_async(listed)("forbidden", level=1)
        turn, glm = await ran(await sync_to_async(asked)(ada), [*text("It is for", "bid", "den, so ", "more"), *end()])
        assert (turn.state, turn.reply.visibility) == (TurnState.FILTERED, Visibility.HELD)
        assert glm.open == 0
        case = await sync_to_async(people.case_of)(turn.reply)
        assert (case.source, case.level) == ("word_list", 1)
        assert "forbidden" in await sync_to_async(moderation.text_for_review)(case)

    async def test_is_withdrawn_when_the_word_is_its_last(self, ada: User) -> None:
        await sync_to_async(listed)("cat", match=Match.EXACT)
        turn, _ = await ran(await sync_to_async(asked)(ada), [*text("It was the c", "at"), *end()])
        assert turn.reply.visibility == Visibility.HELD

    async def test_is_withdrawn_for_its_reasoning_too(self, ada: User) -> None:
        await sync_to_async(listed)("forbidden")
        script = [fake_glm.reasoning("forbidden"), *text("Fine."), *end()]
        turn, _ = await ran(await sync_to_async(asked)(ada), script)
        assert turn.reply.visibility == Visibility.HELD

    async def test_is_withdrawn_for_a_source_the_moment_it_comes(self, ada: User) -> None:
        await sync_to_async(listed)("forbidden")
        script = [*text("It is"), found("A forbidden page"), *text(" much more"), *end()]
        turn, glm = await ran(await sync_to_async(asked)(ada), script)
        assert (turn.reply.visibility, glm.left) == (Visibility.HELD, 1)
        case = await sync_to_async(people.case_of)(turn.reply)
        assert [part.kind for part in turn.reply.parts] == ["text", "sources"]
        assert "A forbidden page" in turn.reply.parts[1].text
        assert case.source == "word_list"

    async def test_is_withdrawn_for_the_words_of_a_drawing_before_that_is_fetched(
        self, ada: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await sync_to_async(listed)("forbidden")
        fetched: list[str] = []

        async def copied(use: HostedUse, person_id: int) -> list[Any]:
            fetched.extend(use.images)
            return []

        monkeypatch.setattr(hosted_uses, "copied", copied)
        drawing = HostedUse(0, "drawing_tool", "a forbidden place", "", ("https://glm.example/1.png",))
        script = [ToolUsed(drawing, is_over=True), *text("Here."), *end()]
        turn, _ = await ran(await sync_to_async(asked)(ada), script)
        assert (turn.reply.visibility, fetched) == (Visibility.HELD, [])

    async def test_is_marked_once_for_a_source_that_is_written_later(self, ada: User) -> None:
        await sync_to_async(listed)("forbidden")
        await sync_to_async(rule)("word_list", on_flag=OnFlag.MARK)
        script = [*text("It is"), found("A forbidden page", "Another"), *text(" so."), *end()]
        turn, _ = await ran(await sync_to_async(asked)(ada), script)
        assert [kind for kind, _ in told(turn)] == ["text", "sources"]
        assert told(turn)[0] == ("text", "It is so.")
        flag = await sync_to_async(Flag.objects.get)()
        assert flag.detail["count"] == 1

    async def test_goes_on_where_hits_are_only_marked(self, ada: User) -> None:
        await sync_to_async(listed)("forbidden")
        await sync_to_async(rule)("word_list", on_flag=OnFlag.MARK)
        script = [fake_glm.reasoning("forbidden plan"), *text("It is forbidden", " to stop."), *end()]
        turn, _ = await ran(await sync_to_async(asked)(ada), script)
        assert turn.state == TurnState.COMPLETED
        assert told(turn) == [("reasoning", "forbidden plan"), ("text", "It is forbidden to stop.")]
        assert turn.reply.is_marked

    async def test_that_is_clean_is_stored_whole(self, ada: User) -> None:
        await sync_to_async(listed)("forbidden")
        turn, _ = await ran(await sync_to_async(asked)(ada), [*text("Forb", "earance pays. For"), *end()])
        assert (turn.state, told(turn)) == (TurnState.COMPLETED, [("text", "Forbearance pays. For")])

    async def test_is_flagged_by_a_list_that_came_meanwhile(self, ada: User) -> None:
        turn = await sync_to_async(asked)(ada)
        runner = await sync_to_async(lambda: runner_of(turn, [*text("It is forbidden."), *end()]))()
        await sync_to_async(listed)("forbidden")
        await runner.run()
        assert (await sync_to_async(people.fresh)(turn)).reply.visibility == Visibility.HELD

    async def test_is_held_against_100000_words_that_came_while_several_were_written(self, ada: User) -> None:
        replies = {"and all is well": TurnState.COMPLETED, "and word99999 is in it": TurnState.FILTERED}
        running = []
        for rest in replies:
            turn = await sync_to_async(asked)(await sync_to_async(people.person)())
            running.append(await mid_reply(turn, *text(f" {rest}"), *end(), before="So far so good"))
        await sync_to_async(listed)(*(f"word{number}" for number in range(100_000)), match=Match.EXACT)
        for each in running:
            each.gate.set()
        ended = [await each.ended() for each in running]
        assert [turn.state for turn in ended] == list(replies.values())
        assert ["".join(words for _, words in told(turn)) for turn in ended] == [
            f"So far so good {rest}" for rest in replies
        ]

    async def test_whose_check_breaks_is_listed_and_not_lost(self, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
        await sync_to_async(listed)("forbidden")

        def broken(*_: object) -> str:
            raise RuntimeError

        turn = await sync_to_async(asked)(ada)
        monkeypatch.setattr(Watch, "feed", broken)
        turn, _ = await ran(turn, [*text("All ", "is well."), *end()])
        assert (turn.state, told(turn)) == (TurnState.COMPLETED, [("text", "All is well.")])
        assert (await sync_to_async(people.case_of)(turn.reply)).source == "unchecked"


def runner_of(turn: Turn, script: fake_glm.Script) -> runner_module.Runner:
    return runner_module.Runner(people.claimed(turn), fake_glm.FakeGlm(script), runner_module.Pace(0))  # type: ignore[arg-type]


def found(*titles: str) -> fake_glm.Step:
    return SourcesFound(tuple(Page(title=title) for title in titles))


def end() -> list[fake_glm.Step]:
    return fake_glm.stop()


class TestTheScreen:
    def screen(self, *entries: str) -> tuple[Screen, list[tuple[str, str]]]:
        given: list[tuple[str, str]] = []
        lists = Lists([Source("list", 1, 1, Mode.PHRASE, entries)])
        return Screen(lists, lambda kind, piece: given.append((kind, piece))), given

    def test_gives_parts_on_in_their_order(self) -> None:
        screen, given = self.screen("bad")
        screen.add("reasoning", "so ba")
        screen.add("text", "well ")
        screen.end()
        joined = {kind: "".join(piece for k, piece in given if k == kind) for kind in ("reasoning", "text")}
        assert joined == {"reasoning": "so ba", "text": "well "}
        assert [kind for kind, _ in given] == sorted(kind for kind, _ in given)

    def test_lets_a_later_part_wait_behind_a_hit(self) -> None:
        screen, given = self.screen("bad")
        screen.add("reasoning", "bad")
        screen.add("text", "well ")
        assert given == []
        assert screen.kept() == [("reasoning", "bad"), ("text", "well ")]
        screen.go_on()
        assert given == [("reasoning", "bad"), ("text", "well ")]

    def test_lets_known_words_through_in_their_place(self) -> None:
        screen, given = self.screen("bad")
        screen.add("text", "so ba")
        screen.look_ahead("a bad page")
        assert len(screen.hits) == 1
        screen.add("sources", "a bad page", is_known=True)
        assert given == [("text", "so ")]
        assert screen.kept() == [("text", "ba"), ("sources", "a bad page")]
        screen.go_on()
        assert (given[1:], screen.hits) == ([("text", "ba"), ("sources", "a bad page")], [])
        screen.add("text", "and bad")
        screen.end()
        assert len(screen.hits) == 1

    def test_shows_the_use_of_a_tool_at_once(self) -> None:
        log = TurnLog(uuid.uuid4(), uuid.uuid4(), uuid.uuid4())
        lists = Lists([Source("list", 1, 1, Mode.REGEX, ("fo+rbidden",))])
        use = ToolUsed(HostedUse(0, "web_browser", ""))
        Writer(log, lists=lists).take([use])
        assert [part.text for part in log.text().parts] == ["".join(e.written() for e in hosted_uses.entries(use))]


class TestAKillBetweenFlagAndWithdrawal:
    FLAG = Concern("finish", "assistant", 1)

    def flagged(self, ada: User) -> Turn:
        """As a process leaves it that dies when the flag is written down and nothing is done about it yet."""
        turn = people.running(ada)
        checkpoint.save(people.RUNNER, [checkpoint.Checkpoint(turn.pk, 3, text_part("A sec"))])
        checkpoint.keep_flag(turn.pk, people.RUNNER, (Part("text", "A secret."),), [self.FLAG])
        return people.fresh(turn)

    def test_shows_nobody_anything(self, ada: User, client: Client) -> None:
        turn = self.flagged(ada)
        client.force_login(ada, "conversations.web.account.AccountBackend")
        page = client.get(f"/c/{turn.conversation.code}/").content.decode()
        assert "A sec" not in page
        assert present.window(turn.conversation, {}).messages[-1].parts == ()

    def test_ends_as_a_withdrawal_with_the_text_for_reviewers(self, ada: User) -> None:
        turn = self.flagged(ada)
        assert reaper.reap(turn)
        after = people.fresh(turn)
        assert (after.state, after.reply.visibility) == (TurnState.FILTERED, Visibility.HELD)
        case = people.case_of(after.reply)
        assert (case.source, case.level) == ("finish", 1)
        assert moderation.text_for_review(case) == "A secret."
        assert evidence.last_payload(case.code, EvidenceKind.FLAGGED) is not None

    def test_keeps_the_text_from_checkpoints_that_come_late(self, ada: User) -> None:
        turn = self.flagged(ada)
        findings = checkpoint.save(people.RUNNER, [checkpoint.Checkpoint(turn.pk, 9, ())])
        assert findings.lost == frozenset()
        assert people.fresh(turn).open_parts == (Part("text", "A secret."),)

    async def test_is_written_down_before_the_withdrawal(self, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
        seen: list[bool] = []
        real = runner_module.finish

        def finish(turn_id: int, *args: Any, **kwargs: Any) -> bool:
            seen.append(Turn.objects.get(pk=turn_id).flagged_at is not None)
            return real(turn_id, *args, **kwargs)

        monkeypatch.setattr(runner_module, "finish", finish)
        script = [*text("A secret."), fake_glm.flagged("assistant"), *fake_glm.end(fake_glm.Finish.SENSITIVE)]
        await ran(await sync_to_async(asked)(ada), script)
        assert seen == [True]


async def test_a_kill_leaves_what_was_only_marked_to_whoever_ends_the_turn(ada: User) -> None:
    await sync_to_async(listed)("forbidden")
    await sync_to_async(rule)("word_list", on_flag=OnFlag.MARK)
    turn = await sync_to_async(asked)(ada)
    running = await (await sync_to_async(Running)(turn, before=text("It is forbidden ", "to"))).begun(len("It is"))
    assert await sync_to_async(lambda: reaper.reap(people.fresh(turn)))()
    running.runner.end(runner_module.Reason.LOST)
    after = await running.ended()
    assert (after.state, after.reply.visibility, after.reply.is_marked) == (
        TurnState.INTERRUPTED,
        Visibility.SHOWN,
        True,
    )


class TestCheckedDelivery:
    def test_shows_nothing_before_the_end(self, ada: User) -> None:
        rule("staff", delivery=Delivery.CHECKED)
        turn = people.running(ada)
        assert turn.is_checked
        checkpoint.save(people.RUNNER, [checkpoint.Checkpoint(turn.pk, 3, text_part("So far"))])
        assert present.window(people.fresh(turn).conversation, {}).messages[-1].parts == ()
        people.ended(turn, text_part("All of it."))
        assert "All of it." in str(present.window(people.fresh(turn).conversation, {}).messages[-1].parts)

    def test_is_not_the_default(self, ada: User) -> None:
        assert not people.running(ada).is_checked


def test_without_lists_nothing_is_asked(ada: User, django_assert_num_queries: Any) -> None:
    question = people.fresh(asked(ada)).question
    standing.refresh()
    with django_assert_num_queries(0):
        assert standing.known().replies is None  # type: ignore[union-attr]
        assert claim.screen.of_question(question) == ()


def test_a_list_that_cannot_be_used_is_told_with_every_reply(ada: User) -> None:
    listed("(", match=Match.REGEX)
    assert not standing.current().is_whole
    people.claimed(asked(ada))
    assert set(ReviewCase.objects.values_list("source", flat=True)) == {"unchecked"}
    assert not Message.objects.filter(visibility=Visibility.BLOCKED).exists()
