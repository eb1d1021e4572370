"""Web search and knowledge, chosen beside the box of a conversation."""

import re
import uuid
from dataclasses import replace

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from pytest_django import Settings

from conversations import clock, standing
from conversations.defaults import REVIEWER, sync_defaults
from conversations.models import BaseState, Conversation, Draft, KnowledgeBase, User
from conversations.words import Mode, Source, compiled
from tests import people

from .pages import HTMX, html

pytestmark = pytest.mark.django_db


@pytest.fixture
def code(alice: User) -> uuid.UUID:
    return people.answered(alice).conversation.code


def stored(code: uuid.UUID) -> dict[str, object]:
    return Conversation.objects.get(code=code).tools


def base(name: str = "Manuals", **facts: object) -> KnowledgeBase:
    now = clock.now()
    known = {"upstream": "sandbox", "glm_id": "17", "state": BaseState.READY, "made_by": uuid.uuid4()}
    return KnowledgeBase.objects.create(name=name, made_at=now, changed_at=now, **{**known, **facts})


class TestTheSwitch:
    def test_stands_beside_the_box_for_models_that_search(self, at_alice: Client, code: uuid.UUID) -> None:
        page = html(at_alice.get(f"/c/{code}/"))
        assert f'formaction="/c/{code}/hosted/search/"' in page
        assert re.search(r'data-can="[^"]*\bsearch\b', page)

    def test_searches_and_lets_be(self, at_alice: Client, code: uuid.UUID) -> None:
        answer = at_alice.post(f"/c/{code}/hosted/search/", {"search": "on", "model": "glm-4.7"}, headers=HTMX)
        assert 'aria-pressed="true" data-needs="search"' in html(answer)
        assert stored(code) == {"v": 1, "search": {"on": True}}
        at_alice.post(f"/c/{code}/hosted/search/", {"search": "off", "model": "glm-4.7"}, headers=HTMX)
        assert stored(code) == {}

    def test_says_that_it_rests_while_tools_are_on(self, at_alice: Client, code: uuid.UUID) -> None:
        tools = {"v": 1, "functions": ["calculator"], "search": {"on": True}}
        Conversation.objects.filter(code=code).update(tools=tools)
        assert "Rests while tools are on" in html(at_alice.get(f"/c/{code}/"))
        Conversation.objects.filter(code=code).update(tools={**tools, "functions": []})
        assert "Rests while tools are on" not in html(at_alice.get(f"/c/{code}/"))

    def test_keeps_how_it_searches_and_the_functions(self, at_alice: Client, code: uuid.UUID) -> None:
        before = {"v": 1, "functions": ["clock"], "search": {"on": True, "count": 5}}
        Conversation.objects.filter(code=code).update(tools=before)
        at_alice.post(f"/c/{code}/hosted/search/", {"search": "off", "model": "glm-4.7"})
        assert stored(code) == {"v": 1, "functions": ["clock"], "search": {"count": 5}}

    def test_without_script_keeps_what_was_typed(self, at_alice: Client, alice: User, code: uuid.UUID) -> None:
        fields = {"search": "on", "model": "glm-4.7", "text": "half a qu", "client_key": str(uuid.uuid4())}
        answer = at_alice.post(f"/c/{code}/hosted/search/", fields)
        assert answer["Location"] == f"/c/{code}/"
        assert Draft.objects.get(person=alice).text == "half a qu"

    @pytest.mark.parametrize("path", ["hosted/", "hosted/search/"])
    def test_of_another_s_conversation_is_not_there(self, at_bob: Client, code: uuid.UUID, path: str) -> None:
        assert at_bob.post(f"/c/{code}/{path}", {"search": "on"}).status_code == 404
        assert stored(code) == {}


