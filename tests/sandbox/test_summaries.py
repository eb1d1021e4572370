"""Summaries and small windows, as the site asks for them and meets them."""

import pytest

from conversations.glm import ChatMessage
from conversations.sandbox.asked import Asked, Said
from conversations.sandbox.prompt import Prompt
from conversations.sandbox.scenarios import choose
from conversations.sandbox.steps import Deltas, Finish, Refuse
from conversations.turns import summary_words

TALK = [
    ChatMessage("user", "What makes the tides? I wonder."),
    ChatMessage("assistant", "The **moon**. It pulls."),
    ChatMessage("user", "And the sun?"),
    ChatMessage("assistant", "Half as much."),
]
CHINESE = [ChatMessage("user", "潮汐是怎么来的？"), ChatMessage("assistant", "月亮的引力。水随之起落。")]


def asked(text: str, model: str = "glm-5.3") -> Asked:
    return Asked(model, (Said("user", text),), Prompt(text))


def answer(text: str, model: str = "glm-5.3") -> str:
    scenario, request = choose(asked(text, model))
    assert scenario
    return "".join(piece for step in scenario.steps(request) if isinstance(step, Deltas) for piece in step.pieces)


@pytest.mark.parametrize("model", ["glm-5.3", "sandbox-small-context", "sandbox-blocked"])
def test_a_summary_says_what_was_asked_and_answered(model: str) -> None:
    found = answer(summary_words.request(TALK, 10_000), model)
    assert found == "- What makes the tides? → The moon.\n- And the sun? → Half as much."


def test_a_summary_is_in_the_language_of_the_conversation() -> None:
    assert answer(summary_words.request(CHINESE, 10_000)) == "- 潮汐是怎么来的？ → 月亮的引力。"


def test_a_summary_keeps_what_an_earlier_one_said() -> None:
    before = ChatMessage("system", "What was said earlier, in short.\n\n- Tides? → The moon.")
    found = answer(summary_words.request([before, *TALK[2:]], 10_000))
    assert found == "- Tides? → The moon.\n- And the sun? → Half as much."


def test_a_marker_makes_a_summary_fail_and_nothing_else() -> None:
    marked = [ChatMessage("user", "Tides? [[summary-blocked]]"), TALK[1]]
    scenario, _ = choose(asked(summary_words.request(marked, 10_000)))
    assert scenario
    assert scenario.name == "blocked"
    assert choose(asked("Tides? [[summary-blocked]]"))[0] is None


@pytest.mark.parametrize(("name", "code"), [("small-context", "1261"), ("overflow", "1210")])
def test_a_small_window_refuses_what_is_longer(name: str, code: str) -> None:
    scenario, request = choose(asked("word " * 300, f"sandbox-{name}-200"))
    assert scenario
    (step,) = scenario.steps(request)
    assert isinstance(step, Refuse)
    assert step.refusal.code == code


def test_a_small_window_ends_a_reply_that_has_no_room() -> None:
    scenario, request = choose(asked("Hello there", "sandbox-small-context-20"))
    assert scenario
    ends = [step.reason for step in scenario.steps(request) if isinstance(step, Finish)]
    assert ends == ["model_context_window_exceeded"]


def test_long_messages_lose_their_middle_until_all_fit() -> None:
    long = [ChatMessage("user", "a" * 5000), ChatMessage("assistant", "b" * 100)]
    request = summary_words.request(long, 1100)
    assert len(request) < 1700
    assert "b" * 100 in request
    assert "[…]" in request


def test_the_site_asks_for_summaries_as_the_sandbox_knows_them() -> None:
    for talk in (TALK, CHINESE):
        scenario, _ = choose(asked(summary_words.request(talk, 10_000)))
        assert scenario
        assert scenario.name == "summary"
