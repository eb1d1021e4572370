"""What each scenario that streams puts on the wire."""

import json
import re

import pytest

from conversations.sandbox import tokens
from conversations.sandbox.scenarios import hostile, markdown, odd_characters, u2028
from tests.sandbox.serving import Person


def test_a_stream_is_events_in_utf8_with_a_log_id(person: Person) -> None:
    answer = person.stream("sandbox-plain", "讲一个故事")

    assert answer.status == 200
    assert answer.headers["content-type"] == "text/event-stream;charset=UTF-8"
    assert re.fullmatch(r"\d{14}[0-9a-f]{18}", answer.headers["x-log-id"])
    assert "灯塔里的钟".encode() in b"".join(answer.joined().encode().split())
    assert b"\\u" not in answer.body


def test_a_plain_stream_repeats_id_and_role_and_ends_with_usage(person: Person) -> None:
    answer = person.stream("sandbox-plain")

    assert len({frame["id"] for frame in answer.frames}) == 1
    assert len({frame["created"] for frame in answer.frames}) == 1
    assert {delta["role"] for delta in answer.deltas} == {"assistant"}
    assert answer.finishes == ["stop"]
    assert answer.frames[-1]["choices"][0] == {
        "index": 0,
        "finish_reason": "stop",
        "delta": {"role": "assistant", "content": ""},
    }
    assert "Lighthouse Clock" in answer.joined()
    assert answer.body.endswith(b"data: [DONE]\n\n")


def test_the_usage_adds_up(person: Person) -> None:
    (usage,) = person.stream("sandbox-reasoning").usages

    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]
    assert 0 < usage["completion_tokens_details"]["reasoning_tokens"] < usage["completion_tokens"]


def test_reasoning_comes_whole_before_the_text_and_both_begin_with_a_newline(person: Person) -> None:
    answer = person.stream("sandbox-reasoning")

    kinds = ["reasoning_content" in delta for delta in answer.deltas]
    assert kinds == sorted(kinds, reverse=True)
    assert answer.joined("reasoning_content").startswith("\nThe user would like a story.")
    assert answer.joined().startswith("\n## The Lighthouse Clock")


def test_plain_never_reasons(person: Person) -> None:
    assert not person.stream("sandbox-plain", thinking={"type": "enabled"}).joined("reasoning_content")


def test_deltas_have_one_to_four_tokens(person: Person) -> None:
    texts = [delta["content"] for delta in person.stream("sandbox-plain", "讲一个故事").deltas[:-1]]

    assert len(texts) > 50
    assert max(len(text) for text in texts) <= 24
    assert all(texts)


@pytest.mark.parametrize("name", ["slow-first-byte", "stall"])
def test_waiting_scenarios_end_like_others_when_the_wait_is_over(person: Person, name: str) -> None:
    answer = person.stream(f"sandbox-{name}", "Tell me a story wait:0")

    assert answer.joined() == person.stream("sandbox-plain").joined()
    assert answer.finishes == ["stop"]
    assert answer.is_done


def test_cut_closes_the_connection_in_the_middle(person: Person) -> None:
    answer = person.stream("sandbox-cut")
    whole = person.stream("sandbox-plain").joined()

    assert answer.is_broken
    assert whole.startswith(answer.joined())
    assert 0 < len(answer.joined()) < len(whole)
    assert answer.finishes == []


def test_no_done_ends_without_the_done_line(person: Person) -> None:
    answer = person.stream("sandbox-no-done")

    assert answer.finishes == ["stop"]
    assert not answer.is_broken
    assert not answer.is_done


def test_network_error_is_a_finish_reason_after_some_text(person: Person) -> None:
    answer = person.stream("sandbox-network-error")

    assert answer.status == 200
    assert answer.finishes == ["network_error"]
    assert 0 < len(answer.joined()) < len(person.stream("sandbox-plain").joined())
    assert answer.usages[0]["completion_tokens"] == tokens.count(answer.joined())


def test_length_stops_at_forty_tokens(person: Person) -> None:
    answer = person.stream("sandbox-length")

    assert answer.finishes == ["length"]
    assert answer.usages[0]["completion_tokens"] == 40
    assert person.stream("sandbox-plain").joined().startswith(answer.joined())


