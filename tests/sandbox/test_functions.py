"""Function calls as GLM has them: whole and in pieces, one and several, right and wrong."""

import json
from typing import Any

import pytest

from tests.sandbox.serving import Answer, Person


def function(name: str, **properties: Any) -> dict[str, Any]:
    schema = {"type": "object", "properties": properties, "required": list(properties)}
    return {"type": "function", "function": {"name": name, "description": "Does it", "parameters": schema}}


WEATHER = function("get_weather", city={"type": "string"})
TRAINS = function("query_train_info", departure={}, destination={}, date={})
ALL = [WEATHER, TRAINS, function("calculator", expression={}), function("convert_units", value={})]


def calls(answer: Answer) -> list[tuple[str, str]]:
    """Names and arguments, put together as clients do."""
    found: dict[int, list[str]] = {}
    for delta in answer.deltas:
        for call in delta.get("tool_calls", ()):
            kept = found.setdefault(call["index"], ["", ""])
            kept[0] = call["function"].get("name") or kept[0]
            kept[1] += call["function"].get("arguments", "")
    return [(name, arguments) for _index, (name, arguments) in sorted(found.items())]


def follow_up(asked: str, call: dict[str, Any], result: str) -> list[dict[str, Any]]:
    return [
        {"role": "user", "content": asked},
        {"role": "assistant", "content": "", "tool_calls": [call]},
        {"role": "tool", "tool_call_id": call["id"], "content": result},
    ]


class TestACall:
    @pytest.mark.parametrize(
        ("prompt", "name", "arguments"),
        [
            ("北京今天天气怎么样？", "get_weather", {"city": "北京"}),
            ("What is the weather in Kiel?", "get_weather", {"city": "Kiel"}),
            ("What is 6 * 7?", "calculator", {"expression": "6 * 7"}),
            ("Convert 10 km to miles", "convert_units", {"value": 10.0, "from": "km", "to": "miles"}),
        ],
    )
    def test_is_made_for_what_a_function_knows(
        self, person: Person, prompt: str, name: str, arguments: dict[str, Any]
    ) -> None:
        (call,) = calls(person.stream(prompt=prompt, tools=ALL))
        assert (call[0], json.loads(call[1])) == (name, arguments)

    def test_asks_for_a_train_with_all_it_needs(self, person: Person) -> None:
        ((name, written),) = calls(person.stream(prompt="从北京到上海明天有什么高铁？", tools=ALL))
        found = json.loads(written)
        assert (name, found["departure"], found["destination"]) == ("query_train_info", "北京", "上海")
        assert len(found["date"]) == 10

    def test_is_made_for_each_place(self, person: Person) -> None:
        found = calls(person.stream(prompt="北京和上海今天天气怎么样？", tools=ALL))
        assert [json.loads(arguments)["city"] for _name, arguments in found] == ["北京", "上海"]

    def test_comes_whole_with_two_finishes(self, person: Person) -> None:
        answer = person.stream(prompt="Weather in Kiel?", tools=[WEATHER])
        assert answer.finishes == ["tool_calls", "tool_calls"]
        assert len([delta for delta in answer.deltas if "tool_calls" in delta]) == 1
        assert answer.usages

    def test_comes_in_pieces_where_that_is_asked_for(self, person: Person) -> None:
        answer = person.stream(prompt="Weather in Kiel?", tools=[WEATHER], tool_stream=True)
        told = [delta["tool_calls"][0] for delta in answer.deltas if "tool_calls" in delta]
        assert (told[0]["function"]["name"], told[0]["function"]["arguments"]) == ("get_weather", "")
        assert all("id" not in each for each in told[1:])
        assert len(told) > 2
        assert json.loads(calls(answer)[0][1]) == {"city": "Kiel"}

    def test_is_in_the_message_of_a_whole_reply(self, person: Person) -> None:
        choice = person.ask(prompt="Weather in Kiel?", tools=[WEATHER]).json["choices"][0]
        assert choice["finish_reason"] == "tool_calls"
        assert choice["message"]["content"] is None
        assert json.loads(choice["message"]["tool_calls"][0]["function"]["arguments"]) == {"city": "Kiel"}

    def test_is_not_made_of_what_is_not_offered(self, person: Person) -> None:
        assert calls(person.stream(prompt="Weather in Kiel?", tools=[TRAINS])) == []
        assert calls(person.stream(prompt="Weather in Kiel?")) == []

    def test_is_followed_by_an_answer_from_its_result(self, person: Person) -> None:
        call = person.ask(prompt="Weather in Kiel?", tools=[WEATHER]).json["choices"][0]["message"]["tool_calls"][0]
        day = {"date": "2026-11-28", "sky": "sunny", "low": 1, "high": 7, "rain_percent": 0}
        result = json.dumps({"city": "Kiel", "forecast": [day]})
        answer = person.stream(messages=follow_up("Weather in Kiel?", call, result), tools=[WEATHER])
        assert "sunny, 1 to 7 °C" in answer.joined()
        assert calls(answer) == []


