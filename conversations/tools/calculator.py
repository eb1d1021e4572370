"""Arithmetic that is right, where a model would guess."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from .expression import LONGEST, NoValue, shown, value_of
from .kind import Arguments, Result, Tool, ToolError, Use


async def run(arguments: Arguments, use: Use) -> Result:
    expression = arguments["expression"]
    try:
        return Result(f"{expression.strip()} {shown(value_of(expression))}")
    except NoValue as error:
        raise ToolError(error.words, **error.values) from None


TOOL = Tool(
    name="calculator",
    label=_("Calculator"),
    explains=_("Works out sums exactly, with powers, roots, logarithms and angles."),
    description=(
        "Works out one arithmetic expression exactly. Operators + - * / // % ^ !, brackets, constants pi, e, tau, and "
        "functions such as sqrt, ln, log, exp, sin (radians), round, min, max, mean, gcd, comb. Use it for any sum "
        "that is not trivial."
    ),
    parameters={
        "type": "object",
        "properties": {
            "expression": {
                "type": "string",
                "minLength": 1,
                "maxLength": LONGEST,
                "description": "For example (17.5 + 3) * 12^2 / 7 or sqrt(2) * sin(pi / 8).",
            }
        },
        "required": ["expression"],
        "additionalProperties": False,
    },
    run=run,
)
