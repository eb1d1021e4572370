"""Arithmetic: an expression as people and models write it → its value. Exact while it can be; bounded in every way.

No part of it is ever run as a program.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from fractions import Fraction
from typing import TypeAlias

from django.utils.translation import gettext_noop as _

from conversations.spoken import Spoken

LONGEST = 500
DEEPEST = 50
MOST_BITS = 8192
MOST_DIGITS = 600
LARGEST_EXPONENT = 400
LARGEST_FACTORIAL = 500
MOST_ARGUMENTS = 100

Number: TypeAlias = Fraction | float


class NoValue(Spoken, ValueError):
    """No expression, or one without a value that could be written down; its sentence says why."""


_SPELLED = str.maketrans({"×": "*", "·": "*", "÷": "/", "−": "-", "–": "-", "（": "(", "）": ")", "，": ",", "＋": "+"})
_TOKEN = re.compile(
    r"\s*(?:(\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|([A-Za-zπ]\w*)|(\*\*|//|[-+*/%^(),!]))"
)
_NOTHING = ("", "")
_ENDS = _("The expression ends too early.")

_ADDING, _MULTIPLYING, _NEGATING, _RAISING = 1, 2, 3, 4
_BINARY = {"+": _ADDING, "-": _ADDING, "*": _MULTIPLYING, "/": _MULTIPLYING, "//": _MULTIPLYING, "%": _MULTIPLYING}
_BINARY |= {"^": _RAISING, "**": _RAISING}


def value_of(text: str) -> Number:
    """The value of an expression. Raises NoValue."""
    if len(text) > LONGEST:
        raise NoValue(_("The expression is longer than %(most)s characters."), most=LONGEST)
    try:
        return _Parser(_tokens(text.translate(_SPELLED))).value()
    except ZeroDivisionError:
        raise NoValue(_("The expression divides by zero.")) from None
    except (OverflowError, RecursionError):
        raise NoValue(_("The value is too large.")) from None


def shown(value: Number) -> str:
    """Whole numbers and finite decimals exactly, other fractions as such and rounded, what is irrational rounded."""
    if isinstance(value, float):
        return f"≈ {value:.15g}"
    if value.denominator == 1:
        return f"= {value.numerator}"
    if (decimal := _finite(value)) is not None:
        return f"= {decimal}"
    return f"= {value.numerator}/{value.denominator} ≈ {_rounded(value)}"


def _rounded(value: Fraction) -> str:
    try:
        return f"{float(value):.15g}"
    except OverflowError:
        return "a number too large to be rounded"


def _finite(value: Fraction) -> str | None:
    """A decimal of at most 30 places that is exact; None where there is none."""
    scaled = value * 10**30
    if scaled.denominator != 1:
        return None
    whole, places = divmod(abs(scaled.numerator), 10**30)
    return f"{'-' if value < 0 else ''}{whole}.{places:030d}".rstrip("0")


def _tokens(text: str) -> list[tuple[str, str]]:
    found, at = [], 0
    text = text.strip()
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None:
            raise NoValue(_("“%(piece)s” in the expression is not understood."), piece=text[at : at + 20])
        number, name, sign = token.groups()
        found.append(("number", number) if number else ("name", name) if name else ("sign", sign))
        at = token.end()
    if not found:
        raise NoValue(_("There is no expression."))
    return found


class _Parser:
    """By precedence: what binds stronger is read first."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens, self._at, self._depth = tokens, 0, 0

    def value(self) -> Number:
        found = self._operation(_ADDING)
        if self._next != _NOTHING:
            raise NoValue(_("An operator is missing before “%(piece)s”."), piece=self._next[1])
        return found

    @property
    def _next(self) -> tuple[str, str]:
        return self._tokens[self._at] if self._at < len(self._tokens) else _NOTHING

    def _take(self, sign: str = "") -> str:
        kind, text = self._next
        if not kind or (sign and (kind, text) != ("sign", sign)):
            raise NoValue(_("“%(sign)s” is missing."), sign=sign) if sign else NoValue(_ENDS)
        self._at += 1
        return text

    def _operation(self, least: int) -> Number:
        self._depth += 1
        if self._depth > DEEPEST:
            raise NoValue(_("The expression is nested too deeply."))
        left = self._signed()
        while (strength := self._strength()) >= least:
            sign = self._take()
            # To the right a power binds stronger to itself: 2^3^2 is 2^9.
            right = self._operation(strength if strength == _RAISING else strength + 1)
            left = _bounded(_OPERATIONS[sign](left, right))
        self._depth -= 1
        return left

    def _strength(self) -> int:
        kind, text = self._next
        return _BINARY.get(text, 0) if kind == "sign" else 0

    def _signed(self) -> Number:
        if self._next in (("sign", "-"), ("sign", "+")):
            sign = self._take()
            operand = self._operation(_NEGATING)
            return -operand if sign == "-" else operand
        return self._with_marks(self._operand())

    def _with_marks(self, value: Number) -> Number:
        """Behind a number: `!` is its factorial, `%` a hundredth of it unless another number follows."""
        while self._next == ("sign", "!") or self._is_percent():
            value = _factorial(value) if self._take() == "!" else _bounded(value / 100)
        return value

    def _is_percent(self) -> bool:
        after = self._tokens[self._at + 1] if self._at + 1 < len(self._tokens) else _NOTHING
        return self._next == ("sign", "%") and (after[0] not in ("number", "name") and after != ("sign", "("))

    def _operand(self) -> Number:
        kind, text = self._next
        if kind == "number":
            return _number(self._take())
        if kind == "name":
            return self._named(self._take().lower())
        if text == "(":
            return self._in_brackets()[0]
        raise NoValue(_("A number is missing before “%(piece)s”."), piece=text) if text else NoValue(_ENDS)

    def _named(self, name: str) -> Number:
        if name in _CONSTANTS:
            return _CONSTANTS[name]
        if name not in _FUNCTIONS:
            raise NoValue(
                _("“%(name)s” is not known; there are %(known)s."),
                name=name[:40],
                known=", ".join((*_CONSTANTS, *_FUNCTIONS)),
            )
        arguments = self._in_brackets(most=MOST_ARGUMENTS)
        try:
            return _bounded(_FUNCTIONS[name](*arguments))
        except NoValue:
            raise
        except TypeError:
            raise NoValue(_("%(name)s takes another number of arguments."), name=name) from None
        except ValueError:
            raise NoValue(_("%(name)s has no value there."), name=name) from None

    def _in_brackets(self, most: int = 1) -> list[Number]:
        self._take("(")
        found = [self._operation(_ADDING)]
        while self._next == ("sign", ",") and len(found) < most:
            self._take()
            found.append(self._operation(_ADDING))
        self._take(")")
        return found