class TestAScenario:
    def asked(self, person: Person, name: str, *results: str) -> Answer:
        call = {"id": "call_1", "type": "function", "function": {"name": "get_weather", "arguments": "{}"}}
        told: list[dict[str, Any]] = [{"role": "user", "content": f"[[{name}]] Weather in Kiel?"}]
        for result in results:
            told += follow_up("", call, result)[1:]
        return person.stream(messages=told, tools=[WEATHER])

    @pytest.mark.parametrize("name", ["call", "call-pieces"])
    def test_calls_once(self, person: Person, name: str) -> None:
        assert [json.loads(arguments) for _, arguments in calls(self.asked(person, name))] == [{"city": "Kiel"}]
        assert calls(self.asked(person, name, "sunny")) == []

    def test_calls_side_by_side(self, person: Person) -> None:
        assert len(calls(self.asked(person, "call-twice"))) == 2

    def test_is_mended_once_it_was_told(self, person: Person) -> None:
        ((_, wrong),) = calls(self.asked(person, "call-invalid"))
        with pytest.raises(json.JSONDecodeError):
            json.loads(wrong)
        ((_, right),) = calls(self.asked(person, "call-invalid", "not valid JSON"))
        assert json.loads(right) == {"city": "Kiel"}
        assert calls(self.asked(person, "call-invalid", "not valid JSON", "sunny")) == []

    def test_leaks_marks_and_doubles_objects(self, person: Person) -> None:
        ((_, marked),) = calls(self.asked(person, "call-marks"))
        assert "<arg_key>city</arg_key>" in marked
        ((_, doubled),) = calls(self.asked(person, "call-doubled"))
        assert doubled == '{"city": "Kiel"}' * 2

    def test_writes_a_call_into_its_text(self, person: Person) -> None:
        answer = self.asked(person, "call-written")
        assert calls(answer) == []
        assert "<tool_call>get_weather\n<arg_key>city</arg_key>" in answer.joined()
        assert answer.finishes == ["stop"]

    def test_never_stops_calling(self, person: Person) -> None:
        assert calls(self.asked(person, "call-always", "sunny", "sunny"))

    def test_flags_a_call(self, person: Person) -> None:
        frames = self.asked(person, "call-flagged").frames
        assert [frame["content_filter"] for frame in frames if "content_filter" in frame] == [
            [{"role": "assistant", "level": 1}]
        ]

    @pytest.mark.parametrize("name", ["call", "call-twice", "call-invalid", "call-always", "call-written"])
    def test_answers_plainly_without_a_function(self, person: Person, name: str) -> None:
        assert person.stream(prompt=f"[[{name}]] Hello").joined().strip()


class TestWhatIsRefused:
    @pytest.mark.parametrize(
        "wrong",
        [
            {"name": "two words", "description": "x"},
            {"name": "天气", "description": "x"},
            {"name": "x" * 65, "description": "x"},
            {"name": "x"},
            {"name": "x", "description": "x", "parameters": {"type": "string"}},
            "get_weather",
        ],
    )
    def test_a_function_that_is_none(self, person: Person, wrong: Any) -> None:
        assert person.ask(tools=[{"type": "function", "function": wrong}]).error == "1214"

    def test_the_129th(self, person: Person) -> None:
        assert person.ask(tools=[function(f"f{n}") for n in range(129)]).error == "1214"
        assert person.ask(tools=[function(f"f{n}") for n in range(128)]).status == 200
