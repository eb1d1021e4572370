"""Moments as pages and frames write them."""

import datetime as dt
import re

import pytest
from django.utils import timezone, translation

from conversations import clock
from conversations.templatetags.chat import clock_time

NOW = dt.datetime(2026, 11, 20, 17, 30, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _it_is_evening_in_london(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def shown(moment: dt.datetime, zone: str = "UTC", language: str = "en") -> str:
    with timezone.override(clock.zone(zone)), translation.override(language):
        found = re.fullmatch(r'<local-time><time datetime="([^"]+)">(.+)</time></local-time>', clock_time(moment))
    assert found is not None
    assert dt.datetime.fromisoformat(found[1]) == moment
    return found[2]


def test_today_is_hours_and_minutes() -> None:
    assert shown(NOW.replace(hour=9, minute=5)) == "09:05"


def test_today_is_that_of_the_zone_that_is_drawn_for() -> None:
    before_midnight_in_shanghai = NOW.replace(hour=15, minute=0)
    assert shown(before_midnight_in_shanghai) == "15:00"
    assert shown(before_midnight_in_shanghai, "Asia/Shanghai") == "Nov 20, 23:00"
    assert shown(NOW, "Asia/Shanghai") == "01:30"


def test_another_day_is_written_in_the_language_of_the_page() -> None:
    assert shown(NOW - dt.timedelta(days=3), language="zh-hans") == "11月17日 17:30"


def test_another_year_is_said() -> None:
    assert shown(NOW - dt.timedelta(days=365)) == "2025-11-20 17:30"
