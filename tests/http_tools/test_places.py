"""Arguments in their places: encoded for each, and never anything else than a value there."""

import json
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.http_tools import Definition, Method, Misfit, Secrets
from conversations.http_tools.places import json_with, path_with, query_with

ANY_TEXT = st.text(max_size=50)


class TestThePath:
    @pytest.mark.parametrize(
        ("value", "step"),
        [
            ("Kiel", "Kiel"),
            ("São Paulo", "S%C3%A3o%20Paulo"),
            ("北京", "%E5%8C%97%E4%BA%AC"),
            ("a/b", "a%2Fb"),
            ("a?b=c&d#e", "a%3Fb%3Dc%26d%23e"),
            ("100%", "100%25"),
            ("%2e%2e", "%252e%252e"),
            ("{city}", "%7Bcity%7D"),
            (7, "7"),
            (1.5, "1.5"),
            (True, "true"),
        ],
    )
    def test_takes_a_value_as_one_step(self, value: Any, step: str) -> None:
        assert path_with("/v1/{city}/now", {"city": value}) == f"/v1/{step}/now"

    @pytest.mark.parametrize(
        "value",
        ["..", ".", "", "  ", "../admin", "a/../..", "..\\admin", "a\\..", "a\r\nb", "a\0b", None, [], ["a"], {}],
    )
    def test_takes_no_step_upwards_and_nothing_that_is_no_value(self, value: Any) -> None:
        with pytest.raises(Misfit):
            path_with("/v1/{city}/now", {"city": value})

    def test_does_not_take_two_halves_of_a_step_upwards(self) -> None:
        with pytest.raises(Misfit):
            path_with("/{a}{b}/", {"a": ".", "b": "."})

    def test_needs_its_arguments(self) -> None:
        with pytest.raises(Misfit, match="city must be given"):
            path_with("/{city}", {})

    @given(ANY_TEXT)
    def test_has_as_many_steps_as_before(self, value: str) -> None:
        try:
            found = path_with("/v1/{city}/now", {"city": value})
        except Misfit:
            return
        assert found.count("/") == 3
        assert not set(found) & set("?#\\ ")


class TestTheQuery:
    TEMPLATE = "city={city}&days={days}&lang=zh&note=from+{city}"

    def test_takes_values(self) -> None:
        found = query_with(self.TEMPLATE, {"city": "a&b=c d", "days": 3})
        assert found == "city=a%26b%3Dc%20d&days=3&lang=zh&note=from+a%26b%3Dc%20d"

    def test_leaves_out_what_is_not_given(self) -> None:
        assert query_with(self.TEMPLATE, {"days": None}) == "lang=zh"

    def test_repeats_a_name_for_a_list(self) -> None:
        assert query_with("tag={tags}", {"tags": ["a b", "c", 1]}) == "tag=a%20b&tag=c&tag=1"
        assert query_with("tag={tags}", {"tags": []}) == ""

    def test_writes_objects_as_json(self) -> None:
        assert query_with("q={q}", {"q": {"a": "天"}}) == "q=%7B%22a%22%3A%22%E5%A4%A9%22%7D"

    def test_adds_what_is_secret(self) -> None:
        assert query_with("a={a}", {"a": 1}, [("key", "s&t")]) == "a=1&key=s%26t"

    @given(ANY_TEXT)
    def test_gives_back_what_was_put_in(self, value: str) -> None:
        found = query_with("a={a}&b=1", {"a": value})
        assert parse_qsl(found, keep_blank_values=True) == [("a", value), ("b", "1")]


class TestTheBody:
    def test_keeps_the_kind_of_a_value(self) -> None:
        template = {"from": "{a}", "list": ["{b}", "x{b}y"], "deep": {"all": "{c}"}, "n": 1, "{a}": "key"}
        assert json_with(template, {"a": True, "b": 2, "c": {"d": None}}) == {
            "from": True,
            "list": [2, "x2y"],
            "deep": {"all": {"d": None}},
            "n": 1,
            "{a}": "key",
        }

    def test_leaves_out_what_is_not_given(self) -> None:
        assert json_with({"a": "{a}", "b": ["{a}", "x{a}"], "c": 1}, {}) == {"b": [], "c": 1}
        assert json_with("{a}", {}) is None

    @given(ANY_TEXT)
    def test_holds_a_value_whatever_it_is(self, value: str) -> None:
        assert json_with({"a": "{a}", "b": "<{a}>"}, {"a": value}) == {"a": value, "b": f"<{value}>"}


class TestARequest:
    def test_without_a_body_described_sends_the_arguments_that_are_nowhere_else(self) -> None:
        tool = Definition("t", Method.POST, "https://api.example/{id}?lang={lang}")
        request = tool.request({"id": 7, "lang": "zh", "text": "天", "more": [1]})
        assert (request.method, request.url) == ("POST", "https://api.example/7?lang=zh")
        assert json.loads(request.content or b"") == {"text": "天", "more": [1]}
        assert ("Content-Type", "application/json") in request.headers

    @pytest.mark.parametrize("method", [Method.GET, Method.DELETE])
    def test_that_asks_has_none(self, method: Method) -> None:
        assert Definition("t", method, "https://api.example/").request({"a": 1}).content is None

    def test_has_secrets_that_it_does_not_show(self) -> None:
        tool = Definition("t", Method.POST, "https://api.example/x?a={a}", '{"b": "{b}"}')
        secrets = Secrets.parse("Authorization: Bearer 0123456789\naccept: text/csv\n?key: qwertyuiop")
        request = tool.request({"a": "1", "b": "x"}, secrets)
        assert ("Authorization", "Bearer 0123456789") in request.headers
        assert [name.lower() for name, _ in request.headers].count("accept") == 1
        assert dict(parse_qsl(urlsplit(request.url).query)) == {"a": "1", "key": "qwertyuiop"}
        shown = tool.shown({"a": "1", "b": "x"}, secrets)
        assert "POST https://api.example/x?a=1&key=[secret]" in shown
        assert "Authorization: [secret]" in shown
        assert '{"b": "x"}' in shown
        assert "0123456789" not in shown + repr(request) + repr(secrets) + str(secrets)

    def test_does_not_grow_without_end(self) -> None:
        with pytest.raises(Misfit, match="too long"):
            Definition("t", Method.GET, "https://api.example/?a={a}").request({"a": "x" * 10_000})

    @given(ANY_TEXT, ANY_TEXT)
    def test_goes_to_the_server_that_was_said(self, path: str, query: str) -> None:
        tool = Definition("t", Method.GET, "https://api.example{a}?b={b}", hosts=("api.example",))
        try:
            url = tool.request({"a": path, "b": query}).url
        except Misfit:
            return
        assert urlsplit(url).hostname == "api.example"
