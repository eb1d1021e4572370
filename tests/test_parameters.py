import json
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations import families
from conversations.families import Thinking
from conversations.glm import ChatMessage, ChatRequest
from conversations.parameters import FORMATS, MOST_TOKENS, NAMES, Parameters, bounds, offered

ENTRIES = (*families.SHIPPED.values(), families.unknown("llama-3"), families.scenario("sandbox-plain"))
CHAT = tuple(entry for entry in ENTRIES if entry.is_for_chat)

values = st.builds(
    Parameters,
    temperature=st.none() | st.floats(0, 1),
    top_p=st.none() | st.floats(0.01, 1),
    max_tokens=st.none() | st.integers(1, MOST_TOKENS),
    stop=st.none() | st.text(min_size=1, max_size=20),
    do_sample=st.none() | st.booleans(),
    response_format=st.none() | st.sampled_from(FORMATS),
    thinking=st.none() | st.booleans(),
    reasoning_effort=st.none() | st.sampled_from(["low", "medium", "high", "max"]),
    clear_thinking=st.none() | st.booleans(),
    stream=st.none() | st.booleans(),
)
entries = st.sampled_from(CHAT)
junk = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)


def body(entry: families.Entry, given: Parameters) -> dict[str, Any]:
    """The request as it goes over the wire."""
    wire = given.wire(entry)
    request = ChatRequest(entry.name, (ChatMessage("user", "Hello"),), "request-1", "person-1", wire)
    return dict(json.loads(request.encoded()))


@given(values)
def test_what_is_stored_is_read_again(given: Parameters) -> None:
    stored = json.loads(json.dumps(given.stored))
    assert Parameters.read(stored) == given
    assert bool(stored) == bool(given.changed)


@given(st.dictionaries(st.sampled_from((*NAMES, "v", "seed")), junk))
def test_reading_never_fails_and_what_it_gives_can_be_sent(stored: dict[str, Any]) -> None:
    found = Parameters.read(stored)
    for entry in CHAT:
        body(entry, found)


@given(entries)
def test_unchanged_nothing_is_sent(entry: families.Entry) -> None:
    assert Parameters().wire(entry) == {}


@given(values, entries)
def test_only_what_the_model_knows_is_sent_and_within_its_bounds(given: Parameters, entry: families.Entry) -> None:
    sent = body(entry, given)
    known = offered(entry)
    if not entry.thinks:
        assert not {"thinking", "reasoning_effort"} & sent.keys()
    if entry.thinking is Thinking.ALWAYS:
        assert sent.get("thinking", {}).get("type") != "disabled"
    if "reasoning_effort" in sent:
        assert sent["reasoning_effort"] in entry.efforts
    if "clear_thinking" in sent.get("thinking", {}):
        assert "clear_thinking" in known
    if not entry.writes_json:
        assert "response_format" not in sent
    if "do_sample" in sent and not entry.is_known:
        assert given.temperature == 0  # `ChatRequest` says it as every official client does
    assert 0.01 <= sent.get("temperature", 0.5) <= 0.99
    assert 0.01 <= sent.get("top_p", 0.5) <= 0.99
    assert 1 <= sent.get("max_tokens", 1) <= (entry.output_tokens or MOST_TOKENS)
    assert len(sent.get("stop", ["one"])) == 1


@given(values, values)
def test_a_conversation_goes_before_its_preset(own: Parameters, preset: Parameters) -> None:
    both = own.over(preset)
    for each in fields(Parameters):
        mine, theirs = getattr(own, each.name), getattr(preset, each.name)
        assert getattr(both, each.name) == (theirs if mine is None else mine)
    assert Parameters().over(preset) == preset == preset.over(Parameters())


@given(values, entries, entries)
def test_another_model_takes_nothing_away(given: Parameters, first: families.Entry, second: families.Entry) -> None:
    stored = given.stored
    given.wire(first)
    assert Parameters.read(stored).wire(second) == given.wire(second)


