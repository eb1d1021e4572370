"""`/demo/weather` and `/demo/trains`: servers for tools to ask, with facts that are made up and say so. Not GLM's."""

import json
from datetime import date, datetime, timedelta
from typing import Any

from conversations.sandbox import weather_and_trains as made_up
from conversations.sandbox.asgi import Call
from conversations.sandbox.state import State
from conversations.sandbox.wire import BEIJING

from .route import Route, at

_LONGEST = 80  # characters of a name
_MOST_DAYS = 7
_NEAR = {"today": 0, "今天": 0, "tomorrow": 1, "明天": 1, "后天": 2}


class _Wrong(ValueError):
    """What was asked makes no sense; the text says why."""


async def _weather(call: Call, state: State, part: str) -> None:
    told = call.parameters
    try:
        city, days = _name(told, "city"), _days(told.get("days", "1"))
    except _Wrong as wrong:
        await call.respond_json({"error": str(wrong)}, 400)
        return
    await call.respond_json(made_up.weather(city, _today(), days))


async def _trains(call: Call, state: State, part: str) -> None:
    try:
        told = _object(call.body)
        journey = _name(told, "departure"), _name(told, "destination"), _date(told.get("date", "today"))
    except _Wrong as wrong:
        await call.respond_json({"error": str(wrong)}, 400)
        return
    await call.respond_json(made_up.trains(*journey))


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise _Wrong("the body is not JSON") from None
    if not isinstance(found, dict):
        raise _Wrong("the body is not an object")
    return found


def _name(told: dict[str, Any], field: str) -> str:
    value = told.get(field)
    if not isinstance(value, str) or not 0 < len(value.strip()) <= _LONGEST:
        raise _Wrong(f"{field} is missing, or no name")
    return value.strip()


def _days(told: str) -> int:
    if told not in map(str, range(1, _MOST_DAYS + 1)):
        raise _Wrong(f"days must be within [1, {_MOST_DAYS}]")
    return int(told)


def _date(told: Any) -> date:
    if isinstance(told, str) and told.strip().lower() in _NEAR:
        return _today() + timedelta(days=_NEAR[told.strip().lower()])
    try:
        return date.fromisoformat(told.strip())
    except (AttributeError, ValueError):
        raise _Wrong("date must be a day such as 2026-11-28") from None


def _today() -> date:
    return datetime.now(BEIJING).date()


WEATHER = Route("GET", at("/demo/weather"), _weather, needs_key=False)
TRAINS = Route("POST", at("/demo/trains"), _trains, needs_key=False)