def test_length_empty_spends_all_on_reasoning(person: Person) -> None:
    answer = person.stream("sandbox-length-empty")
    usage = answer.usages[0]

    assert answer.joined() == ""
    assert answer.joined("reasoning_content")
    assert answer.finishes == ["length"]
    assert usage["completion_tokens"] == usage["completion_tokens_details"]["reasoning_tokens"]


@pytest.mark.parametrize(("name", "role"), [("sensitive-user", "user"), ("sensitive-history", "history")])
def test_a_judged_input_is_one_chunk_without_usage(person: Person, name: str, role: str) -> None:
    answer = person.stream(f"sandbox-{name}")

    (frame,) = answer.frames
    assert frame["choices"] == [{"index": 0, "finish_reason": "sensitive", "delta": {"role": "user", "content": ""}}]
    assert frame["content_filter"] == [{"role": role, "level": 1}]
    assert "usage" not in frame
    assert answer.is_done


def test_a_history_can_be_judged_only_while_it_is_sent_along(person: Person) -> None:
    earlier = [{"role": "user", "content": "One"}, {"role": "assistant", "content": "Two"}]
    asked = {"role": "user", "content": "[[sensitive-history-1]] Three"}
    assert person.stream("glm-5.3", messages=[*earlier, asked]).finishes == ["sensitive"]
    assert person.stream("glm-5.3", messages=[asked]).finishes == ["stop"]


@pytest.mark.parametrize("prompt", ["Tell me a story", "What is 1 + 1?"])
def test_a_judged_output_comes_after_exactly_200_characters(person: Person, prompt: str) -> None:
    answer = person.stream("sandbox-sensitive-output", prompt)

    assert len(answer.joined()) == 200
    assert answer.finishes == ["sensitive"]
    assert answer.frames[-1]["content_filter"] == [{"role": "assistant", "level": 1}]
    assert answer.deltas[-1]["role"] == "assistant"
    assert answer.usages == []


def test_error_first_is_a_frame_of_a_200(person: Person) -> None:
    answer = person.stream("sandbox-error-first")

    assert answer.status == 200
    assert answer.frames[0]["error"]["code"] == "1302"
    assert answer.deltas == []


def test_error_midstream_follows_text(person: Person) -> None:
    answer = person.stream("sandbox-error-midstream")

    assert answer.joined()
    assert answer.frames[-1]["error"]["code"] == "1234"
    assert answer.finishes == []
    assert b"event:" not in answer.body


def test_event_error_names_its_frame_and_brings_the_request_id(person: Person) -> None:
    answer = person.stream("sandbox-event-error")
    at = answer.lines.index(b"event: error")
    frame = json.loads(answer.lines[at + 1].removeprefix(b"data: "))

    assert answer.joined()
    assert frame["error"]["code"] == "1234"
    assert frame["request_id"] == answer.frames[0]["id"]


def test_glued_tears_a_frame_and_starts_anew_with_another_id(person: Person) -> None:
    answer = person.stream("sandbox-glued")
    whole = [line for line in answer.lines if line.startswith(b"data: ") and line.count(b"data: ") == 1]
    (glued,) = (line for line in answer.lines if line.count(b"data: ") == 2)
    first = json.loads(whole[0].removeprefix(b"data: "))
    second = json.loads(glued.rpartition(b"data: ")[2])
    rest = [json.loads(line.removeprefix(b"data: ")) for line in whole[1:-1] if second["id"].encode() in line]

    with pytest.raises(ValueError, match="delimiter"):
        json.loads(glued.removeprefix(b"data: "))
    assert second["id"] != first["id"]
    assert second["created"] - first["created"] in (90, 91)
    texts = [choice["delta"]["content"] for frame in [second, *rest] for choice in frame["choices"]]
    assert "".join(texts) == person.stream("sandbox-plain").joined()


def test_usage_separate_has_a_chunk_without_choices(person: Person) -> None:
    answer = person.stream("sandbox-usage-separate")

    assert answer.finishes == ["stop"]
    assert "usage" not in answer.frames[-2]
    assert answer.frames[-1]["choices"] == []
    assert answer.frames[-1]["usage"]["total_tokens"] > 0


