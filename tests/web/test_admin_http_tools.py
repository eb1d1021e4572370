"""HTTP tools in the admin: checked before they are kept, tried, on record, and their secrets read by nobody."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from pytest_django import Settings

from conversations import clock, standing, upstream
from conversations.accounts import add_person
from conversations.admin.http_words import WORDS, in_words
from conversations.defaults import ADMINISTRATOR, REVIEWER, sync_defaults
from conversations.http_tools import Unfit, Where, calling
from conversations.models import AuditEntry, HttpTool, User
from conversations.tools import MOST_TOOLS, available, http, registry
from tests.outgoing.server import Names, answer, saying, serving, silent
from tests.sandbox.serving import serving as sandbox_serving

from .pages import html, words

Browser = Callable[[User | None], Client]
TOOLS = "/admin/conversations/httptool/"
SECRET = "Authorization: Bearer very-secret-token\n?appid: query-secret"
SCHEMA = {
    "type": "object",
    "properties": {
        "city": {"type": "string", "description": "Which city"},
        "days": {"type": "integer", "default": 2},
        "unit": {"enum": ["C", "F"]},
        "exact": {"type": "boolean"},
        "tags": {"type": "array", "items": {"type": "string"}},
    },
    "required": ["city"],
}
FORM = {
    "name": "forecast",
    "label": "Forecast",
    "explains": "Asks the weather service",
    "description": "The weather of a city",
    "parameters": json.dumps(SCHEMA),
    "method": "GET",
    "url": "https://api.example/v1/{city}?days={days}",
    "body": "",
    "hosts": "",
    "secret_lines": "",
    "seconds": "5",
    "most_kilobytes": "100",
    "most_characters": "2000",
    "approval": "always",
    "is_offered": "on",
    "position": "100",
    "reason": "as agreed",
    "seen": "",
}


@pytest.fixture
def at_administrator(browser: Browser) -> Client:
    sync_defaults()
    standing.refresh()
    return browser(add_person("root", "a good password", ADMINISTRATOR))


def add(client: Client, **fields: Any) -> Any:
    return client.post(f"{TOOLS}add/", {**FORM, **fields})


def made(client: Client, **fields: Any) -> HttpTool:
    response = add(client, **fields)
    assert response.status_code == HTTPStatus.FOUND, words(response)
    return HttpTool.objects.get(name=fields.get("name", "forecast"))


def page_of(row: HttpTool) -> str:
    return f"{TOOLS}{row.pk}/change/"


def change(client: Client, row: HttpTool, **fields: Any) -> Any:
    seen = client.get(page_of(row)).context["adminform"].form["seen"].value()
    kept = {"hosts": row.hosts, "url": row.url, **({"name": row.name} if row.shipped_version is None else {})}
    described = {"label": row.label, "description": row.description, "parameters": json.dumps(row.parameters)}
    return client.post(page_of(row), {**FORM, "method": row.method, **described, **kept, "seen": seen, **fields})


def row_of(name: str = "forecast") -> HttpTool:
    return HttpTool.objects.get(name=name)


class TestATool:
    def test_is_in_peoples_hands_once_it_is_saved(self, at_administrator: Client, alice: User) -> None:
        row = made(at_administrator)
        assert (row.hosts, row.parameters, row.group_names) == ("api.example", SCHEMA, [])
        assert "forecast" in {tool.name for tool in available(alice)}
        entry = AuditEntry.objects.get()
        assert (entry.action, entry.object_code, entry.reason) == ("httptool.added", str(row.code), "as agreed")
        assert entry.after["url"] == FORM["url"]

    def test_is_for_the_groups_that_are_ticked(self, at_administrator: Client, alice: User) -> None:
        row = made(at_administrator, group_names=[REVIEWER])
        assert row.group_names == [REVIEWER]
        assert "forecast" not in {tool.name for tool in available(alice)}
        assert "reviewer" in words(at_administrator.get(TOOLS))

    def test_shows_its_schema_as_a_form(self, at_administrator: Client) -> None:
        page = words(at_administrator.get(page_of(made(at_administrator))))
        assert "city text yes Which city" in page
        assert "unit one of several: C, F no" in page
        assert "&quot;city&quot;: {\n" in html(at_administrator.get(page_of(row_of())))

    def test_is_changed_and_deleted_for_reasons(self, at_administrator: Client) -> None:
        row = made(at_administrator)
        assert change(at_administrator, row, seconds="7").status_code == HTTPStatus.FOUND
        entry = AuditEntry.objects.latest("pk")
        assert (entry.before, entry.after) == ({"v": 1, "seconds": 5}, {"v": 1, "seconds": 7})
        at_administrator.post(f"{TOOLS}{row.pk}/delete/", {"reason": "not needed"})
        assert not HttpTool.objects.filter(name="forecast").exists()
        assert AuditEntry.objects.latest("pk").action == "httptool.deleted"

    def test_is_no_business_of_members(self, at_alice: Client, at_administrator: Client) -> None:
        row = made(at_administrator)
        for address in (TOOLS, page_of(row), f"{TOOLS}{row.pk}/try/"):
            assert at_alice.get(address).status_code in (302, 403)
        assert at_alice.post(f"{TOOLS}{row.pk}/try/", {}).status_code in (302, 403)
        assert AuditEntry.objects.count() == 1


class TestWhatCannotBeATool:
    @pytest.mark.parametrize(
        ("fields", "told"),
        [
            ({"name": "two words"}, "Letters, digits, hyphens and underscores only."),
            ({"name": "天气"}, "Letters, digits, hyphens and underscores only."),
            ({"name": "x" * 65}, "at most 64 characters"),
            ({"name": "calculator"}, "A tool of this site has that name already."),
            ({"name": "get_weather"}, "already exists"),
            ({"parameters": "{"}, "Enter a valid JSON."),
            ({"parameters": "[1]"}, "This is no JSON Schema for a function: it is not a JSON object."),
            ({"parameters": '{"type": "string"}'}, '"type" must be "object"'),
            ({"parameters": '{"type": "object", "properties": {"a": {"type": "txt"}}}'}, "This is no JSON Schema"),
            (
                {"parameters": '{"type": "object", "properties": {"a": {"$ref": "http://x/"}}}'},
                "it refers to http://x/",
            ),
            ({"parameters": '{"type": "object", "properties": {"a": {"pattern": "("}}}'}, "no regular expression"),
            ({"parameters": "[" * 10_000 + "]" * 10_000}, "It is nested too deeply."),
            ({"parameters": '{"a":' * 40 + "1" + "}" * 40}, '"type" must be "object"'),
            ({"url": "ftp://api.example/"}, "This is no address that can be asked"),
            ({"url": "/demo/weather?city={city}"}, "This is no address that can be asked"),
            ({"url": "https://{city}.example/"}, "An argument cannot choose the server"),
            ({"url": "https://ann:pw@api.example/"}, "An address has no name and no password"),
            ({"url": "https://api.example/{town}"}, "There is a place for {town}, which the schema does not name."),
            ({"url": "https://api.example/{days}"}, "{days} stands in the path, so the schema must require it."),
            ({"hosts": "other.example"}, "The address leads to api.example, which is not one of the allowed hosts."),
            ({"method": "POST", "body": "{"}, "This is no JSON"),
            ({"method": "POST", "body": "[" * 10_000}, "It is nested too deeply."),
            ({"body": "{}"}, "A request with GET has no body."),
            ({"secret_lines": "no colon"}, "Line 1 is neither"),
            ({"secret_lines": "X-Key: {city}"}, "Line 1 has an argument in it"),
            ({"secret_lines": "X-Key: abc", "url": "http://api.example/"}, "With secrets the address must begin with"),
            ({"seconds": "0"}, "greater than or equal to 1"),
            ({"most_kilobytes": "50000"}, "less than or equal to 5000"),
            ({"group_names": ["nobody"]}, "nobody is not one of the available choices"),
            ({"reason": ""}, "This field is required."),
        ],
    )
    def test_is_refused_in_words_and_nothing_is_lost(
        self, at_administrator: Client, fields: dict[str, Any], told: str
    ) -> None:
        response = add(at_administrator, **fields)
        assert told in words(response)
        assert 'value="Asks the weather service"' in html(response)
        assert not HttpTool.objects.filter(shipped_version=None).exists()

    def test_is_one_more_than_a_request_takes(self, at_administrator: Client) -> None:
        there = MOST_TOOLS - len(registry.SHIPPED) - HttpTool.objects.count()
        described = {"label": "t", "description": "t", "url": "https://api.example/", "changed_at": clock.now()}
        HttpTool.objects.bulk_create(HttpTool(name=f"t{n}", **described) for n in range(there))
        assert f"A request has at most {MOST_TOOLS} functions" in words(add(at_administrator))
        assert add(at_administrator, is_offered="").status_code == HTTPStatus.FOUND

    def test_is_one_that_the_operator_does_not_let(self, at_administrator: Client, settings: Settings) -> None:
        settings.CHATSITE_TOOL_HOSTS = ("*.example.org",)
        assert "does not let tools ask api.example (CHATSITE_TOOL_HOSTS)" in words(add(at_administrator))

    @pytest.mark.parametrize("language", ["en", "zh-hans"])
    def test_has_words_for_every_fault(self, language: str) -> None:
        with translation.override(language):
            for where in Where:
                field, told = in_words(Unfit(where, "x"))
                assert told
                assert "%" not in told
                assert field is None or field in FORM
        assert set(WORDS) == set(Where)


class TestSecrets:
    def test_are_written_and_never_read(self, at_administrator: Client) -> None:
        row = made(at_administrator, secret_lines=SECRET)
        page = at_administrator.get(page_of(row))
        assert "Authorization ?appid" in words(page)
        listed = at_administrator.get(TOOLS)
        record = json.dumps(list(AuditEntry.objects.values("before", "after")))
        for text in (html(page), html(listed), record):
            assert "very-secret" not in text
            assert "query-secret" not in text
        assert AuditEntry.objects.get().after["secret_lines"] == "Authorization ?appid"
        assert http.secrets_of(row_of()).headers == (("Authorization", "Bearer very-secret-token"),)

    def test_that_are_refused_do_not_come_back_with_the_page_of_somebody_else(self, at_administrator: Client) -> None:
        """What was typed stays in the box of the one who typed it, as everything does."""
        response = add(at_administrator, secret_lines="X-Key very-secret")
        assert "Line 1 is neither" in words(response)
        assert "very-secret" not in html(at_administrator.get(f"{TOOLS}add/"))

    def test_stay_when_nothing_is_typed(self, at_administrator: Client) -> None:
        row = made(at_administrator, secret_lines=SECRET)
        change(at_administrator, row, label="Other")
        assert http.secrets_of(row_of()).parameters == (("appid", "query-secret"),)
        assert "secrets" not in AuditEntry.objects.latest("pk").after

    def test_are_replaced_by_what_is_typed(self, at_administrator: Client) -> None:
        row = made(at_administrator, secret_lines=SECRET)
        change(at_administrator, row, secret_lines="X-New: another-secret")
        assert http.secrets_of(row_of()).names == ("X-New",)
        entry = AuditEntry.objects.latest("pk")
        assert (entry.before["secrets"], entry.after["secrets"]) == ("Authorization ?appid", "X-New")

    def test_are_forgotten_when_told(self, at_administrator: Client) -> None:
        row = made(at_administrator, secret_lines=SECRET)
        change(at_administrator, row, forget_secrets="on")
        assert (row_of().secrets, row_of().secret_names) == (None, "")
        assert AuditEntry.objects.latest("pk").after["secrets"] == ""

    @pytest.mark.parametrize(
        "fields",
        [
            {"url": "https://evil.example/v1/{city}?days={days}", "hosts": "evil.example"},
            {"url": "https://evil.example/v1/{city}?days={days}", "hosts": ""},
            {"hosts": "api.example *.evil.example"},
            {"url": "http://api.example/v1/{city}?days={days}"},
        ],
    )
    def test_do_not_go_elsewhere_with_the_address(self, at_administrator: Client, fields: dict[str, str]) -> None:
        row = made(at_administrator, secret_lines=SECRET)
        response = change(at_administrator, row, **fields)
        assert "The secrets were given for api.example: type them once more" in words(response)
        assert row_of().url == FORM["url"]


class TestTryingIt:
    @pytest.fixture
    def names(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[Names]:
        said = answer("200 OK", b'{ "sky": "clear", "sent": "Bearer very-secret-token" }', "application/json")
        with serving(saying(said)) as server:
            names = Names(server)
            monkeypatch.setattr(calling, "INTERNET", names.waiting)
            yield names

    def attempt(self, client: Client, row: HttpTool, **given: str) -> Any:
        return client.post(f"{TOOLS}{row.pk}/try/", {f"argument-{name}": value for name, value in given.items()})

    def test_has_a_field_for_each_argument(self, at_administrator: Client) -> None:
        page = html(at_administrator.get(f"{TOOLS}{made(at_administrator).pk}/try/"))
        assert 'name="argument-city"' in page
        assert 'name="argument-days" value="2"' in page
        assert '<option value="&quot;F&quot;">F</option>' in page

    def test_shows_request_and_answer_without_the_secrets(self, at_administrator: Client, names: Names) -> None:
        row = made(at_administrator, secret_lines=SECRET)
        HttpTool.objects.filter(pk=row.pk).update(url="http://api.example/v1/{city}?days={days}")
        page = self.attempt(at_administrator, row, city="Köln/..", days="3")
        assert "city cannot be empty, a dot, two dots" in words(page)
        page = self.attempt(at_administrator, row, city="Köln", days="3", unit='"C"', exact="true", tags='["a"]')
        assert "GET http://api.example/v1/K%C3%B6ln?days=3&appid=[secret]" in words(page)
        assert "Authorization: [secret]" in words(page)
        assert '{"sky":"clear","sent":"[secret]"}' in words(page)
        assert b"Authorization: Bearer very-secret-token" in names.server.requests[0]
        assert "very-secret" not in html(page)
        assert "query-secret" not in html(page)
        entry = AuditEntry.objects.latest("pk")
        assert (entry.action, entry.after["works"], entry.after["status"]) == ("httptool.tried", True, 200)
        assert json.loads(entry.after["arguments"]) == {
            "city": "Köln",
            "days": 3,
            "unit": "C",
            "exact": True,
            "tags": ["a"],
        }

    @pytest.mark.parametrize(
        ("given", "told"),
        [
            ({}, "This field is required."),
            ({"city": "Kiel", "days": "many"}, "Enter a whole number."),
            ({"city": "Kiel", "unit": '"K"'}, "Select a valid choice."),
            ({"city": "Kiel", "tags": "[1]"}, "tags.0: 1 is not of type 'string'"),
            ({"city": "Kiel", "tags": "[" * 10_000 + "]" * 10_000}, "It is nested too deeply."),
        ],
    )
    def test_does_not_happen_with_arguments_that_do_not_fit(
        self, at_administrator: Client, names: Names, given: dict[str, str], told: str
    ) -> None:
        row = made(at_administrator)
        assert told in words(self.attempt(at_administrator, row, **given))
        assert names.server.requests == []
        assert AuditEntry.objects.count() == 1

    @pytest.mark.parametrize("found", ["127.0.0.1", "169.254.169.254", "::ffff:127.0.0.1"])
    def test_says_why_nothing_came_of_it(self, at_administrator: Client, names: Names, found: str) -> None:
        names.known = {"api.example": [[found]]}
        page = self.attempt(at_administrator, made(at_administrator), city="Kiel")
        assert "Nothing came of it. The model is told: The address of this tool is not a public one" in words(page)
        assert names.server.requests == []
        assert AuditEntry.objects.latest("pk").after["works"] is False

    def test_of_what_came_with_the_program_asks_the_sandbox(
        self, at_administrator: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with sandbox_serving() as address:
            monkeypatch.setattr(upstream, "_sandbox_base", f"{address}/api/paas/v4")
            page = words(self.attempt(at_administrator, row_of("get_weather"), city="北京", days="2"))
        assert '"simulated":true,"source":"sandbox","city":"北京"' in page

    def test_of_it_says_when_there_is_no_sandbox(self, at_administrator: Client, settings: Settings) -> None:
        settings.ZHIPUAI_API_KEY = "id.secret"
        page = words(self.attempt(at_administrator, row_of("get_weather"), city="北京"))
        assert "The sandbox is not running" in page


class TestWhatCameWithTheProgram:
    def test_can_be_led_to_a_server_of_ones_own(self, at_administrator: Client, alice: User) -> None:
        response = change(at_administrator, row_of("get_weather"), url="https://api.example/{city}", hosts="")
        assert response.status_code == HTTPStatus.FOUND, words(response)
        row = row_of("get_weather")
        assert (row.hosts, http.is_demo(row)) == ("api.example", False)
        assert {"url", "hosts"} <= set(row.overridden_fields)
        assert "get_weather" in {tool.name for tool in available(alice)}

    def test_keeps_no_secrets_for_the_sandbox(self, at_administrator: Client) -> None:
        response = change(at_administrator, row_of("get_weather"), secret_lines="X-Key: abcdef")
        assert "The sandbox needs none." in words(response)

    def test_can_be_taken_out_of_use_and_not_deleted(self, at_administrator: Client) -> None:
        row = row_of("query_train_info")
        assert change(at_administrator, row, is_offered="").status_code == HTTPStatus.FOUND
        assert not row_of("query_train_info").is_offered
        at_administrator.post(f"{TOOLS}{row.pk}/delete/", {"reason": "never liked it"})
        assert row_of("query_train_info")

    def test_asks_nobody_else(self, at_administrator: Client) -> None:
        with serving(silent) as server:
            response = change(at_administrator, row_of("get_weather"), url=f"http://127.0.0.1:{server.port}/")
            assert response.status_code == HTTPStatus.FOUND
            page = words(TestTryingIt().attempt(at_administrator, row_of("get_weather"), city="Kiel"))
        assert "not a public one" in page
        assert server.requests == []
