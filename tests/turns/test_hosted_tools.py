"""What a reply may use of GLM's own tools, from the choice to the request and to what is stored."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import Group
from django.template.loader import render_to_string

from conversations import clock
from conversations.defaults import REVIEWER, sync_defaults
from conversations.glm import Finish, Source, SourcesFound, TextDelta
from conversations.models import BaseState, Conversation, KnowledgeBase, Turn, TurnState, UpstreamCall, User, sources
from conversations.models.sources import AskedBase, Numbered
from conversations.present import shown_parts, shown_sources
from conversations.turns.claim import claim
from tests import fake_glm, people

from .running import ran, told

pytestmark = pytest.mark.django_db

FOUND = Source("ref_1", "Tides", "https://example.org/tides", "Example", "https://example.org/icon.png", "They rise.")


def choosing(turn: Turn, **tools: Any) -> Turn:
    Conversation.objects.filter(pk=turn.conversation_id).update(tools={"v": 1, **tools})
    return people.fresh(turn)


def base(**facts: object) -> KnowledgeBase:
    now = clock.now()
    known = {"name": "A", "upstream": "sandbox", "glm_id": "17", "state": BaseState.READY, "made_by": uuid.uuid4()}
    return KnowledgeBase.objects.create(made_at=now, changed_at=now, **{**known, **facts})


def sent(turn: Turn) -> Any:
    assignment = claim(turn.pk, people.RUNNER)
    assert assignment is not None
    return assignment.request.parameters.get("tools")


class TestTheRequest:
    def test_brings_the_search_along_and_writes_it_down(self, ada: User) -> None:
        turn = choosing(people.asked(ada), search={"on": True, "count": 5})
        (tool,) = sent(turn)
        assert tool["web_search"]["count"] == 5
        assert UpstreamCall.objects.get().parameters["tools"] == [tool]

    def test_brings_nothing_while_it_is_off_or_the_model_knows_none(self, ada: User) -> None:
        assert sent(choosing(people.asked(ada), search={"count": 5})) is None
        turn = choosing(people.asked(ada), search={"on": True})
        Turn.objects.filter(pk=turn.pk).update(model_name="charglm-4")
        assert sent(people.fresh(turn)) is None

    def test_brings_knowledge_instead_of_the_search(self, ada: User) -> None:
        made = base(template="{{ knowledge }} {{ question }}")
        turn = choosing(people.asked(ada), search={"on": True}, knowledge={"base": str(made.code)})
        template = "{{ knowledge }} {{ question }}"
        assert sent(turn) == [{"type": "retrieval", "retrieval": {"knowledge_id": "17", "prompt_template": template}}]

    @pytest.mark.parametrize(
        "facts", [{"state": BaseState.GONE}, {"upstream": "bigmodel.cn"}, {"group_name": REVIEWER}]
    )
    def test_is_not_made_without_the_knowledge_that_was_chosen(self, ada: User, facts: dict[str, Any]) -> None:
        turn = choosing(people.asked(ada), knowledge={"base": str(base(**facts).code)})
        assert claim(turn.pk, people.RUNNER) is None
        ended = people.fresh(turn)
        assert (ended.state, ended.trouble) == (TurnState.FAILED, "knowledge")
        assert not UpstreamCall.objects.exists()

    def test_is_made_for_who_may_use_it(self, ada: User) -> None:
        sync_defaults()
        ada.groups.add(Group.objects.get(name=REVIEWER))
        turn = choosing(people.asked(ada), knowledge={"base": str(base(group_name=REVIEWER).code)})
        assert sent(turn)


class TestTheReply:
    @pytest.fixture
    def turn(self, ada: User) -> Turn:
        return choosing(people.asked(ada), search={"on": True})

    async def test_keeps_its_sources_and_leads_its_marks_to_them(self, turn: Turn) -> None:
        ended, glm = await ran(turn, [TextDelta("Rising[ref_1]."), SourcesFound((FOUND,)), *fake_glm.stop()])
        assert [tool["type"] for tool in glm.requests[0].parameters["tools"]] == ["web_search"]
        assert told(ended) == [("text", "Rising[ref_1]."), ("sources", sources.written([Numbered(1, FOUND)]))]
        text, beside = shown_parts(ended.reply, None)
        assert f'href="#source-{ended.reply.code}-1"' in text.html
        (shown,) = beside.sources
        assert (shown.title, shown.link, shown.site) == ("Tides", "https://example.org/tides", "Example")
        assert "icon" not in str(shown)

    async def test_says_that_it_used_none(self, turn: Turn) -> None:
        ended, _ = await ran(turn, [TextDelta("Rising."), *fake_glm.stop()])
        assert told(ended) == [("text", "Rising."), ("sources", "")]

    async def test_takes_its_sources_along_when_it_is_withdrawn(self, turn: Turn) -> None:
        script = [SourcesFound((FOUND,)), TextDelta("Rising[ref_1]."), *fake_glm.end(Finish.SENSITIVE)]
        ended, _ = await ran(turn, script)
        assert ended.state == TurnState.FILTERED
        assert ("sources", sources.written([Numbered(1, FOUND)])) in told(ended)
        assert shown_parts(ended.reply, None) == ()
        assert ended.reply.html is None


class TestAReplyOverKnowledge:
    @pytest.fixture
    def turn(self, ada: User) -> Turn:
        made = base(name="Handbook")
        return choosing(people.asked(ada), search={"on": True}, knowledge={"base": str(made.code)})

    async def test_says_which_base_was_asked_and_that_glm_names_no_passages(self, turn: Turn) -> None:
        ended, glm = await ran(turn, [TextDelta("Two weeks ahead."), *fake_glm.stop()])
        assert [tool["type"] for tool in glm.requests[0].parameters["tools"]] == ["retrieval"]
        assert told(ended) == [("text", "Two weeks ahead."), ("sources", AskedBase("Handbook", False).written)]
        beside = shown_parts(ended.reply, None)[1]
        assert (beside.sources, beside.base) == ((), AskedBase("Handbook", False))
        page = render_to_string("chat/_sources.html", {"part": beside, "message": ended.reply})
        assert "looked into the knowledge base “Handbook”. It does not say which passages it used." in page
        assert "No sources used" not in page

    async def test_brings_passages_as_sources_where_glm_tells_them(self, turn: Turn) -> None:
        ended, _ = await ran(turn, [TextDelta("Two weeks[ref_1]."), SourcesFound((FOUND,)), *fake_glm.stop()])
        beside = shown_parts(ended.reply, None)[1]
        assert [shown.title for shown in beside.sources] == ["Tides"]
        assert beside.base == AskedBase("Handbook", True)
        page = render_to_string("chat/_sources.html", {"part": beside, "message": ended.reply})
        assert "does not say" not in page

    async def test_that_broke_off_says_nothing_of_it(self, turn: Turn) -> None:
        ended, _ = await ran(turn, [TextDelta("Two"), *fake_glm.end(Finish.NETWORK_ERROR)])
        assert told(ended) == [("text", "Two")]

    async def test_does_not_while_functions_keep_glm_from_it(self, ada: User) -> None:
        made = await sync_to_async(base)(name="Handbook")
        asked = await sync_to_async(people.asked)(ada)
        chosen = {"functions": ["calculator"], "knowledge": {"base": str(made.code)}}
        turn = await sync_to_async(choosing)(asked, **chosen)
        ended, _ = await ran(turn, [TextDelta("42"), *fake_glm.stop()])
        assert told(ended) == [("text", "42")]


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "ftp://example.org", "https://user:secret@example.org", "http://[", "//x", ""]
)
def test_an_address_that_nobody_should_follow_is_none(link: str) -> None:
    (shown,) = shown_sources(sources.written([Numbered(1, Source("ref_1", "A", link, "Site"))]))
    assert (shown.link, shown.site) == ("", "Site")
