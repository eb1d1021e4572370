from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.tools.expression import LONGEST, NoValue, shown, value_of


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2 * 3", "= 7"),
        ("(1 + 2) * 3", "= 9"),
        ("2^3^2", "= 512"),
        ("-2^2", "= -4"),
        ("2^-1", "= 0.5"),
        ("-(3 - 5)", "= 2"),
        ("0.1 + 0.2", "= 0.3"),
        ("1/3", "= 1/3 ≈ 0.333333333333333"),
        ("7 // 2", "= 3"),
        ("7 % 4", "= 3"),
        ("200 * 15%", "= 30"),
        ("15% * 200", "= 30"),
        ("（17.5 ＋ 3）× 12 ÷ 6", "= 41"),
        ("5! / 3!", "= 20"),
        ("sqrt(9/4)", "= 1.5"),
        ("sqrt(2)", "≈ 1.4142135623731"),
        ("sin(pi / 2)", "≈ 1"),
        ("ln(e)", "≈ 1"),
        ("log(8, 2)", "≈ 3"),
        ("log(1000)", "≈ 3"),
        ("round(2.5)", "= 3"),
        ("round(-2.345, 2)", "= -2.35"),
        ("max(1, 3, 2) + min(4, 5)", "= 7"),
        ("mean(1, 2, 3, 4)", "= 2.5"),
        ("gcd(12, 18) + lcm(4, 6)", "= 18"),
        ("comb(49, 6)", "= 13983816"),
        ("1.5e3 + 2.", "= 1502"),
        (".5 * 4", "= 2"),
        ("2**100", "= 1267650600228229401496703205376"),
        ("100!", f"= {'9332621544394415268169923885626670049071596826438162146859296389521759999322991560894'}"
         "1463976156518286253697920827223758251185210916864000000000000000000000000"),
    ],
)  # fmt: skip
def test_an_expression_has_its_value(text: str, value: str) -> None:
    assert shown(value_of(text)) == value


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no expression"),
        ("1 +", "too early"),
        ("1 2", "operator is missing"),
        ("2(3)", "operator is missing"),
        ("(1", "missing"),
        ("* 2", "number is missing"),
        ("1 / 0", "divides by zero"),
        ("5 % (1 - 1)", "divides by zero"),
        ("0 ^ -1", "divides by zero"),
        ("9^9^9^9", "too large"),
        ("1e401", "too large"),
        ("10^10000", "too large"),
        ("501!", "factorials"),
        ("(-1)!", "factorials"),
        ("1.5!", "whole"),
        ("sqrt(-1)", "no value"),
        ("(-8)^0.5", "negative"),
        ("ln(0)", "no value"),
        ("exp(10000)", "too large"),
        ("sqrt(1, 2)", "number of arguments"),
        ("__import__('os')", "not understood"),
        ("open(1)", "not known"),
        ("x", "not known"),
        ("(" * 400 + "1" + ")" * 99, "nested"),
        ("1" * (LONGEST + 1), "longer"),
        ("comb(100000, 50000)", "too large"),
        ("round(1, 9999)", "places"),
        ("你好", "not understood"),
    ],
    ids=range(28),
)
def test_what_has_none_says_why(text: str, words: str) -> None:
    with pytest.raises(NoValue, match=f"(?i){words}"):
        value_of(text)


@given(st.text("0123456789.+-*/^%!(),e sqrtlnpi", max_size=80))
def test_anything_has_a_value_or_a_reason(text: str) -> None:
    with suppress(NoValue):
        assert len(shown(value_of(text))) < 6000


@given(st.integers(-(10**9), 10**9), st.integers(-(10**9), 10**9), st.integers(1, 10**6))
def test_whole_numbers_are_exact(a: int, b: int, c: int) -> None:
    assert value_of(f"({a}) * ({b}) - {c} ^ 2 + ({a}) // {c}") == a * b - c**2 + a // c
