"""What a person chose for GLM's own tools: kept as it is, sent as the server and the model take it."""

import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations import families
from conversations.hosted import (
    ENGINES,
    ENGINES_ABROAD,
    ORDERS,
    RECENCIES,
    SIZES,
    TEMPLATE,
    Hosted,
    Search,
    retrieval_wire,
    search_wire,
    with_places,
)

ALL = families.scenario("sandbox-plain")
NONE = families.unknown("llama-3")

searches = st.builds(
    Search,
    engine=st.sampled_from([None, *ENGINES, *ENGINES_ABROAD]),
    count=st.none() | st.integers(1, 50),
    recency=st.sampled_from([None, *RECENCIES]),
    domain=st.sampled_from([None, "example.org"]),
    size=st.sampled_from([None, *SIZES]),
    order=st.sampled_from([None, *ORDERS]),
    intent=st.none() | st.booleans(),
    is_required=st.none() | st.booleans(),
    prompt=st.none() | st.text(min_size=1, max_size=20),
    query=st.none() | st.text(min_size=1, max_size=70),
)
chosen = st.builds(Hosted, st.booleans(), st.none() | st.uuids(), searches)
anything = st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda each: st.lists(each, max_size=3))


def sent(search: Search, host: str = "bigmodel.cn") -> dict[str, Any]:
    (tool,) = search_wire(search, ALL, host)
    assert tool["type"] == "web_search"
    return dict(tool["web_search"])


@given(chosen)
def test_what_was_chosen_comes_back_and_leaves_the_rest_alone(hosted: Hosted) -> None:
    before = {"v": 1, "functions": ["clock"], "search": {"on": True}, "knowledge": {"base": "x"}}
    stored = hosted.stored_in(before)
    assert stored["functions"] == ["clock"]
    assert Hosted.read(stored) == hosted


@given(st.dictionaries(st.sampled_from(["search", "knowledge", "v"]), anything | st.dictionaries(st.text(), anything)))
def test_whatever_was_stored_is_read(stored: dict[str, Any]) -> None:
    assert isinstance(Hosted.read(stored), Hosted)


def test_nothing_chosen_is_nothing_stored() -> None:
    assert Hosted().stored_in({}) == {}
    assert Hosted().stored_in({"v": 1, "search": {"on": True}}) == {}


def test_a_search_that_nobody_changed_is_told_in_full() -> None:
    assert sent(Search()) == {"enable": True, "search_engine": "search_std", "search_result": True}


def test_every_field_has_its_name() -> None:
    search = Search("search_pro", 5, "oneWeek", "example.org", "high", "before", True, True, "cite", "tides")
    assert sent(search) == {
        "enable": True,
        "search_engine": "search_pro",
        "search_query": "tides",
        "search_result": True,
        "search_intent": "true",
        "count": 5,
        "search_domain_filter": "example.org",
        "search_recency_filter": "oneWeek",
        "content_size": "high",
        "result_sequence": "before",
        "require_search": True,
        "search_prompt": "cite",
    }


@given(searches, st.sampled_from(["bigmodel.cn", "api.z.ai", "sandbox"]))
def test_nothing_is_sent_that_the_server_refuses(search: Search, host: str) -> None:
    wire = sent(search, host)
    engine = wire["search_engine"]
    assert engine in (ENGINES_ABROAD if host == "api.z.ai" else ENGINES)
    assert engine != "search_pro_sogou" or wire.get("count", 10) % 10 == 0
    assert "search_domain_filter" not in wire or engine in ("search_std", "search_pro", "search_pro_sogou")
    assert 1 <= wire.get("count", 10) <= 50


def test_a_model_without_them_gets_none() -> None:
    assert search_wire(Search(), NONE, "bigmodel.cn") == []
    assert retrieval_wire("17", "", NONE) == []


def test_knowledge_goes_by_its_id_and_its_template() -> None:
    assert retrieval_wire("17", "", ALL) == [{"type": "retrieval", "retrieval": {"knowledge_id": "17"}}]
    (tool,) = retrieval_wire("17", TEMPLATE, ALL)
    assert tool["retrieval"]["prompt_template"] == TEMPLATE


def test_placeholders_are_taken_with_any_spacing_and_sent_as_documented() -> None:
    assert with_places("{{knowledge}} {{  question}}") == "{{ knowledge }} {{ question }}"
    assert with_places(TEMPLATE) == TEMPLATE


@pytest.mark.parametrize(("template", "missing"), [("{{ question }}", "knowledge"), ("{{ knowledge }}", "question")])
def test_a_missing_placeholder_is_named(template: str, missing: str) -> None:
    with pytest.raises(ValueError, match=missing):
        with_places(template)


def test_a_code_that_is_none_is_no_knowledge() -> None:
    assert Hosted.read({"knowledge": {"base": "x"}}).knowledge is None
    code = uuid.uuid4()
    assert Hosted.read({"knowledge": {"base": str(code)}}).knowledge == code
