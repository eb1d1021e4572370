"""The two servers of the sandbox that tools ask: made-up facts, the same all day, and told apart from true ones."""

import json
import re
from datetime import date
from typing import Any

import httpx
import pytest

from conversations.sandbox.weather_and_trains import trains, weather

DAY = date(2026, 11, 28)
JOURNEY = {"departure": "北京", "destination": "上海", "date": "2026-12-01"}


def get(address: str, query: str) -> tuple[int, Any]:
    answer = httpx.get(f"{address}/demo/weather{query}", trust_env=False)
    return answer.status_code, answer.json()


def post(address: str, body: Any) -> tuple[int, Any]:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = httpx.post(f"{address}/demo/trains", content=content, trust_env=False)
    return answer.status_code, answer.json()


class TestWeather:
    def test_is_told_for_a_city_without_a_key(self, sandbox_address: str) -> None:
        status, found = get(sandbox_address, "?city=%E5%8C%97%E4%BA%AC&days=3&city=other")
        assert (status, found["city"], found["simulated"], len(found["forecast"])) == (200, "北京", True, 3)
        assert re.fullmatch(r"[\u4e00-\u9fff]+", found["forecast"][0]["sky"])
        assert len(get(sandbox_address, "?city=Kiel")[1]["forecast"]) == 1

    @pytest.mark.parametrize(
        "query", ["", "?city=", "?city=%20", f"?city={'x' * 81}", "?city=a&days=0", f"?city=a&days={'9' * 5000}"]
    )
    def test_is_refused_for_nonsense(self, sandbox_address: str, query: str) -> None:
        status, found = get(sandbox_address, query)
        assert status == 400
        assert found["error"]

    def test_is_the_same_all_day_and_another_elsewhere(self) -> None:
        assert weather("Kiel", DAY, 7) == weather("Kiel", DAY, 7)
        assert weather("Kiel", DAY, 7)["forecast"] != weather("Ulm", DAY, 7)["forecast"]

    def test_could_be_true(self) -> None:
        for month in range(1, 13):
            for day in weather("Kiel", date(2026, month, 1), 7)["forecast"]:
                assert -20 < day["low"] < day["high"] < 40


class TestTrains:
    def test_are_told_for_a_journey(self, sandbox_address: str) -> None:
        status, found = post(sandbox_address, JOURNEY)
        assert status == 200
        assert {**found, **JOURNEY} == found
        assert found["simulated"] is True
        assert [each["departs"] for each in found["trains"]] == sorted(each["departs"] for each in found["trains"])
        assert len(found["trains"]) == 5

    @pytest.mark.parametrize("day", ["today", "明天", "Tomorrow"])
    def test_know_days_by_their_names(self, sandbox_address: str, day: str) -> None:
        status, found = post(sandbox_address, {**JOURNEY, "date": day})
        assert status == 200
        assert date.fromisoformat(found["date"])

    @pytest.mark.parametrize(
        "body",
        [b"", b"[]", b"{", b"[" * 10_000, {}, {**JOURNEY, "date": "soon"}, {**JOURNEY, "date": 7}, {"departure": 1}],
    )
    def test_are_refused_for_nonsense(self, sandbox_address: str, body: Any) -> None:
        status, found = post(sandbox_address, body)
        assert status == 400
        assert found["error"]

    def test_go_nowhere_in_place(self) -> None:
        assert trains("a", "a", DAY)["trains"] == []
