"""Made-up weather and trains: the same question gets the same answer on the same day, and nothing in it is true."""

import hashlib
import re
from datetime import date, timedelta
from random import Random
from typing import Any

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_SKIES = (("晴", "sunny"), ("多云", "cloudy"), ("阴", "overcast"), ("小雨", "light rain"), ("大雨", "heavy rain"))
_RAIN = (0, 10, 30, 70, 95)  # percent
_SNOW = ("雪", "snow")
_WINTER, _SUMMER = 2, 27  # degrees at noon in January and July, north of the equator
_FIRST, _LAST = 6 * 60, 21 * 60  # minutes of a day between which trains leave
_COUNT = 5


def weather(city: str, first: date, days: int) -> dict[str, Any]:
    """A forecast of one to seven days, in Celsius, in the language of the city's name."""
    found = [_day(city, first + timedelta(days=n)) for n in range(days)]
    return {"simulated": True, "source": "sandbox", "city": city, "unit": "°C", "forecast": found}


def _day(city: str, day: date) -> dict[str, Any]:
    chance = _chance(city, day.isoformat())
    sky = chance.randrange(len(_SKIES))
    summer = 1 - abs(day.month - 7) / 6
    high = round(_WINTER + (_SUMMER - _WINTER) * summer + chance.uniform(-4, 4))
    words = _SNOW if high <= 1 and _RAIN[sky] >= 70 else _SKIES[sky]
    return {
        "date": day.isoformat(),
        "sky": words[0 if _CHINESE.search(city) else 1],
        "high": high,
        "low": high - chance.randint(4, 10),
        "rain_percent": _RAIN[sky],
        "wind_kmh": chance.randint(3, 38),
    }


def trains(departure: str, destination: str, day: date) -> dict[str, Any]:
    """Five trains of a day in the order of their departure; none from a place to itself."""
    facts = {"departure": departure, "destination": destination, "date": day.isoformat()}
    found = [] if departure == destination else _trains(departure, destination, day)
    return {"simulated": True, "source": "sandbox", **facts, "trains": found}


def _trains(departure: str, destination: str, day: date) -> list[dict[str, Any]]:
    way = _chance(*sorted((departure, destination)))
    fastest = way.randint(45, 420)  # minutes
    chance = _chance(departure, destination, day.isoformat())
    times = sorted(chance.sample(range(_FIRST, _LAST, 5), _COUNT))
    return [_train(chance, start, round(fastest * chance.choice((1, 1.1, 1.25, 1.6)))) for start in times]


def _train(chance: Random, start: int, minutes: int) -> dict[str, Any]:
    return {
        "train": f"{chance.choice('GGGD')}{chance.randint(1, 1999)}",
        "departs": _clock(start),
        "arrives": _clock(start + minutes),
        "minutes": minutes,
        "second_class_cny": round(minutes * 1.7 + chance.randint(0, 20)),
        "seats_left": chance.choice((0, 3, 12, 48, 120)),
    }


def _clock(minutes: int) -> str:
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"


def _chance(*names: str) -> Random:
    return Random(hashlib.sha256("|".join(names).encode("utf-8", "replace")).digest())
