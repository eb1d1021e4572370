import itertools
from typing import Any

import pytest
from django.db import models

from conversations import clock
from conversations.models import (
    CaseState,
    IllegalMove,
    Lifecycle,
    Message,
    MessageState,
    ReviewCase,
    Turn,
    TurnState,
    Visibility,
)
from conversations.models.lifecycle import Transitions
from tests import people

# The binding tables, written out once more: a change of the code's tables must be meant.
TURN = {
    "queued": "running delegated failed stopped",
    "running": "waiting completed filtered failed stopped interrupted",
    "waiting": "queued stopped failed",
    "delegated": "completed filtered failed stopped",
}
MESSAGE = {"open": "sealed"}
VISIBILITY = {"shown": "held blocked", "held": "shown removed", "removed": "held", "blocked": "shown removed"}
CASE = {
    "open": "claimed",
    "claimed": "released upheld proposed open",
    "proposed": "released upheld claimed",
    "released": "open",
    "upheld": "open",
}
MACHINES: list[tuple[type[Lifecycle], str, type[models.TextChoices], dict[str, str]]] = [
    (Turn, "state", TurnState, TURN),
    (Message, "state", MessageState, MESSAGE),
    (Message, "visibility", Visibility, VISIBILITY),
    (ReviewCase, "state", CaseState, CASE),
]


def pairs(legal: bool) -> list[Any]:
    found = []
    for model, field, states, table in MACHINES:
        for before, after in itertools.product(states.values, states.values):
            if (after in table.get(before, "").split()) is legal:
                found.append(pytest.param(model, field, before, after, id=f"{model.__name__}-{before}-{after}"))
    return found


def record(model: type[Lifecycle], field: str, state: str) -> Any:
    turn = people.answered(people.person())
    made: Any = {Turn: turn, Message: turn.reply}.get(model) or ReviewCase.objects.create(
        message_code=turn.reply.code,
        conversation_code=turn.conversation.code,
        person_code=turn.person.code,
        opened_at=clock.now(),
        due_at=clock.now(),
    )
    model._default_manager.filter(pk=made.pk).update(**{field: state})
    made.refresh_from_db()
    return made


def stored(made: Lifecycle, field: str) -> str:
    value = type(made)._default_manager.values_list(field, flat=True).get(pk=made.pk)
    assert isinstance(value, str)
    return value


@pytest.mark.parametrize(
    ("model", "field", "states", "table"), MACHINES, ids=lambda value: getattr(value, "__name__", None)
)
def test_the_table_is_the_one_that_was_decided(
    model: type[Lifecycle], field: str, states: type[models.TextChoices], table: dict[str, str]
) -> None:
    written: Transitions = model.LIFECYCLES[field]
    assert {before: sorted(after) for before, after in written.items()} == {
        before: sorted(after.split()) for before, after in table.items()
    }
    assert set(written) <= set(states.values)


@pytest.mark.django_db
@pytest.mark.parametrize(("model", "field", "before", "after"), pairs(legal=True))
def test_a_legal_step_is_taken_once(model: type[Lifecycle], field: str, before: str, after: str) -> None:
    made = record(model, field, before)
    late = model._default_manager.get(pk=made.pk)
    assert made.move(after, field=field)
    assert getattr(made, field) == stored(made, field) == after
    assert not late.move(after, field=field)
    assert getattr(late, field) == before


@pytest.mark.django_db
@pytest.mark.parametrize("model", [Turn, Message, ReviewCase])
def test_an_illegal_step_raises_and_changes_nothing(model: type[Lifecycle]) -> None:
    made = record(model, "state", model._meta.get_field("state").default)
    for param in pairs(legal=False):
        of, field, before, after = param.values
        if of is not model:
            continue
        model._default_manager.filter(pk=made.pk).update(**{field: before})
        made.refresh_from_db()
        with pytest.raises(IllegalMove):
            made.move(after, field=field)
        assert getattr(made, field) == stored(made, field) == before


@pytest.mark.django_db
class TestAMove:
    def test_writes_the_other_changes_with_it(self) -> None:
        turn = people.asked(people.person())
        assert turn.move(TurnState.RUNNING, runner="r")
        assert (turn.runner, people.fresh(turn).runner) == ("r", "r")

    def test_that_lost_the_race_writes_nothing(self) -> None:
        turn = people.asked(people.person())
        late = people.fresh(turn)
        turn.move(TurnState.RUNNING, runner="first")
        assert not late.move(TurnState.RUNNING, runner="second")
        assert people.fresh(turn).runner == "first"
        assert late.runner == ""

    def test_that_its_guard_forbids_writes_nothing(self) -> None:
        turn = people.running(people.person())
        assert not turn.move(TurnState.COMPLETED, guard=models.Q(runner="somebody else"))
        assert people.fresh(turn).state == turn.state == TurnState.RUNNING

    def test_of_a_row_that_is_gone_is_a_lost_race(self) -> None:
        turn = people.asked(people.person())
        Turn.objects.filter(pk=turn.pk).delete()
        assert not turn.move(TurnState.STOPPED)