def _number(text: str) -> Fraction:
    exponent = text.lower().partition("e")[2]
    if exponent and abs(int(exponent)) > LARGEST_EXPONENT:
        raise NoValue(_("A number in the expression is too large."))
    return Fraction(text.rstrip(".") if text.endswith(".") else text.replace(".e", "e").replace(".E", "E"))


def _bounded(value: Number | int) -> Number:
    if isinstance(value, float):
        if not math.isfinite(value):
            raise NoValue(_("The value is not finite."))
        return value
    value = Fraction(value)
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > MOST_BITS:
        raise NoValue(_("The value is too large."))
    return value


def _power(base: Number, exponent: Number) -> Number:
    if isinstance(base, Fraction) and isinstance(exponent, Fraction) and exponent.denominator == 1:
        size = max(base.numerator.bit_length(), base.denominator.bit_length())
        if size * abs(exponent) > MOST_BITS:
            raise NoValue(_("The value is too large."))
        return base**exponent.numerator
    found: float | complex = float(base) ** float(exponent)
    if isinstance(found, complex):
        raise NoValue(_("The expression has the root of a negative number."))
    return found


def _factorial(value: Number) -> Fraction:
    if not 0 <= (number := _whole(value)) <= LARGEST_FACTORIAL:
        raise NoValue(_("Factorials are those of 0 to %(most)s."), most=LARGEST_FACTORIAL)
    return Fraction(math.factorial(number))


