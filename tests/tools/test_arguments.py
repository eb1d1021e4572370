import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.tools.arguments import LONGEST, Unfit, leaked_into, name_of, read

WEATHER = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "days": {"type": "integer"}, "tags": {"type": "array"}},
    "required": ["city"],
    "additionalProperties": False,
}
ANYTHING: dict[str, Any] = {"type": "object"}
KIEL = {"city": "Kiel"}
leaves = st.none() | st.booleans() | st.integers() | st.text(max_size=8)
objects = st.dictionaries(st.text(max_size=5), st.recursive(leaves, lambda inner: st.lists(inner, max_size=3)))


class TestAnObject:
    @pytest.mark.parametrize(
        "written",
        [
            '{"city": "Kiel"}',
            ' {"city": "Kiel"}\n',
            '{"city": "Kiel"}{"city": "Kiel"}',
            '{"city": "Kiel"} {"city":"Kiel"}\n{"city": "Kiel"}',
            '{"city": "Kiel"}{"city": "Ki',
            '{"city": "Kiel"}</tool_call>',
            "<arg_key>city</arg_key><arg_value>Kiel</arg_value>",
            "<arg_key>city</arg_key>\n<arg_value>Kiel</arg_value></tool_call>",
            "get_weather\n<arg_key>city</arg_key>\n<arg_value>Kiel",
            '{"city": "Kiel</arg_value>"}',
        ],
    )
    def test_is_read_however_it_was_written(self, written: str) -> None:
        assert read(written, WEATHER) == KIEL

    def test_may_be_left_out_where_nothing_is_needed(self) -> None:
        assert read("", ANYTHING) == read("  ", {}) == {}

    def test_has_its_kinds_back_where_marks_made_them_text(self) -> None:
        written = (
            "<arg_key>city</arg_key><arg_value>5</arg_value><arg_key>days</arg_key><arg_value>3</arg_value>"
            '<arg_key>tags</arg_key><arg_value>["a"]</arg_value>'
        )
        assert read(written, WEATHER) == {"city": "5", "days": 3, "tags": ["a"]}

    def test_is_parted_from_what_leaked_into_a_string(self) -> None:
        written = json.dumps({"city": "Kiel</arg_value><arg_key>days</arg_key><arg_value>3"})
        assert read(written, WEATHER) == {"city": "Kiel", "days": 3}

    def test_keeps_line_breaks_that_json_forbids(self) -> None:
        assert read('{"city": "Kiel\nMitte"}', WEATHER) == {"city": "Kiel\nMitte"}

    @given(objects)
    def test_comes_back_as_it_was(self, value: dict[str, Any]) -> None:
        written = json.dumps(value)
        if "arg_" not in written:
            assert read(written, ANYTHING) == read(written * 2, ANYTHING) == value

    @given(st.text(max_size=200) | st.text('{}[]",:<>/arg_keyvalue01', max_size=60))
    def test_or_a_reason_comes_of_anything(self, written: str) -> None:
        with suppress(Unfit):
            assert isinstance(read(written, ANYTHING), dict)


class TestWhatIsUnfit:
    @pytest.mark.parametrize(
        ("written", "words"),
        [
            ('{"city": ', "not valid JSON"),
            ("city = Kiel", "not valid JSON"),
            ("[1, 2]", "one JSON object"),
            ('"Kiel"', "one JSON object"),
            ('{"city": "Kiel"}{"city": "Bonn"}', "more than one"),
            ('{"city": "Kiel"} and more', "more than one"),
            ("{}", "'city' is a required property"),
            ('{"city": 5}', "city: 5 is not of type 'string'"),
            ('{"city": "Kiel", "mood": "good"}', "'mood' was unexpected"),
            ('{"city": "' + "x" * LONGEST + '"}', "characters"),
            ('{"city": ' + "[" * 10_000 + "]" * 10_000 + "}", "nested"),
            ('{"city": NaN}', "NaN is not JSON"),
            ('{"city": "Kiel", "tags": ' + "[" * 50 + "]" * 50 + "}", "nested deeper than 32"),
        ],
        ids=range(13),
    )
    def test_is_told_in_words(self, written: str, words: str) -> None:
        with pytest.raises(Unfit, match=words.replace("(", r"\(")):
            read(written, WEATHER)


class TestAName:
    @pytest.mark.parametrize("told", ["get_weather", " get_weather\n", "get_weather<arg_key>city</arg_key>"])
    def test_is_freed_of_what_leaked_into_it(self, told: str) -> None:
        assert name_of(told) == "get_weather"

    @pytest.mark.parametrize("told", ["", "two words", "名字", "x" * 65, "a.b"])
    def test_that_no_function_could_have_is_none(self, told: str) -> None:
        assert name_of(told) == ""

    def test_gives_back_the_arguments_in_it(self) -> None:
        leaked = leaked_into("get_weather<arg_key>city</arg_key><arg_value>Kiel</arg_value>")
        assert read(leaked, WEATHER) == KIEL
        assert leaked_into("get_weather") == ""
