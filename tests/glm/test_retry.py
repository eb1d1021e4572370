"""When to ask again, without waiting for it."""

import json

import pytest

from conversations.glm import ConnectionFailed, Finish, GlmError, TimedOut, retry
from conversations.glm.codes import NOT_CONNECTED, TIMEOUT
from conversations.glm.errors import from_body


def error(code: str, status: int = 429) -> GlmError:
    return from_body(json.dumps({"error": {"code": code, "message": ""}}), status)


def waits(failure: GlmError | Finish, random: float = 0.0) -> list[float | None]:
    return [retry.delay(failure, attempt, lambda: random) for attempt in range(1, 6)]


def test_too_many_requests_wait_in_a_queue() -> None:
    assert waits(error("1302")) == [1, 2, 4, 8, None]


def test_a_disturbance_is_tried_twice_more() -> None:
    assert waits(error("1234", 500)) == [0.5, 1, None, None, None]


def test_an_overloaded_model_is_tried_three_times_more() -> None:
    assert waits(error("1305")) == [0.5, 1, 2, None, None]


def test_a_repeated_id_is_tried_at_once_and_once() -> None:
    assert waits(error("1231", 400)) == [0, None, None, None, None]


@pytest.mark.parametrize("code", ["1113", "1210", "1211", "1214", "1261", "1301", "1308", "1309", "1310", "1311"])
def test_what_cannot_change_is_not_tried_again(code: str) -> None:
    assert waits(error(code)) == [None] * 5


def test_no_connection_is_tried_again_but_silence_is_not() -> None:
    assert waits(ConnectionFailed("", rule=NOT_CONNECTED))[:3] == [0.5, 1, None]
    assert waits(TimedOut("", rule=TIMEOUT))[0] is None


@pytest.mark.parametrize("finish", [Finish.BROKEN, Finish.NETWORK_ERROR])
def test_a_reply_that_broke_is_a_disturbance(finish: Finish) -> None:
    assert waits(finish)[:3] == [0.5, 1, None]


@pytest.mark.parametrize("finish", [Finish.STOP, Finish.LENGTH, Finish.SENSITIVE, Finish.CONTEXT_FULL])
def test_a_reply_that_ended_is_not_asked_for_again(finish: Finish) -> None:
    assert waits(finish)[0] is None


def test_waits_are_shortened_by_up_to_a_quarter() -> None:
    assert waits(error("1302"), random=1.0) == [0.75, 1.5, 3, 6, None]