@pytest.mark.parametrize(
    ("model", "given", "sent"),
    [
        ("glm-4.6", Parameters(temperature=0.3), {"temperature": 0.3}),
        ("glm-4.6", Parameters(temperature=0.0, top_p=0.4), {"do_sample": False}),
        ("glm-4.6", Parameters(do_sample=False, temperature=0.3), {"do_sample": False}),
        ("glm-4.6", Parameters(do_sample=True), {"do_sample": True}),
        ("llama-3", Parameters(temperature=0.0), {"temperature": 0.0}),
        ("llama-3", Parameters(do_sample=False), {}),
        ("glm-4v-flash", Parameters(max_tokens=9000), {"max_tokens": 1024}),
        ("glm-4.6", Parameters(stop="END"), {"stop": ["END"]}),
        ("glm-4.6", Parameters(response_format="json_object"), {"response_format": {"type": "json_object"}}),
        ("glm-4.6", Parameters(response_format="text"), {}),
        ("glm-4.6v", Parameters(response_format="json_object"), {}),
        ("glm-4.6", Parameters(thinking=False), {"thinking": {"type": "disabled"}}),
        ("glm-4.6", Parameters(thinking=True), {"thinking": {"type": "enabled"}}),
        ("glm-5.3", Parameters(thinking=False), {}),
        ("glm-5.3", Parameters(reasoning_effort="low"), {"reasoning_effort": "low"}),
        ("glm-5.2", Parameters(reasoning_effort="low"), {}),
        ("glm-5.2", Parameters(reasoning_effort="high", thinking=False), {"thinking": {"type": "disabled"}}),
        ("glm-4.7", Parameters(clear_thinking=False), {"thinking": {"type": "enabled", "clear_thinking": False}}),
        ("glm-4-plus", Parameters(clear_thinking=False, thinking=True), {}),
        ("glm-z1-air", Parameters(thinking=False, reasoning_effort="low"), {}),
    ],
)
def test_what_is_sent(model: str, given: Parameters, sent: dict[str, Any]) -> None:
    entry = families.find(model) or families.unknown(model)
    assert given.wire(entry) == sent


def test_zero_is_no_temperature_but_the_likeliest_word() -> None:
    assert body(families.SHIPPED["glm-4.6"], Parameters(temperature=0.0))["do_sample"] is False
    sent = body(families.unknown("llama-3"), Parameters(temperature=0.0))
    assert (sent["do_sample"], sent["temperature"]) == (False, 0.01)


def test_what_is_offered_depends_on_the_model() -> None:
    assert offered(families.unknown("llama-3")) == ("temperature", "top_p", "max_tokens", "stop", "stream")
    assert offered(families.SHIPPED["glm-z1-air"]) == (*offered(families.unknown("llama-3"))[:4], "do_sample", "stream")
    assert set(NAMES) - set(offered(families.SHIPPED["glm-5.3"])) == {"thinking"}
    assert set(offered(families.SHIPPED["glm-5.2"])) == set(NAMES)


def test_bounds_come_from_the_catalogue() -> None:
    assert bounds(families.SHIPPED["glm-4v-flash"])["max_tokens"].high == 1024
    assert bounds(families.SHIPPED["glm-4.5"])["temperature"].default == 0.6
    assert bounds(families.unknown("llama-3"))["max_tokens"].default is None


def test_reasoning_goes_back_only_where_it_is_kept() -> None:
    kept = Parameters(clear_thinking=False)
    assert kept.sends_reasoning_back(families.SHIPPED["glm-4.7"])
    assert not kept.sends_reasoning_back(families.SHIPPED["glm-4.6"])
    assert not kept.over(Parameters(thinking=False)).sends_reasoning_back(families.SHIPPED["glm-4.7"])


STREAM, WHOLE = families.Way.STREAM, families.Way.WHOLE


@pytest.mark.parametrize(
    ("ways", "wished", "is_whole"),
    [
        ((STREAM, WHOLE), None, False),
        ((STREAM, WHOLE), False, True),
        ((STREAM, WHOLE), True, False),
        ((WHOLE,), None, True),
        ((WHOLE,), True, True),
        ((STREAM,), False, False),
    ],
)
def test_a_reply_comes_in_one_piece_where_model_or_person_want_it(
    ways: tuple[families.Way, ...], wished: bool | None, is_whole: bool
) -> None:
    entry = replace(families.unknown("llama-3"), ways=ways)
    given = Parameters(stream=wished)
    assert given.asks_for_whole(entry) is is_whole
    assert given.wire(entry) == {}
    assert ("stream" in offered(entry)) is (set(ways) == {STREAM, WHOLE})
