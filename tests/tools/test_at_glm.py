"""Tools that GLM does something for: the web, a page, the organisation's knowledge."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from pytest_django import Settings

from conversations import clock
from conversations.glm import Client
from conversations.models import Approval, BaseState, CallKind, KnowledgeBase, Turn, UpstreamCall, User
from conversations.tools import (
    Labels,
    Result,
    Tool,
    ToolError,
    arguments,
    asking,
    available,
    look_up,
    read_page,
    web_search,
)
from tests import people
from tests.sandbox.serving import serving

from .using import use

pytestmark = pytest.mark.django_db
NAMES = {"web_search", "read_page", "look_up"}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving() as found:
        yield found


@pytest.fixture
def turn() -> Turn:
    return people.running(people.person("ada"))


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The waits before another attempt, which end at once."""
    waited: list[float] = []

    async def sleep_no_time(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr(asking, "asyncio", SimpleNamespace(**{**vars(asyncio), "sleep": sleep_no_time}))
    return waited


async def _ran(address: str, turn: Turn, tool: Tool, labels: Labels, **values: Any) -> Result:
    checked = arguments.read(json.dumps(values), tool.parameters)
    async with Client(f"{address}/api/paas/v4", "sandbox.sandbox") as client:
        told = replace(use(), client=client, turn_id=turn.pk, person=turn.person.code, labels=labels)
        return await tool.run(checked, told)


def ran(address: str, turn: Turn, tool: Tool, *, labels: Labels | None = None, **values: Any) -> Result:
    return async_to_sync(_ran)(address, turn, tool, labels or Labels(), **values)


def calls() -> list[tuple[str, int | None, str, str]]:
    rows = UpstreamCall.objects.exclude(kind=CallKind.CHAT).order_by("pk")
    return list(rows.values_list("kind", "http_status", "business_code", "finish"))


def base(name: str = "Handbook", **facts: object) -> KnowledgeBase:
    now = clock.now()
    known = {"upstream": "sandbox", "glm_id": "handbook", "state": BaseState.READY, "made_by": uuid.uuid4()}
    return KnowledgeBase.objects.create(name=name, made_at=now, changed_at=now, **{**known, **facts})


class TestSearching:
    def test_gives_pages_with_labels_to_cite(self, address: str, turn: Turn) -> None:
        found = ran(address, turn, web_search.TOOL, query="tide times Husum", count=2, site="example.org")
        assert [page.refer for page in found.sources] == ["ref_1", "ref_2"]
        assert all(f"[{page.refer}] {page.title}" in found.text for page in found.sources)
        assert calls() == [("search", 200, "", "done")]
        row = UpstreamCall.objects.get(kind=CallKind.SEARCH)
        assert (row.turn_id, row.person_code, row.prompt_tokens) == (turn.pk, turn.person.code, None)

    def test_a_second_one_goes_on_counting(self, address: str, turn: Turn) -> None:
        labels = Labels()
        ran(address, turn, web_search.TOOL, labels=labels, query="tides", count=2)
        found = ran(address, turn, web_search.TOOL, labels=labels, query="moon", count=1)
        assert [page.refer for page in found.sources] == ["ref_3"]

    def test_that_finds_nothing_says_so(self, address: str, turn: Turn) -> None:
        found = ran(address, turn, web_search.TOOL, query="find nothing")
        assert (found.text, found.sources) == (web_search.NOTHING, ())
        assert calls() == [("search", 400, "1703", "")]

    def test_that_is_one_too_many_is_tried_again_and_then_told(
        self, address: str, turn: Turn, waits: list[float]
    ) -> None:
        with pytest.raises(ToolError, match="Too many searches"):
            ran(address, turn, web_search.TOOL, query="[[code-1701]]")
        assert len(waits) == 4
        assert calls() == [("search", 429, "1701", "")] * 5

    def test_of_a_site_that_is_none_is_not_made(self, address: str, turn: Turn) -> None:
        with pytest.raises(ToolError, match=r"example\.org"):
            ran(address, turn, web_search.TOOL, query="tides", site="not a site")
        assert calls() == []


class TestReading:
    def test_gives_the_text_as_a_source(self, address: str, turn: Turn) -> None:
        found = ran(address, turn, read_page.TOOL, url="https://example.org/tides")
        (source,) = found.sources
        assert (source.link, source.media) == ("https://example.org/tides", "example.org")
        assert found.text.startswith(f"[{source.refer}] ")
        assert calls() == [("reader", 200, "", "done")]

    @pytest.mark.parametrize(
        "url",
        [
            "ftp://example.org",
            "http://localhost/",
            "http://127.0.0.1/",
            "http://[::1]/",
            "http://intranet/",
            "https://user:word@example.org",
            "javascript:alert(1)",
            "http://[",
        ],
    )
    def test_of_what_is_not_the_public_web_is_refused(self, address: str, turn: Turn, url: str) -> None:
        with pytest.raises(ToolError):
            ran(address, turn, read_page.TOOL, url=url)
        assert calls() == []

    def test_asks_a_person_first(self) -> None:
        assert read_page.TOOL.approval == Approval.FIRST


class TestLookingUp:
    @pytest.fixture
    def handbook(self) -> KnowledgeBase:
        return base()

    def test_gives_passages_as_sources(self, address: str, turn: Turn, handbook: KnowledgeBase) -> None:
        found = ran(address, turn, look_up.TOOL, question="How warm is the server room?")
        assert "21 °C" in found.sources[0].content
        assert (found.sources[0].title, found.sources[0].media) == ("Handbook.md", "Handbook")
        assert calls() == [("knowledge", 200, "", "done")]

    def test_that_finds_nothing_says_so(self, address: str, turn: Turn, handbook: KnowledgeBase) -> None:
        found = ran(address, turn, look_up.TOOL, question="Who?")
        assert (found.text, found.sources) == (look_up.NOTHING, ())

    def test_names_the_bases_there_are(self, address: str, turn: Turn, handbook: KnowledgeBase) -> None:
        with pytest.raises(ToolError, match="there are: Handbook"):
            ran(address, turn, look_up.TOOL, question="How?", base="Rules")

    def test_without_any_says_so(self, address: str, turn: Turn) -> None:
        with pytest.raises(ToolError, match="no knowledge base"):
            ran(address, turn, look_up.TOOL, question="How?")


def test_they_are_there_only_where_glm_itself_answers(settings: Settings) -> None:
    ada: User = people.person("ada")
    assert {tool.name for tool in available(ada)} >= NAMES
    settings.ZHIPUAI_BASE_URL, settings.CHATSITE_MODELS = "http://gpu.example.org/v1", ("llama-3",)
    assert not {tool.name for tool in available(ada)} & NAMES
