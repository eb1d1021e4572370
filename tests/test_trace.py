"""The number of a request follows what it began, into the log of the turn."""

import pytest
from structlog.contextvars import bound_contextvars

from conversations import trace
from tests import people

pytestmark = pytest.mark.django_db


def test_a_turn_keeps_the_number_of_the_request_that_asked() -> None:
    with bound_contextvars(request="01JD7-QK2MX"):
        turn = people.asked(people.person())
    assert people.fresh(turn).trace == "01JD7-QK2MX"
    assert people.claimed(turn).trace == "01JD7-QK2MX"


def test_without_a_request_there_is_none() -> None:
    assert people.asked(people.person()).trace == ""


def test_a_number_that_is_too_long_is_cut() -> None:
    with bound_contextvars(request="x" * 100):
        assert trace.current() == "x" * trace.LENGTH