def test_double_finish_has_two_and_usage_in_the_second(person: Person) -> None:
    answer = person.stream("sandbox-double-finish")

    assert answer.finishes == ["stop", "stop"]
    assert ["usage" in frame for frame in answer.frames[-2:]] == [False, True]


def test_crlf_ends_every_line_with_both(person: Person) -> None:
    body = person.stream("sandbox-crlf").body

    assert body.count(b"\r\n") == body.count(b"\n") == body.count(b"\r") > 100
    assert body.endswith(b"data: [DONE]\r\n\r\n")


def test_comments_stand_before_between_and_after(person: Person) -> None:
    answer = person.stream("sandbox-comments")
    places = [at for at, line in enumerate(answer.lines) if line.startswith(b":")]
    data = [at for at, line in enumerate(answer.lines) if line.startswith(b"data:")]

    assert places[0] < data[0] < places[1] < data[-2] < places[2] < data[-1]
    assert answer.joined() == person.stream("sandbox-plain").joined()


def test_split_utf8_writes_characters_in_pieces(person: Person) -> None:
    answer = person.stream("sandbox-split-utf8")

    assert not all(_is_utf8(data) for data in answer.writes)
    assert answer.joined().startswith("河水东流，🚣 慢慢划。\n\n## The Lighthouse")


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def test_u2028_sends_the_separators_raw(person: Person) -> None:
    answer = person.stream("sandbox-u2028")

    assert "\u2028".encode() in answer.body
    assert "\u0085".encode() in answer.body
    assert answer.joined() == u2028.TEXT


def test_odd_characters_are_valid_utf8_with_a_lone_surrogate_as_its_escape(person: Person) -> None:
    answer = person.stream("sandbox-odd-characters")

    assert rb"\ud83d" in answer.body
    assert rb"\u0000" in answer.body
    assert _is_utf8(answer.body)
    assert answer.joined() == "".join(odd_characters.PIECES)


def test_think_inline_has_its_reasoning_in_the_text(person: Person) -> None:
    answer = person.stream("sandbox-think-inline")

    assert answer.joined().startswith("<think>\nThe user would like a story.")
    assert "</think>\n\n## The Lighthouse Clock" in answer.joined()
    assert answer.joined("reasoning_content") == ""


@pytest.mark.parametrize(("name", "text"), [("markdown", markdown.TEXT), ("hostile", hostile.TEXT)])
def test_showcases_arrive_unchanged(person: Person, name: str, text: str) -> None:
    assert person.stream(f"sandbox-{name}").joined() == text


def test_echo_sends_the_prompt_back_without_its_marker(person: Person) -> None:
    assert person.stream("glm-4.7", "[[echo]] *so* 这样 <b>").joined() == "*so* 这样 <b>"


def test_huge_is_two_million_bytes_or_as_many_as_its_name_says(person: Person) -> None:
    assert len(person.stream("sandbox-huge").joined()) == 2_000_000
    assert len(person.stream("sandbox-huge-5000").joined()) == 5000


@pytest.mark.parametrize(
    ("model", "count"),
    [("sandbox-long", 5000), ("sandbox-long-7", 7), ("sandbox-flood", 5000), ("sandbox-rate-100000-70", 70)],
)
def test_numbered_deltas_come_all_and_in_order(person: Person, model: str, count: int) -> None:
    answer = person.stream(model, "Go rate:0")

    assert [int(delta["content"]) for delta in answer.deltas[:-1]] == list(range(1, count + 1))
    assert answer.usages[0]["completion_tokens"] == count


def test_a_flood_joins_frames_in_one_write(person: Person) -> None:
    assert len(person.stream("sandbox-flood").writes) < 1000


def test_overloaded_once_recovers_when_the_same_conversation_comes_again(person: Person) -> None:
    tries = [person.stream("sandbox-overloaded-once", "my own words") for _ in range(3)]

    assert [answer.status for answer in tries] == [429, 200, 429]
    assert tries[0].error == "1305"
    assert person.stream("sandbox-overloaded-once", "other words").status == 429


def test_error_then_ok_recovers_inside_a_200(person: Person) -> None:
    first, second = (person.stream("sandbox-error-then-ok", "once more") for _ in range(2))

    assert [first.status, second.status] == [200, 200]
    assert first.frames[0]["error"]["code"] == "1234"
    assert second.finishes == ["stop"]
