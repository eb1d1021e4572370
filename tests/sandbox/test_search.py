"""Web search and reading as GLM has them: inside chat, and by themselves."""

import json
from typing import Any

import pytest

from tests.sandbox.serving import Answer, Person


def searching(**fields: Any) -> list[dict[str, Any]]:
    return [{"type": "web_search", "web_search": {"enable": True, "search_result": True, **fields}}]


def pages_in(answer: Answer) -> list[int]:
    """In which of its frames the array of pages stands."""
    return [place for place, frame in enumerate(answer.frames) if "web_search" in frame]


class TestInChat:
    def test_the_pages_come_with_the_finish_and_the_text_marks_them(self, person: Person) -> None:
        answer = person.stream(prompt="Search for tides", tools=searching(count=3))
        (place,) = pages_in(answer)
        frame = answer.frames[place]
        assert frame["choices"][0]["finish_reason"] == "stop"
        assert [page["refer"] for page in frame["web_search"]] == ["ref_1", "ref_2", "ref_3"]
        assert "[ref_1]" in answer.joined()

    def test_they_come_first_where_that_is_asked_for(self, person: Person) -> None:
        tools = searching(result_sequence="before", search_prompt="cite as 【1】")
        answer = person.stream(prompt="Search for tides", tools=tools)
        assert pages_in(answer) == [0]
        assert "【1】" in answer.joined()

    def test_a_whole_reply_has_them_at_the_top(self, person: Person) -> None:
        body = person.ask(prompt="Search for tides", tools=searching(count=2)).json
        assert len(body["web_search"]) == 2
        assert set(body["web_search"][0]) == {
            "refer", "title", "link", "media", "icon", "content", "publish_date"
        }  # fmt: skip

    def test_they_stay_away_unless_asked_for(self, person: Person) -> None:
        tools = [{"type": "web_search", "web_search": {"enable": True}}]
        assert "web_search" not in person.ask(prompt="Search for tides", tools=tools).json

    @pytest.mark.parametrize("prompt", ["Hello", "Search: find nothing about this"])
    def test_a_search_may_not_be_made_or_find_nothing(self, person: Person, prompt: str) -> None:
        assert "web_search" not in person.ask(prompt=prompt, tools=searching()).json

    @pytest.mark.parametrize("fields", [{"require_search": True}, {"search_query": "tides"}])
    def test_it_can_be_made_sure_of(self, person: Person, fields: dict[str, Any]) -> None:
        assert person.ask(prompt="Hello", tools=searching(**fields)).json["web_search"]

    def test_one_that_is_switched_off_is_none(self, person: Person) -> None:
        tools = [{"type": "web_search", "web_search": {"enable": False, "search_result": True}}]
        assert "web_search" not in person.ask(prompt="Search for tides", tools=tools).json

    @pytest.mark.parametrize(
        "other",
        [
            {"type": "function", "function": {"name": "clock", "description": "The time"}},
            {"type": "retrieval", "retrieval": {"knowledge_id": "handbook"}},
        ],
    )
    def test_functions_and_retrieval_stand_before_it(self, person: Person, other: dict[str, Any]) -> None:
        body = person.ask(prompt="Search for tides", tools=[*searching(), other]).json
        assert "web_search" not in body

    @pytest.mark.parametrize(
        "fields",
        [
            {"count": 0},
            {"count": 51},
            {"count": True},
            {"search_engine": "search_pro_sogou", "count": 15},
            {"search_engine": "altavista"},
            {"search_recency_filter": "oneHour"},
            {"content_size": "low"},
            {"search_engine": "search_pro_quark", "search_domain_filter": "example.org"},
            {"require_search": "true"},
        ],
    )
    def test_fields_that_do_not_fit_are_refused(self, person: Person, fields: dict[str, Any]) -> None:
        assert person.ask(tools=searching(**fields)).error == "1214"


@pytest.mark.parametrize(("name", "places"), [("late", "last"), ("early", "first"), ("amid", "amid")])
def test_scenarios_have_the_array_wherever_it_was_met(person: Person, name: str, places: str) -> None:
    answer = person.stream(f"sandbox-search-{name}", "tides")
    (place,) = pages_in(answer)
    expected = {
        "first": place == 0,
        "last": place == len(answer.frames) - 1,
        "amid": 0 < place < len(answer.frames) - 1,
    }
    assert expected[places]
    assert len(answer.frames[place]["web_search"]) == 4


