import datetime as dt

import pytest

from conversations.glm import FilterLevel, Finish, Reply, TimedOut
from conversations.models import FlagSource, TurnState
from conversations.moderation import Concern
from conversations.turns.outcome import of_error, of_reply
from tests.fake_glm import refusal


def reply(finish: Finish | None, text: str = "Hi.", *levels: FilterLevel) -> Reply:
    return Reply(text=text, finish=finish, content_filter=levels)


class TestAReplyThatCameToItsEnd:
    @pytest.mark.parametrize("finish", [Finish.STOP, Finish.LENGTH, Finish.TOOL_CALLS, Finish.CONTEXT_FULL])
    def test_is_completed(self, finish: Finish) -> None:
        outcome = of_reply(reply(finish))
        assert (outcome.state, outcome.finish, outcome.trouble) == (TurnState.COMPLETED, finish.value, "")

    @pytest.mark.parametrize("finish", [None, Finish.BROKEN, Finish.NETWORK_ERROR])
    def test_has_failed_when_it_broke_off(self, finish: Finish | None) -> None:
        outcome = of_reply(reply(finish))
        assert (outcome.state, outcome.trouble) == (TurnState.FAILED, "network")

    def test_has_failed_when_it_says_nothing(self) -> None:
        outcome = of_reply(reply(Finish.STOP, " \n"))
        assert (outcome.state, outcome.trouble) == (TurnState.FAILED, "empty")

    def test_may_be_all_reasoning_when_its_length_was_used_up(self) -> None:
        assert of_reply(reply(Finish.LENGTH, "")).state == TurnState.COMPLETED

    def test_raises_a_concern_for_each_side_that_was_judged(self) -> None:
        levels = (FilterLevel("user", 1), FilterLevel("assistant", None))
        outcome = of_reply(reply(Finish.SENSITIVE, "Hi.", *levels))
        assert outcome.state == TurnState.FILTERED
        source = FlagSource.FINISH
        assert outcome.concerns == (Concern(source, "user", 1), Concern(source, "assistant", None))

    def test_raises_a_concern_without_a_side_when_glm_names_none(self) -> None:
        assert of_reply(reply(Finish.SENSITIVE)).concerns == (Concern(FlagSource.FINISH),)

    def test_is_flagged_by_a_judgement_alone_and_for_the_rules_to_weigh(self) -> None:
        outcome = of_reply(reply(Finish.STOP, "Hi.", FilterLevel("assistant", 3)))
        assert (outcome.state, outcome.concerns) == (
            TurnState.COMPLETED,
            (Concern("content_filter", "assistant", 3),),
        )


class TestAnError:
    def test_names_the_kind_and_the_code(self) -> None:
        outcome = of_error(refusal("1113", 429))
        assert (outcome.state, outcome.trouble, outcome.trouble_code) == (TurnState.FAILED, "money", "1113")

    def test_without_a_code_names_the_status(self) -> None:
        assert of_error(refusal("", 503)).trouble_code == "503"

    def test_without_an_answer_names_no_code(self) -> None:
        assert of_error(TimedOut("silence")).trouble_code == ""

    def test_after_a_good_beginning_names_no_code(self) -> None:
        assert of_error(TimedOut("silence", http_status=200)).trouble_code == ""

    def test_keeps_the_time_when_a_quota_opens_again(self) -> None:
        resets_at = of_error(refusal("1310", 429, "resets 2026-11-21 08:00:00")).resets_at
        assert resets_at == dt.datetime(2026, 11, 21, tzinfo=dt.UTC)

    @pytest.mark.parametrize("code", ["1301", "1300"])
    def test_of_moderation_is_no_failure_but_a_flag(self, code: str) -> None:
        outcome = of_error(refusal(code, 400))
        assert (outcome.state, outcome.trouble_code) == (TurnState.FILTERED, code)
        assert outcome.concerns == (Concern(FlagSource.HTTP_1301),)

    @pytest.mark.parametrize("role", ["user", "assistant", "history"])
    def test_of_moderation_names_the_side(self, role: str) -> None:
        outcome = of_error(refusal("1301", 400, role=role, level=0))
        assert outcome.concerns == (Concern(FlagSource.HTTP_1301, role, 0),)