def _whole(value: Number) -> int:
    if isinstance(value, float) or value.denominator != 1:
        raise NoValue(_("Whole numbers are needed there."))
    return value.numerator


def _choices(count: Callable[[int, int], int]) -> Callable[[Number, Number], Number]:
    def choose(of: Number, many: Number) -> Number:
        if max(abs(_whole(of)), abs(_whole(many))) > 2 * LARGEST_FACTORIAL:
            raise NoValue(_("The value is too large."))
        return Fraction(count(_whole(of), _whole(many)))

    return choose


def _root(value: Number) -> Number:
    """Exact where it can be."""
    if isinstance(value, Fraction) and value >= 0:
        top, bottom = math.isqrt(value.numerator), math.isqrt(value.denominator)
        if Fraction(top, bottom) ** 2 == value:
            return Fraction(top, bottom)
    return math.sqrt(value)


def _rounded_to(value: Number, places: Number = Fraction(0)) -> Number:
    """Halves go away from zero, as at school."""
    if not -MOST_DIGITS < (count := _whole(places)) < MOST_DIGITS:
        raise NoValue(_("That many places are not kept."))
    scaled = abs(Fraction(value)) * Fraction(10) ** count
    found = Fraction(math.floor(scaled + Fraction(1, 2))) / Fraction(10) ** count
    return -found if value < 0 else found


def _real(function: Callable[[float], float]) -> Callable[[Number], Number]:
    return lambda value: function(float(value))


def _logarithm(value: Number, base: Number | None = None) -> Number:
    return math.log10(value) if base is None else math.log(value) / math.log(base)


_OPERATIONS: dict[str, Callable[[Number, Number], Number]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "//": lambda a, b: Fraction(math.floor(a / b)),
    "%": lambda a, b: a % b,
    "^": _power,
    "**": _power,
}
_CONSTANTS: dict[str, float] = {"pi": math.pi, "π": math.pi, "e": math.e, "tau": math.tau}
_FUNCTIONS: dict[str, Callable[..., Number | int]] = {
    "sqrt": _root,
    "cbrt": _real(math.cbrt),
    "abs": abs,
    "floor": math.floor,
    "ceil": math.ceil,
    "round": _rounded_to,
    "min": min,
    "max": max,
    "sum": lambda *each: sum(each, Fraction(0)),
    "mean": lambda *each: sum(each, Fraction(0)) / len(each),
    "exp": _real(math.exp),
    "ln": _real(math.log),
    "log": _logarithm,
    "log2": _real(math.log2),
    "log10": _logarithm,
    "sin": _real(math.sin),
    "cos": _real(math.cos),
    "tan": _real(math.tan),
    "asin": _real(math.asin),
    "acos": _real(math.acos),
    "atan": _real(math.atan),
    "sinh": _real(math.sinh),
    "cosh": _real(math.cosh),
    "tanh": _real(math.tanh),
    "degrees": _real(math.degrees),
    "radians": _real(math.radians),
    "factorial": _factorial,
    "gcd": lambda *each: math.gcd(*map(_whole, each)),
    "lcm": lambda *each: _lcm(*map(_whole, each)),
    "comb": _choices(math.comb),
    "perm": _choices(math.perm),
    "hypot": lambda *each: math.hypot(*map(float, each)),
}


def _lcm(*numbers: int) -> int:
    """One after the other: many large ones would be a huge one before it could be refused."""
    found = 1
    for number in numbers:
        found = math.lcm(found, number)
        _bounded(found)
    return found
