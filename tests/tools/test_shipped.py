import datetime as dt

import pytest

from conversations import clock
from conversations.tools import ToolError, calculator, calendar, registry, units
from conversations.tools import clock as clock_tool
from conversations.tools.schema import checked
from tests.tools.using import answer, told


@pytest.fixture
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: dt.datetime(2026, 11, 27, 23, 30, tzinfo=dt.UTC))


@pytest.mark.parametrize("tool", registry.SHIPPED, ids=lambda tool: str(tool.name))
def test_every_tool_can_be_offered(tool: registry.Tool) -> None:
    assert checked(dict(tool.parameters))
    assert tool.label
    assert tool.explains
    wire = tool.to_wire()
    assert (wire["type"], wire["function"]["name"]) == ("function", tool.name)
    assert wire["function"]["description"]


def test_no_two_tools_have_one_name() -> None:
    assert len({tool.name for tool in registry.SHIPPED}) == len(registry.SHIPPED)


@pytest.mark.usefixtures("_now")
class TestTheClock:
    async def test_tells_the_time_where_the_person_is(self) -> None:
        assert await told(clock_tool.TOOL, zone="Asia/Shanghai") == (
            "Asia/Shanghai: Saturday, 2026-11-28T07:30:00+08:00, ISO week 2026-W48"
        )

    async def test_tells_it_elsewhere(self) -> None:
        found = await answer(clock_tool.TOOL, '{"time_zones": ["Europe/Berlin", "America/New_York"]}')
        assert [line.split(",")[0] for line in found.splitlines()] == [
            "Europe/Berlin: Saturday",
            "America/New_York: Friday",
        ]

    @pytest.mark.parametrize("name", ["Mars/Base", "../../etc/passwd", "/etc/localtime", "\0"])
    async def test_knows_no_other_zones(self, name: str) -> None:
        with pytest.raises(ToolError, match="no time zone"):
            await told(clock_tool.TOOL, time_zones=[name])


@pytest.mark.usefixtures("_now")
class TestTheCalendar:
    async def test_begins_with_the_day_where_the_person_is(self) -> None:
        assert (await told(calendar.TOOL, zone="Asia/Shanghai")).startswith("2026-11-28 is a Saturday, day 332")
        assert (await told(calendar.TOOL)).startswith("2026-11-27 is a Friday")

    async def test_counts_the_days_between(self) -> None:
        found = await told(calendar.TOOL, date="2026-11-28", until="2026-12-25")
        assert "+27 days (3 weeks and 6 days), 20 of them Monday to Friday" in found

    async def test_counts_them_backwards(self) -> None:
        assert "-27 days" in await told(calendar.TOOL, date="2026-12-25", until="2026-11-28")

    @pytest.mark.parametrize(
        ("added", "day"),
        [
            ({"months": 1}, "2027-02-28"),
            ({"years": 1, "months": 1}, "2028-02-29"),
            ({"days": -31}, "2026-12-31"),
            ({"weeks": 2}, "2027-02-14"),
        ],
    )
    async def test_finds_a_day_so_much_later(self, added: dict[str, int], day: str) -> None:
        found = await told(calendar.TOOL, date="2027-01-31", **added)
        assert f": {day} is a" in found

    @pytest.mark.parametrize("wrong", [{"date": "31.1.2027"}, {"date": "9999-01-01", "years": 1}, {"years": -3000}])
    async def test_says_what_is_no_day(self, wrong: dict[str, object]) -> None:
        with pytest.raises(ToolError):
            await told(calendar.TOOL, **wrong)


class TestTheCalculator:
    async def test_tells_the_value(self) -> None:
        assert await answer(calculator.TOOL, '{"expression": "(17.5 + 3) * 2"}') == "(17.5 + 3) * 2 = 41"

    async def test_tells_why_there_is_none(self) -> None:
        with pytest.raises(ToolError, match="divides by zero"):
            await told(calculator.TOOL, expression="1/0")


class TestUnits:
    @pytest.mark.parametrize(
        ("value", "given", "wanted", "found"),
        [
            (10, "km", "mi", "≈ 6.21371192237"),
            (1, "inch", "cm", "= 2.54"),
            (2, "斤", "kg", "= 1"),
            (3, "亩", "m²", "= 2000"),
            (100, "°C", "°F", "= 212"),
            (-40, "Fahrenheit", "celsius", "= -40"),
            (0, "K", "C", "= -273.15"),
            (36, "km/h", "m/s", "= 10"),
            (1, "GiB", "MB", "= 1073.741824"),
            (8, "Mb", "MB", "= 1"),
            (1.5, "hours", "minutes", "= 90"),
            (1, "nautical mile", "metres", "= 1852"),
            (5, "MW", "kW", "= 5000"),
            (0.1, "l", "ml", "= 100"),
        ],
    )
    async def test_are_converted(self, value: float, given: str, wanted: str, found: str) -> None:
        assert (
            await told(units.TOOL, value=value, **{"from": given, "to": wanted}) == f"{value} {given} {found} {wanted}"
        )

    async def test_of_different_kinds_are_not(self) -> None:
        with pytest.raises(ToolError, match="not of the same kind"):
            await told(units.TOOL, value=1, **{"from": "kg", "to": "km"})

    async def test_that_nobody_knows_are_not(self) -> None:
        with pytest.raises(ToolError, match="no unit “smoot”"):
            await told(units.TOOL, value=1, **{"from": "smoot", "to": "km"})

    @pytest.mark.parametrize("value", [float("nan"), float("inf")])
    async def test_of_no_number_are_not(self, value: float) -> None:
        with pytest.raises(ToolError, match="no number"):
            await told(units.TOOL, value=value, **{"from": "km", "to": "m"})
