"""Calls written into the text: found however they are cut, and never seen by halves."""

from __future__ import annotations

import json

import pytest
from asgiref.sync import sync_to_async
from hypothesis import given
from hypothesis import strategies as st

from conversations.glm import Finish
from conversations.models import TurnState, User
from conversations.tool_entries import CallState
from conversations.tools import calculator, clock
from conversations.turns.leaks import CLOSE, LONGEST, MOST, OPEN, Leaks
from tests import fake_glm
from tests.fake_glm import text
from tests.turns.calling import SUM, asked_with, called, calling, rows, shown
from tests.turns.running import ran, told
from tests.turns.test_overlap import cut, cuts

FUNCTIONS = {each.name: each.parameters for each in (calculator.TOOL, clock.TOOL)}
MARKED = "calculator\n<arg_key>expression</arg_key>\n<arg_value>6 * 7</arg_value>\n"
AS_JSON = json.dumps({"name": "calculator", "arguments": {"expression": "6 * 7"}})
CALLS = [f"{OPEN}{body}{CLOSE}" for body in (MARKED, AS_JSON, "current_time")]
UNFIT = [
    f"{OPEN}calculator{CLOSE}",
    f"{OPEN}calculator<arg_key>sum</arg_key><arg_value>1</arg_value>{CLOSE}",
    f"{OPEN}nothing<arg_key>x</arg_key><arg_value>1</arg_value>{CLOSE}",
    f'{OPEN}{{"name": "calculator"}}{CLOSE}',
    f'{OPEN}{{"name": "calculator", "arguments": [1]}}{CLOSE}',
    f"{OPEN}{CLOSE}",
    OPEN,
    CLOSE,
]
words = st.sampled_from(["Let me see.", "\n", " ", "`", "```\n", "<", "<tool", "calculator", "1 < 2"])
pieces = st.lists(words | st.sampled_from([*CALLS, *UNFIT]), max_size=8).map("".join)


def taken(*given_: str, functions: object = FUNCTIONS, may_call: bool = True) -> tuple[str, list[str]]:
    """What is shown, and which functions are called."""
    leaks = Leaks(functions)  # type: ignore[arg-type]
    text = "".join(leaks.feed(each) for each in given_) + leaks.flush(may_call=may_call)
    return text, [call.name for call in leaks.calls]


@given(pieces, cuts, st.booleans())
def test_it_does_not_matter_how_the_text_is_cut(text: str, places: list[int], may_call: bool) -> None:
    assert taken(*cut(text, places), may_call=may_call) == taken(text, may_call=may_call)


@given(pieces, cuts)
def test_a_text_without_a_call_comes_out_as_it_was(text: str, places: list[int]) -> None:
    assert taken(*cut(text, places), functions={"other": {}}) == (text, [])
    assert taken(*cut(text, places), functions={}) == (text, [])


@given(st.lists(st.sampled_from(["Let me see.", "\n", " and ", *CALLS]), max_size=8), cuts)
def test_no_half_of_a_mark_is_ever_shown(parts: list[str], places: list[int]) -> None:
    leaks, seen = Leaks(FUNCTIONS), ""
    for piece in cut("".join(parts), places):
        seen += leaks.feed(piece)
        assert "<" not in seen
    seen += leaks.flush(may_call=True)
    assert "".join(seen.split()) == "".join("".join(each for each in parts if each not in CALLS).split())
    assert len(leaks.calls) == sum(each in CALLS for each in parts)


@pytest.mark.parametrize("call", CALLS)
def test_a_call_goes_with_the_blanks_beside_it(call: str) -> None:
    assert taken(f"\n{call}\n\n{call}\n")[0] == ""
    assert taken(f"See.{call}\n\nSo.")[0] == "See.\n\nSo."


@pytest.mark.parametrize("unfit", UNFIT)
def test_what_cannot_be_called_is_text(unfit: str) -> None:
    assert taken(unfit) == (unfit, [])


