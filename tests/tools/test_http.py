"""Tools of the organisation in a person's hands: who has which, and what a call does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import Group
from django.utils import translation
from pytest_django import DjangoAssertNumQueries, Settings

from conversations import crypto, shipped_tools, standing, upstream
from conversations.defaults import REVIEWER, sync_defaults
from conversations.http_tools import Secrets
from conversations.models import Conversation, HttpTool, User
from conversations.models.encrypted import Secret
from conversations.models.tool_rule import Approval
from conversations.tools import Tool, ToolError, available, find, http, offers
from tests import people
from tests.outgoing.server import answer, saying, serving
from tests.sandbox.serving import serving as sandbox_serving

from .using import told

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> User:
    sync_defaults()
    standing.refresh()
    return people.person("ada")


@pytest.fixture(scope="module")
def sandbox_address() -> Iterator[str]:
    with sandbox_serving() as address:
        yield address


@pytest.fixture
def sandbox(sandbox_address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upstream, "_sandbox_base", f"{sandbox_address}/api/paas/v4")


def made(name: str = "mine", **facts: Any) -> HttpTool:
    described = {"label": "Mine", "explains": "Asks us", "description": "Ours", "url": "https://api.example/"}
    row = HttpTool.objects.create(name=name, **{**described, **facts})
    standing.refresh()
    return row


def answered(tool: Tool, **arguments: Any) -> str:
    text: str = async_to_sync(told)(tool, **arguments)
    return text


def names(person: User) -> set[str]:
    return {tool.name for tool in available(person)}


class TestWhoHasIt:
    def test_everybody_when_no_group_is_named(self, ada: User) -> None:
        made(approval=Approval.ALWAYS, seconds=7, most_characters=500, parameters={"type": "object"})
        tool = find(ada, "mine")
        assert tool is not None
        assert (tool.label, tool.explains, tool.description) == ("Mine", "Asks us", "Ours")
        assert (tool.approval, tool.most_characters) == (Approval.ALWAYS, 500)
        assert tool.seconds > 7

    def test_only_the_groups_that_are_named(self, ada: User) -> None:
        made(group_names=[REVIEWER])
        assert "mine" not in names(ada)
        ada.groups.add(Group.objects.get(name=REVIEWER))
        assert "mine" in names(ada)

    def test_nobody_when_it_is_off(self, ada: User) -> None:
        row = made()
        assert "mine" in names(ada)
        row.is_offered = False
        row.save()
        standing.refresh()
        assert "mine" not in names(ada)

    def test_is_known_without_asking_the_database(
        self, ada: User, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        made()
        names(ada)
        with django_assert_num_queries(0):
            assert "mine" in names(ada)


class TestWhatComesWithTheProgram:
    def test_is_there_while_the_sandbox_answers(self, ada: User, sandbox: None) -> None:
        assert {"get_weather", "query_train_info"} <= names(ada)
        with translation.override("zh-hans"):
            tool = find(ada, "get_weather")
            assert tool is not None
            assert str(tool.label) == "天气"

    def test_is_on_for_whoever_has_not_chosen(self, ada: User, sandbox: None) -> None:
        offered = {offer.tool.name: offer for offer in offers(ada, Conversation(owner=ada))}
        assert set(offered) == {"get_weather", "query_train_info"}
        assert offered["get_weather"].approval == Approval.NEVER

    def test_is_not_there_otherwise(self, ada: User, settings: Settings) -> None:
        assert "get_weather" not in names(ada)
        settings.ZHIPUAI_API_KEY = "id.secret"
        assert "get_weather" not in names(ada)

    def test_asks_the_sandbox(self, ada: User, sandbox: None) -> None:
        weather, trains = find(ada, "get_weather"), find(ada, "query_train_info")
        assert weather is not None
        assert trains is not None
        assert '"city":"北京"' in answered(weather, city="北京")
        journey = {"departure": "北京", "destination": "上海", "date": "2026-12-01"}
        assert '"destination":"上海","date":"2026-12-01","trains":[{"train":' in answered(trains, **journey)
        with pytest.raises(ToolError, match=r"status 400: .*days must be within"):
            answered(weather, city="Kiel", days=70)

    def test_can_be_led_elsewhere_and_stays_there(self, ada: User, sandbox: None) -> None:
        row = HttpTool.objects.get(name="get_weather")
        row.url = "https://api.example/weather?city={city}"
        row.override("url")
        row.save()
        HttpTool.ship(shipped_tools.VERSION + 1, **{**shipped_tools.TOOLS[0], "label": "New"})
        row.refresh_from_db()
        assert (row.url, row.label, http.is_demo(row)) == ("https://api.example/weather?city={city}", "New", False)
        assert http.definition_of(row).base == ""

    def test_leaves_alone_what_the_organisation_called_like_it(self) -> None:
        HttpTool.objects.all().delete()
        made("get_weather", url="https://api.example/own")
        sync_defaults()
        row = HttpTool.objects.get(name="get_weather")
        assert (row.url, row.shipped_version) == ("https://api.example/own", None)

    def test_cannot_be_imitated(self, ada: User, sandbox: None) -> None:
        row = made(url=str(shipped_tools.TOOLS[0]["url"]))
        assert not http.is_demo(row)
        assert http.definition_of(row).base == ""


class TestACall:
    def test_that_leads_inside_is_refused_whatever_is_set(self, ada: User, settings: Settings) -> None:
        settings.CHATSITE_TOOL_HOSTS = ("127.0.0.1",)
        with serving(saying(answer("200 OK", b"inside"))) as server:
            made(url=f"http://127.0.0.1:{server.port}/")
            tool = find(ada, "mine")
            assert tool is not None
            with pytest.raises(ToolError, match="not a public one"):
                answered(tool)
        assert server.requests == []

    def test_goes_only_to_servers_that_the_operator_lets(self, ada: User, settings: Settings) -> None:
        settings.CHATSITE_TOOL_HOSTS = ("*.example.org",)
        made()
        tool = find(ada, "mine")
        assert tool is not None
        with pytest.raises(ToolError, match="operator"):
            answered(tool)

    def test_whose_secrets_cannot_be_opened_says_who_can_mend_it(self, ada: User, settings: Settings) -> None:
        locked = Secret.of(Secrets.parse("X-Key: qwertyuiop").kept())
        row = made(secrets=locked)
        assert http.secrets_of(row).headers == (("X-Key", "qwertyuiop"),)
        settings.CHATSITE_ENCRYPTION_KEYS = (crypto.fresh_master_key(),)
        tool = find(ada, "mine")
        assert tool is not None
        with pytest.raises(ToolError, match="an administrator can mend it"):
            answered(tool)