class TestThePage:
    def test_keeps_all_that_was_chosen(self, at_alice: Client, code: uuid.UUID) -> None:
        typed = {
            "model": "glm-4.7",
            "source": "web",
            "engine": "search_pro",
            "count": "7",
            "recency": "oneMonth",
            "domain": "https://Example.org/path",
            "size": "high",
            "order": "before",
            "intent": "off",
            "is_required": "on",
            "prompt": "Cite as 【1】",
            "query": " tide times  Husum ",
        }
        assert at_alice.post(f"/c/{code}/hosted/", typed).status_code == 303
        assert stored(code)["search"] == {
            "on": True,
            "engine": "search_pro",
            "count": 7,
            "recency": "oneMonth",
            "domain": "example.org",
            "size": "high",
            "order": "before",
            "intent": False,
            "is_required": True,
            "prompt": "Cite as 【1】",
            "query": "tide times Husum",
        }
        page = html(at_alice.get(f"/c/{code}/hosted/", {"model": "glm-4.7"}))
        assert 'value="example.org"' in page
        assert 'hosted__details" open' in page

    @pytest.mark.parametrize(
        ("fields", "words"),
        [
            ({"count": "51"}, "From 1 to 50, or empty."),
            ({"domain": "not a name"}, "A name such as example.org, or empty."),
            ({"engine": "search_pro_quark", "domain": "example.org"}, "This search engine cannot keep to one site."),
            ({"engine": "search_pro_sogou", "count": "15"}, "This search engine gives 10, 20, 30, 40 or 50."),
            ({"prompt": "p" * 2001}, "At most 2,000 characters."),
            ({"query": "q" * 71}, "At most 70 characters."),
        ],
    )
    def test_says_what_does_not_fit_and_keeps_what_was_typed(
        self, at_alice: Client, code: uuid.UUID, fields: dict[str, str], words: str
    ) -> None:
        answer = at_alice.post(f"/c/{code}/hosted/", {"model": "glm-4.7", "source": "web", **fields}, headers=HTMX)
        assert answer.status_code == 422
        assert words in html(answer)
        assert all(value in html(answer) for value in fields.values())
        assert stored(code) == {}

    @pytest.mark.parametrize("field", ["query", "prompt"])
    def test_takes_no_words_that_are_not_accepted(
        self, at_alice: Client, code: uuid.UUID, field: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        lists = compiled([Source("list", 1, 1, Mode.PHRASE, ["forbidden"])])
        known = replace(standing.current(), questions=lists)
        monkeypatch.setattr(standing, "current", lambda: known)
        typed = {"model": "glm-4.7", "source": "web", field: "all that is forbidden"}
        answer = at_alice.post(f"/c/{code}/hosted/", typed)
        assert answer.status_code == 422
        assert "These words are not accepted here." in html(answer)
        assert stored(code) == {}

    def test_offers_the_knowledge_that_somebody_may_use(self, at_alice: Client, alice: User, code: uuid.UUID) -> None:
        sync_defaults()
        base("Manuals")
        base("Verdicts", group_name=REVIEWER)
        base("Elsewhere", upstream="bigmodel.cn")
        base("Half made", state=BaseState.MAKING)
        page = html(at_alice.get(f"/c/{code}/hosted/", {"model": "glm-4.7"}))
        names = ("Manuals", "Verdicts", "Elsewhere", "Half made")
        assert [name in page for name in names] == [True, False, False, False]
        alice.groups.add(Group.objects.get(name=REVIEWER))
        assert "Verdicts" in html(at_alice.get(f"/c/{code}/hosted/", {"model": "glm-4.7"}))

    def test_one_of_both_is_taken(self, at_alice: Client, code: uuid.UUID) -> None:
        made = base()
        at_alice.post(f"/c/{code}/hosted/", {"model": "glm-4.7", "source": str(made.code), "count": "5"})
        assert stored(code) == {"v": 1, "search": {"count": 5}, "knowledge": {"base": str(made.code)}}
        assert "One of them at a time" in html(at_alice.get(f"/c/{code}/hosted/", {"model": "glm-4.7"}))
        assert "Knowledge" in html(at_alice.get(f"/c/{code}/"))

    def test_knowledge_that_nobody_offered_is_not_taken(self, at_alice: Client, code: uuid.UUID) -> None:
        answer = at_alice.post(f"/c/{code}/hosted/", {"model": "glm-4.7", "source": str(uuid.uuid4())})
        assert answer.status_code == 422
        assert "not there any more" in html(answer)

    def test_of_a_model_that_neither_searches_nor_looks_says_so(
        self, at_alice: Client, code: uuid.UUID, settings: Settings
    ) -> None:
        settings.ZHIPUAI_BASE_URL, settings.CHATSITE_MODELS = "http://gpu.example.org/v1", ("llama-3",)
        base(upstream="gpu.example.org")
        page = html(at_alice.get(f"/c/{code}/hosted/", {"model": "llama-3"}))
        assert "GLM does not search the web for llama-3" in page
        assert "Manuals" not in page
        assert 'name="engine"' not in page
