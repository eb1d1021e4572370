"""Sums: found in a prompt, worked out exactly, never more than the machine can bear."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.sandbox.answers.calculation import KIND, NotArithmetic, evaluate, find_expression, shown
from conversations.sandbox.asked import Asked
from conversations.sandbox.prompt import Prompt


def answered(text: str) -> str:
    return KIND.write(Asked("glm-4.7", (), Prompt(text)))


@pytest.mark.parametrize(
    ("prompt", "said"),
    [
        ("What is 12 × (3 + 4)?", "12 × (3 + 4) = **84**"),
        ("12*7=", "12 × 7 = **84**"),
        ("2 + 2", "2 + 2 = **4**"),
        ("Calculate 1,250 * 4", "1250 × 4 = **5,000**"),
        ("What is 0.1 + 0.2?", "0.1 + 0.2 = **0.3**"),
        ("how much is -3 - -4", "-3 − -4 = **1**"),
        ("1/3=", "1 ÷ 3 ≈ **0.3333333333**"),
        ("What is 7 divided by 2?", "7 ÷ 2 = **3.5**"),
        ("what is 3 squared plus 1", "3^2 + 1 = **10**"),
        ("What is 2^10?", "2^10 = **1,024**"),
        ("17 % 5 =", "17 % 5 = **2**"),
        ("计算 2^64 - 1", "2^64 − 1 = **18,446,744,073,709,551,615**"),
        ("128乘以37等于多少", "128 × 37 = **4,736**"),
    ],
)
def test_a_sum_is_worked_out(prompt: str, said: str) -> None:
    assert answered(prompt).strip().replace("−3", "-3").replace("−4", "-4") == said


@pytest.mark.parametrize("text", ["", "Hello", "7", "What is 7?", "2026-11-20 was a day", "about 3-4 sentences", "=="])
def test_what_is_no_sum_is_left_to_others(text: str) -> None:
    assert find_expression(text) is None


def test_a_division_by_zero_has_no_value() -> None:
    assert "no value" in answered("What is 5 / 0?")
    assert "没有意义" in answered("5 除以 0 等于多少")
    assert "no value" in answered("What is 0 ** -1?")


@pytest.mark.parametrize(
    "text", ["9**9**9=", "2 ** 0.5 =", "1+" * 150 + "1=", "(" * 90 + "1+1=", "1 + + =", "1 2 + 3 ="]
)
def test_what_is_too_much_is_admitted(text: str) -> None:
    assert "more than the sandbox" in answered(text)


@pytest.mark.parametrize(
    "source", ["__import__('os')", "a+1", "'a'*3", "[1]*3", "1 if 1 else 2", "True+1", "f(1)", "1;2", "1<<9", "~1"]
)
def test_only_arithmetic_is_evaluated(source: str) -> None:
    with pytest.raises(NotArithmetic):
        evaluate(source)


NUMBERS = st.integers(0, 10**6)


@given(NUMBERS, NUMBERS, NUMBERS, st.sampled_from("+-*"), st.sampled_from("+-*/"))
def test_values_are_those_of_arithmetic(a: int, b: int, c: int, first: str, second: str) -> None:
    source = f"({a} {first} {b}) {second} {c + 1}"
    expected = eval(source.replace(f"({a} {first} {b})", f"Fraction({a} {first} {b})"), {"Fraction": Fraction})

    assert evaluate(source) == expected


@given(st.fractions(max_denominator=1000))
def test_a_shown_value_is_right_to_ten_places(value: Fraction) -> None:
    assert abs(Fraction(shown(value).replace(",", "")) - value) <= Fraction(1, 2 * 10**10)
