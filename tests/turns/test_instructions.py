import pytest

from conversations.models import Variable
from conversations.turns.instructions import Unreadable, filled, lines_of, placeholders, unknown, variables_in


def test_placeholders_are_found_once_each_with_any_spacing() -> None:
    assert placeholders("{{name}} and {{ topic }} and {{name}} {not} {{主题}}") == ["name", "topic", "主题"]


def test_those_that_nobody_fills_are_unknown() -> None:
    assert unknown("{{name}} {{date}} {{topic}} {{who}}", [Variable("topic", "?")]) == ["who"]


def test_values_are_not_looked_through_for_placeholders() -> None:
    assert filled("{{a}} {{b}} {{c}}", {"a": "{{b}}", "b": "2"}) == "{{b}} 2 {{c}}"


def test_lines_become_variables_and_lines_again() -> None:
    found = variables_in("topic: What is it about?\n\n 主题：写什么？\nwho\n")
    assert found == (Variable("topic", "What is it about?"), Variable("主题", "写什么？"), Variable("who", "who"))
    assert variables_in(lines_of(found)) == found


@pytest.mark.parametrize("lines", ["two words: x", "1st: x", "name: mine", "a: x\na: y", ": x", "a-b: x"])
def test_what_names_no_variable_is_refused(lines: str) -> None:
    with pytest.raises(Unreadable):
        variables_in(lines)


def test_more_than_anybody_answers_is_refused() -> None:
    with pytest.raises(Unreadable):
        variables_in("\n".join("abcdefghi"))