@pytest.mark.parametrize("quote", ["```\n{}\n```", "```xml {}", "   ```\n{}", "`{}`", "Write `{}` there."])
def test_what_stands_in_code_is_text(quote: str) -> None:
    text = quote.format(CALLS[0])
    assert taken(text) == (text, [])
    assert taken(f"```\nx\n```\n{CALLS[0]}") == ("```\nx\n```\n", ["calculator"])


@pytest.mark.parametrize("end", ["", "<", "</tool_cal"])
def test_a_call_that_only_lacks_its_last_mark_is_one(end: str) -> None:
    assert taken(OPEN + MARKED.rstrip() + end) == ("", ["calculator"])
    assert taken(OPEN + MARKED.rstrip() + end, may_call=False) == (OPEN + MARKED.rstrip() + end, [])


def test_a_call_in_what_looked_like_another_is_found() -> None:
    assert taken(f"{OPEN}so {CALLS[0]}") == (f"{OPEN}so ", ["calculator"])


def test_what_has_no_end_is_not_waited_for() -> None:
    leaks = Leaks(FUNCTIONS)
    text = OPEN + "x" * LONGEST
    assert leaks.feed(text) == ""
    assert leaks.feed("y") == f"{text}y"


def test_there_is_an_end_to_them() -> None:
    assert taken(CALLS[2] * (MOST + 1)) == (CALLS[2], ["current_time"] * MOST)


ANSWER = [*text("It is 42."), *fake_glm.stop()]


@pytest.mark.django_db
@pytest.mark.usefixtures("waits")
class TestATurn:
    @pytest.mark.parametrize("call", CALLS[:2])
    async def test_runs_a_call_that_was_written(self, ada: User, call: str) -> None:
        turn = await sync_to_async(asked_with)(ada, "calculator")
        turn, glm = await ran(turn, [*text("Let me see.", *call), *fake_glm.stop()], ANSWER)
        assert turn.state == TurnState.COMPLETED
        assert [(kind, told) for kind, told in told(turn) if kind == "text"] == [
            ("text", "Let me see."),
            ("text", "It is 42."),
        ]
        (made,) = shown(turn.reply.parts)
        assert (made.name, made.result, made.state) == ("calculator", "6 * 7 = 42", CallState.SUCCEEDED)
        asked, result = (each.to_wire() for each in glm.requests[1].messages[-2:])
        assert (asked["tool_calls"][0]["function"]["name"], result["content"]) == ("calculator", "6 * 7 = 42")
        assert "tool_call>" not in str(asked)

    async def test_runs_once_what_was_called_and_written(self, ada: User) -> None:
        turn = await sync_to_async(asked_with)(ada, "calculator")
        turn, _ = await ran(turn, calling(*text(CALLS[0]), called("calculator", SUM)), ANSWER)
        assert await sync_to_async(rows)(turn) == [("calculator", "succeeded", "")]

    async def test_shows_what_names_nothing_that_is_on(self, ada: User) -> None:
        turn = await sync_to_async(asked_with)(ada, "calendar")
        turn, _ = await ran(turn, [*text(*CALLS[0]), *fake_glm.stop()])
        assert told(turn) == [("text", CALLS[0])]
        assert turn.state == TurnState.COMPLETED

    async def test_shows_what_was_cut_off(self, ada: User) -> None:
        turn = await sync_to_async(asked_with)(ada, "calculator")
        written = OPEN + MARKED.rstrip()
        turn, _ = await ran(turn, [*text(written), *fake_glm.end(Finish.LENGTH)])
        assert told(turn) == [("text", written)]

    async def test_forgets_what_an_answer_began_with_that_is_void(self, ada: User) -> None:
        turn = await sync_to_async(asked_with)(ada, "calculator")
        turn, _ = await ran(turn, [*text(CALLS[0], OPEN), fake_glm.restarted(), *ANSWER])
        assert told(turn) == [("text", "It is 42.")]
