"""The words of a request for a title, and what of an answer is one."""

import pytest

from conversations.sandbox.scenarios import title as sandbox
from conversations.turns.title_words import LONGEST, SAMPLE, cleaned, request


@pytest.mark.parametrize(
    ("answer", "title"),
    [
        ("Tides at the coast", "Tides at the coast"),
        ("“Tides at the coast.”", "Tides at the coast"),
        ('\n\n**Title: "Tides"**\nBecause it is about tides.', "Tides"),
        ("# Tides", "Tides"),
        ("标题：《潮汐》", "潮汐"),
        ("泉州三日游。", "泉州三日游"),
        ("Why is it so?", "Why is it so?"),
        ("Tides\tand   moons", "Tides and moons"),
        ("The \u202eevil\u0007 twin", "The evil twin"),
        ("👩\u200d🚀 in space", "👩\u200d🚀 in space"),
        ("<b>Bold</b>", "<b>Bold</b>"),
        ("How `a_b` meets the **tides**.", "How a_b meets the tides"),
        ("", ""),
        (" \n ", ""),
        ("……", ""),
        ("x" * LONGEST, "x" * LONGEST),
        ("An essay instead of a title: " + "x" * LONGEST, ""),
    ],
)
def test_a_title_is_one_bare_line(answer: str, title: str) -> None:
    assert cleaned(answer) == title


def test_the_request_speaks_the_language_of_the_question() -> None:
    assert request("潮汐是怎么来的？", "月亮。").startswith("给下面这段对话起一个标题")
    assert request("What makes the tides?", "月亮。").startswith("Give the following conversation a title")
    assert "in the language of the question" in request("Wie entstehen die Gezeiten und warum?", "Der Mond.")


def test_the_request_shows_only_the_beginning_of_both_sides() -> None:
    words = request("q" * 5000, "a" * 5000)
    assert (words.count("q" * SAMPLE), words.count("q" * (SAMPLE + 1))) == (1, 0)
    assert (words.count("a" * SAMPLE), words.count("a" * (SAMPLE + 1))) == (1, 0)


def test_braces_of_people_are_no_places_to_fill() -> None:
    assert "{question} {0}" in request("{question} {0}", "{answer}")


@pytest.mark.parametrize("question", ["What makes the tides?", "潮汐是怎么来的？"])
def test_the_sandbox_knows_such_a_request(question: str) -> None:
    assert sandbox.is_wanted(request(question, "The moon."))