def test_a_scenario_has_an_empty_array(person: Person) -> None:
    answer = person.stream("sandbox-search-empty")
    assert [answer.frames[place]["web_search"] for place in pages_in(answer)] == [[]]


class TestByItself:
    def post(self, person: Person, path: str, **fields: Any) -> Any:
        return person.http.post(f"{person.base}/{path}", json=fields)

    def test_a_search_gives_pages(self, person: Person) -> None:
        fields = {
            "search_query": "潮汐 时间",
            "search_engine": "search_std",
            "count": 2,
            "search_domain_filter": "a.org",
        }
        body = self.post(person, "web_search", **fields, search_intent=True).json()
        assert [page["link"].startswith("https://a.org/") for page in body["search_result"]] == [True, True]
        assert body["search_intent"][0]["intent"] == "SEARCH_ALL"

    @pytest.mark.parametrize(
        ("fields", "code"),
        [
            ({"search_query": "tides"}, "1213"),
            ({"search_engine": "search_std"}, "1213"),
            ({"search_query": "t" * 71, "search_engine": "search_std"}, "1214"),
            ({"search_query": "find nothing", "search_engine": "search_std"}, "1703"),
            ({"search_query": "[[code-1701]]", "search_engine": "search_std"}, "1701"),
        ],
    )
    def test_one_that_cannot_be_made_says_why(self, person: Person, fields: dict[str, Any], code: str) -> None:
        assert self.post(person, "web_search", **fields).json()["error"]["code"] == code

    def test_the_elder_search_gives_intent_and_pages_as_calls(self, person: Person) -> None:
        asked = [{"role": "user", "content": "tide times Husum"}]
        body = self.post(person, "tools", tool="web-search-pro", messages=asked, recent_days=7).json()
        intent, found = body["choices"][0]["message"]["tool_calls"]
        assert intent["search_intent"][0]["query"] == "tide times Husum"
        assert [page["refer"] for page in found["search_result"]] == [f"ref_{n}" for n in range(1, 11)]

    @pytest.mark.parametrize(
        ("fields", "code"),
        [
            ({"model": "web-search"}, "1211"),
            ({"stream": True}, "1212"),
            ({"recent_days": 31}, "1214"),
            ({"messages": []}, "1214"),
            ({"messages": [{"role": "user", "content": ""}]}, "1213"),
            ({"messages": [{"role": "user", "content": "[[code-1701]]"}]}, "1701"),
        ],
    )
    def test_the_elder_search_says_what_does_not_fit(self, person: Person, fields: dict[str, Any], code: str) -> None:
        usual = {"model": "web-search-pro", "messages": [{"role": "user", "content": "tides"}]}
        assert self.post(person, "tools", **{**usual, **fields}).json()["error"]["code"] == code

    def test_a_page_is_read_as_text(self, person: Person) -> None:
        result = self.post(person, "reader", url="https://example.org/a").json()["reader_result"]
        assert "example.org/a" in result["content"]
        assert self.post(person, "reader", url="ftp://a").json()["error"]["code"] == "1214"


@pytest.mark.parametrize(
    ("name", "prompt", "arguments"),
    [
        ("web_search", "Search for tides", {"query": "tides"}),
        ("read_page", "Sum up https://example.org/a please", {"url": "https://example.org/a"}),
        ("look_up", "What does our handbook say?", {"question": "What does our handbook say?"}),
    ],
)
def test_as_a_function_it_is_called(person: Person, name: str, prompt: str, arguments: dict[str, str]) -> None:
    function = {"name": name, "description": "A tool", "parameters": {"type": "object", "properties": {}}}
    message = person.ask(prompt=prompt, tools=[{"type": "function", "function": function}]).json["choices"][0][
        "message"
    ]
    (call,) = message["tool_calls"]
    assert (call["function"]["name"], json.loads(call["function"]["arguments"])) == (name, arguments)
