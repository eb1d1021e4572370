"""Really works out an arithmetic expression, by walking its syntax tree."""

import ast
import operator
import re
from collections.abc import Callable
from fractions import Fraction

from conversations.sandbox.asked import Asked

from .kind import Kind

_WORDS = {
    "×": "*", "·": "*", "乘以": "*", "乘": "*", "times": "*", "multiplied by": "*",
    "÷": "/", "除以": "/", "divided by": "/", "over": "/",
    "加上": "+", "加": "+", "plus": "+", "减去": "-", "减": "-", "minus": "-", "−": "-",
    "^": "**", "的平方": "**2", "squared": "**2", "（": "(", "）": ")",
}  # fmt: skip
_WORD = "|".join(re.escape(word) for word in sorted(_WORDS, key=len, reverse=True))
_THOUSANDS = r"(?<=\d),(?=\d{3}(?!\d))"
_EXPRESSION = r"[-+(]*\s*(?:\d|\.\d)[\d\s.()+*/%-]*"
_CUE = r"(?i)calculat|comput|what is|what's|how much|work out|evaluate|=|计算|等于|多少|算一|算算"
_OPERATORS: dict[type[ast.operator], Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: lambda left, right: Fraction(left // right),
    ast.Mod: operator.mod,
}
_LENGTH_LIMIT = 200
_BIT_LIMIT = 4096


class NotArithmetic(ValueError):
    """The text is no expression, or its value would be too large to be worth having."""


def find_expression(text: str) -> str | None:
    """The longest arithmetic expression in a prompt that asks for one, in Python's spelling."""
    plain = re.sub(_THOUSANDS, "", re.sub(_WORD, lambda found: _WORDS[found[0].lower()], text[:2000].lower()))
    found = [item.strip() for item in re.findall(_EXPRESSION, plain)]
    sums = [item for item in found if re.search(r"[\d)]\s*[+*/%-]+\s*[-(.\d]", item)]
    longest = max(sums, key=len, default="")
    if longest and (longest == plain.strip(" =?？。") or re.search(_CUE, text)):
        return longest
    return None


def evaluate(expression: str) -> Fraction:
    """The exact value of an expression; raises NotArithmetic, or ZeroDivisionError."""
    if len(expression) > _LENGTH_LIMIT:
        raise NotArithmetic(expression)
    try:
        return _value(ast.parse(expression.strip(), mode="eval").body, expression)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise NotArithmetic(expression) from error


def _value(node: ast.expr, source: str) -> Fraction:
    match node:
        case ast.Constant(value=int() | float()):
            # Read from the source, so that 0.1 is a tenth and not the nearest float.
            return _bounded(Fraction((ast.get_source_segment(source, node) or "").replace("_", "")))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand, source)
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return _value(operand, source)
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            return _power(_value(left, source), _value(right, source))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            return _bounded(_OPERATORS[type(op)](_value(left, source), _value(right, source)))
    raise NotArithmetic(source)


def _power(base: Fraction, exponent: Fraction) -> Fraction:
    size = max(base.numerator.bit_length(), base.denominator.bit_length())
    if exponent.denominator != 1 or size * abs(exponent) > _BIT_LIMIT:
        raise NotArithmetic("power")
    return Fraction(base**exponent.numerator)


def _bounded(value: Fraction) -> Fraction:
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > _BIT_LIMIT:
        raise NotArithmetic("size")
    return value


def shown(value: Fraction) -> str:
    """Whole numbers with thousands separated; others exactly, or rounded to ten places."""
    if value.denominator == 1:
        return f"{value.numerator:,}"
    sign, size = "-" if value < 0 else "", abs(value)
    digits = round(size * 10**10)
    text = f"{digits // 10**10:,}.{digits % 10**10:010d}".rstrip("0").rstrip(".")
    return sign + text


def _pretty(expression: str) -> str:
    """The expression as one writes it, with room around its operators."""
    powers = re.sub(r"\s*\*\*\s*", "^", expression)
    signs = powers.replace("*", "×").replace("/", "÷").replace("-", "−")
    return re.sub(r"(?<=[\d).])\s*([×÷+−%])\s*", r" \1 ", signs)


def _is_exact(value: Fraction) -> bool:
    return (value * 10**10).denominator == 1


def _write(asked: Asked) -> str:
    expression = find_expression(asked.prompt.text) or ""
    pretty = _pretty(expression)
    try:
        value = evaluate(expression)
    except ZeroDivisionError:
        return _no_value(asked, pretty, "除数为零，没有意义", "divides by zero, so it has no value")
    except NotArithmetic:
        return _no_value(asked, pretty, "超出了沙盒的计算能力", "is more than the sandbox can work out")
    sign = "=" if _is_exact(value) else "≈"
    return f"{pretty} {sign} **{shown(value)}**\n"


def _no_value(asked: Asked, pretty: str, chinese: str, english: str) -> str:
    return f"`{pretty}` {chinese}。\n" if asked.prompt.is_chinese else f"`{pretty}` {english}.\n"


KIND = Kind(
    "calculation",
    lambda text: find_expression(text) is not None,
    _write,
    "This is a sum. Brackets first, then multiplication and division, then the rest; "
    "I should work it out exactly and not guess.",
    "这是一道算式。先算括号，再算乘除，最后加减；要精确地算出来，不能估。",
)
