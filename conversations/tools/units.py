"""Units: exact factors, Chinese measures among them."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from .kind import Arguments, Result, Tool, ToolError, Use
from .unit_table import TABLE


class Unit(NamedTuple):
    """A value in the unit times `factor`, and `zero` more, is the value in the base unit of its kind."""

    kind: str
    factor: Fraction
    zero: Fraction = Fraction(0)


def _table() -> Iterator[tuple[str, str, str]]:
    """Kind, name and factor of every unit."""
    kind = ""
    for line in TABLE.split("\n"):
        if line.startswith("["):
            kind = line.strip("[]")
        elif line:
            names, _, factor = line.rpartition(" = ")
            yield from ((kind, name, factor) for name in names.split())


_UNITS = {name: Unit(kind, Fraction(factor)) for kind, name, factor in _table()}
# Where a capital makes all the difference.
_EXACT = {"Mb": "mbit", "Gb": "gbit", "mW": "milliwatt", "MW": "megawatt"}
_UNITS |= dict.fromkeys(("k", "kelvin", "开尔文"), Unit("temperature", Fraction(1)))
_UNITS |= dict.fromkeys(("c", "°c", "celsius", "摄氏度", "℃"), Unit("temperature", Fraction(1), Fraction("273.15")))
_UNITS |= dict.fromkeys(
    ("f", "°f", "fahrenheit", "华氏度", "℉"),
    Unit("temperature", Fraction("5/9"), Fraction("273.15") - 32 * Fraction("5/9")),
)


_KNOWN = ", ".join(dict.fromkeys(unit.kind for unit in _UNITS.values()))


async def run(arguments: Arguments, use: Use) -> Result:
    given, wanted = _unit(arguments["from"]), _unit(arguments["to"])
    if given.kind != wanted.kind:
        words = gettext_noop("“%(unit)s” (%(kind)s) and “%(other)s” (%(other_kind)s) are not of the same kind.")
        names = {"unit": arguments["from"], "other": arguments["to"]}
        raise ToolError(words, kind=given.kind, other_kind=wanted.kind, **names)
    value = _number(arguments["value"])
    found = (value * given.factor + given.zero - wanted.zero) / wanted.factor
    return Result(f"{arguments['value']} {arguments['from']} {_shown(found)} {arguments['to']}")


def _number(value: float) -> Fraction:
    """As it was written: 0.1 is a tenth and not the nearest float."""
    try:
        return Fraction(str(value))
    except ValueError:
        raise ToolError(gettext_noop("%(value)s is no number."), value=value) from None


def _unit(name: str) -> Unit:
    """Whatever the capitals, and in the plural."""
    plain = _EXACT.get(name.strip()) or name.strip().lower().replace(" ", "_")
    found = _UNITS.get(plain) or _UNITS.get(plain.removesuffix("s")) or _UNITS.get(plain.removesuffix("es"))
    if found is None:
        raise ToolError(gettext_noop("There is no unit “%(name)s”; the kinds are %(known)s."), name=name, known=_KNOWN)
    return found


def _shown(value: Fraction) -> str:
    rounded = f"{float(value):.12g}"
    return f"{'=' if Fraction(rounded) == value else '≈'} {rounded}"


TOOL = Tool(
    name="convert_units",
    label=_("Units"),
    explains=_("Converts lengths, weights, temperatures, areas and more, Chinese measures among them."),
    description=(
        "Converts a value from one unit to another of the same kind: length, mass, time, area, volume, speed, "
        "temperature, energy, power, pressure, data, angle, frequency. Symbols (km, lb, °F), English names and Chinese "
        "names (斤, 亩, 里) are known."
    ),
    parameters={
        "type": "object",
        "properties": {
            "value": {"type": "number", "minimum": -1e30, "maximum": 1e30},
            "from": {"type": "string", "minLength": 1, "maxLength": 40},
            "to": {"type": "string", "minLength": 1, "maxLength": 40},
        },
        "required": ["value", "from", "to"],
        "additionalProperties": False,
    },
    run=run,
)
