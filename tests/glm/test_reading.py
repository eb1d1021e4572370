"""What GLM's chunks mean: frames → events → reply, with everything that hosts get wrong."""

import json
from typing import Any

import pytest

from conversations.glm import (
    Began,
    ContentRefused,
    FilterLevel,
    Finish,
    Finished,
    Flagged,
    Limits,
    ReasoningDelta,
    Restarted,
    TextDelta,
    TooLarge,
    ToolCall,
    Usage,
)
from conversations.glm.reading import Reading

from .recordings import read


def frame(**value: Any) -> bytes:
    return b"data: " + json.dumps({"id": "1", "model": "glm-x", **value}).encode() + b"\n\n"


def chunk(delta: dict[str, Any] | None = None, finish: str | None = None, **more: Any) -> bytes:
    choice = {"index": 0, "delta": delta or {}} | ({"finish_reason": finish} if finish else {})
    return frame(choices=[choice], **more)


def text(content: Any, **more: Any) -> bytes:
    return chunk({"role": "assistant", "content": content}, **more)


def call(**fields: Any) -> bytes:
    return chunk({"tool_calls": [fields]})


STOP = chunk(finish="stop")


class TestEvents:
    def test_deltas_that_arrive_together_come_as_one(self) -> None:
        reading = Reading(Limits())
        assert reading.feed(text("a") + text("b") + text("c")) == (Began("1", "glm-x"), TextDelta("abc"))

    def test_reasoning_and_text_keep_their_order(self) -> None:
        reading = Reading(Limits())
        data = [{"reasoning_content": "r"}, {"content": "t"}, {"reasoning_content": "s"}, {"content": "u"}]
        events = reading.feed(b"".join(chunk(delta) for delta in data))
        assert events[1:] == (ReasoningDelta("r"), TextDelta("t"), ReasoningDelta("s"), TextDelta("u"))

    def test_text_that_was_held_back_comes_before_the_end(self) -> None:
        reading = Reading(Limits())
        assert reading.feed(text("a <") + STOP)[1:] == (
            TextDelta("a "),
            TextDelta("<"),
            Finished(Finish.STOP, "stop"),
        )

    def test_nothing_after_the_end_marker_is_read(self) -> None:
        reading = Reading(Limits())
        assert reading.feed(text("a") + b"data: [DONE]\n\n" + text("b"))[-1] == TextDelta("a")
        assert reading.is_over

    def test_nothing_after_an_error_is_read(self) -> None:
        reading = read(text("a"), frame(error={"code": "1234"}), text("b"))
        assert reading.reply.text == "a"

    def test_an_error_spares_the_events_before_it(self) -> None:
        reading = Reading(Limits())
        assert reading.feed(text("a") + frame(error={"code": "1301"}))[-1] == TextDelta("a")
        assert isinstance(reading.failure, ContentRefused)


class TestText:
    @pytest.mark.parametrize("empty", [None, "", [], 3, {"text": "x"}])
    def test_content_without_text_is_no_text(self, empty: object) -> None:
        assert read(text(empty), STOP).reply.text == ""

    def test_content_may_be_parts(self) -> None:
        parts = [{"type": "text", "text": "a"}, {"type": "image"}, "x", {"text": "b"}]
        assert read(text(parts), STOP).reply.text == "ab"

    def test_some_hosts_shorten_the_name_of_reasoning(self) -> None:
        assert read(chunk({"reasoning": "r"}), STOP).reply.reasoning == "r"

    def test_halves_of_a_character_in_two_chunks_are_joined(self) -> None:
        high = text("x").replace(b'"x"', b'"\\ud83d"')
        low = text("x").replace(b'"x"', b'"\\ude00"')
        assert read(high, low, STOP).reply.text == "😀"

    def test_a_character_without_its_other_half_is_replaced(self) -> None:
        assert read(text("x").replace(b'"x"', b'"a\\ud83d"'), STOP).reply.text == "a\ufffd"

    @pytest.mark.parametrize("choices", [None, [], [None], "x", {}, [[]], [{"delta": "x"}], [{"delta": None}]])
    def test_choices_of_any_kind_are_survived(self, choices: object) -> None:
        assert read(text("a"), frame(choices=choices), text("b"), STOP).reply.text == "ab"


class TestFinish:
    @pytest.mark.parametrize(
        ("word", "finish"),
        [
            ("stop", Finish.STOP),
            ("length", Finish.LENGTH),
            ("tool_calls", Finish.TOOL_CALLS),
            ("sensitive", Finish.SENSITIVE),
            ("content_filter", Finish.SENSITIVE),
            ("network_error", Finish.NETWORK_ERROR),
            ("model_context_window_exceeded", Finish.CONTEXT_FULL),
            ("something new", Finish.STOP),
        ],
    )
    def test_every_word_has_a_meaning_and_is_kept(self, word: str, finish: Finish) -> None:
        reply = read(text("a"), chunk(finish=word)).reply
        assert (reply.finish, reply.finish_word) == (finish, word)

    @pytest.mark.parametrize("word", [None, ""])
    def test_an_empty_word_is_no_end(self, word: str | None) -> None:
        data = frame(choices=[{"index": 0, "delta": {"content": "a"}, "finish_reason": word}])
        assert read(data).reply.finish is Finish.BROKEN

    @pytest.mark.parametrize(
        ("words", "finish"),
        [
            (("stop", "stop"), Finish.STOP),
            (("tool_calls", "stop"), Finish.TOOL_CALLS),
            (("stop", "network_error"), Finish.NETWORK_ERROR),
            (("sensitive", "stop"), Finish.SENSITIVE),
            (("stop", "sensitive"), Finish.SENSITIVE),
        ],
    )
    def test_of_two_ends_the_graver_holds(self, words: tuple[str, str], finish: Finish) -> None:
        assert read(*(chunk(finish=word) for word in words)).reply.finish is finish

    def test_text_may_come_with_the_end(self) -> None:
        assert read(chunk({"content": "a"}, finish="stop")).reply.text == "a"


class TestUsage:
    def test_what_is_told_later_holds_and_fills_gaps(self) -> None:
        first = chunk(finish="stop", usage={"prompt_tokens": 1, "completion_tokens": 2})
        last = frame(choices=[], usage={"completion_tokens": 3, "total_tokens": 4})
        assert read(first, last).reply.usage == Usage(prompt=1, completion=3, total=4)

    @pytest.mark.parametrize("usage", [None, {}, [], "x", {"prompt_tokens": None}, {"prompt_tokens": -1}])
    def test_what_is_not_told_is_unknown(self, usage: object) -> None:
        assert read(text("a"), chunk(finish="stop", usage=usage)).reply.usage == Usage()

    @pytest.mark.parametrize("count", ["3", 3.5, True, 1 << 62])
    def test_what_is_no_count_is_unknown(self, count: object) -> None:
        assert read(STOP, frame(choices=[], usage={"prompt_tokens": count})).reply.usage.prompt is None

    def test_zero_is_a_count(self) -> None:
        assert read(STOP, frame(choices=[], usage={"prompt_tokens": 0})).reply.usage.prompt == 0


class TestToolCalls:
    def test_pieces_are_joined_by_index(self) -> None:
        reply = read(
            call(index=1, id="b", type="function", function={"name": "g", "arguments": "{"}),
            call(index=0, id="a", type="function", function={"name": "f", "arguments": "{}"}),
            call(index=1, function={"arguments": "}"}),
        ).reply
        assert reply.tool_calls == (ToolCall(0, "a", "f", "{}"), ToolCall(1, "b", "g", "{}"))

    def test_without_an_index_the_id_tells_calls_apart(self) -> None:
        reply = read(
            call(id="a", function={"name": "f", "arguments": "{"}),
            call(id="b", function={"name": "g", "arguments": "[]"}),
            call(id="a", function={"arguments": "}"}),
        ).reply
        assert [each.arguments for each in reply.tool_calls] == ["{}", "[]"]

    def test_without_index_and_id_the_place_tells_calls_apart(self) -> None:
        calls = [{"function": {"name": "f"}}, {"function": {"name": "g"}}]
        assert [each.name for each in read(chunk({"tool_calls": calls})).reply.tool_calls] == ["f", "g"]

    def test_arguments_may_be_an_object(self) -> None:
        reply = read(call(index=0, function={"name": "f", "arguments": {"city": "Köln"}})).reply
        assert reply.tool_calls[0].arguments == '{"city": "Köln"}'

    def test_calls_of_other_kinds_are_named_by_their_kind(self) -> None:
        body = {"name": "find", "arguments": "{}"}
        reply = read(call(index=0, id="m", type="mcp", mcp=body)).reply
        assert reply.tool_calls == (ToolCall(0, "m", "find", "{}", kind="mcp"),)

    @pytest.mark.parametrize("calls", ["x", 3, [None], [{}], {"function": None}])
    def test_calls_of_any_kind_are_survived(self, calls: object) -> None:
        assert read(chunk({"tool_calls": calls}), text("a")).reply.text == "a"


class TestModeration:
    def test_a_judgement_without_an_end_is_told_at_once(self) -> None:
        reading = Reading(Limits())
        events = reading.feed(text("a", content_filter=[{"role": "assistant", "level": 3}]) + text("b"))
        assert Flagged((FilterLevel("assistant", 3),)) in events
        assert reading.reply.text == "ab"

    def test_a_judgement_is_kept_once(self) -> None:
        data = text("a", content_filter=[{"role": "user", "level": 2}])
        assert read(data, data).reply.content_filter == (FilterLevel("user", 2),)

    def test_a_level_that_was_not_told_is_unknown(self) -> None:
        assert read(text("a", content_filter=[{"role": "user"}])).reply.content_filter == (FilterLevel("user", None),)


class TestRestart:
    CUT = b'data: {"id":"1","choices":[{"delta":{"content":"ha'

    def test_a_glued_frame_of_another_generation_voids_the_text(self) -> None:
        reading = Reading(Limits())
        reading.feed(text("a"))
        assert reading.feed(self.CUT + text("b", id="2")) == (Restarted("2"), TextDelta("b"))
        assert (reading.reply.text, reading.reply.id) == ("b", "2")

    def test_a_frame_cut_off_before_another_generation_voids_the_text(self) -> None:
        assert read(text("a"), self.CUT + b"\n\n", text("b", id="2"), STOP).reply.text == "b"

    def test_a_glued_frame_of_the_same_generation_goes_on(self) -> None:
        reply = read(text("a"), self.CUT + text("b"), STOP).reply
        assert (reply.text, reply.restart_count) == ("ab", 0)

    def test_chunks_with_ids_of_their_own_are_no_restarts(self) -> None:
        assert read(text("a", id="2"), text("b", id="3"), text("c", id="4")).reply.text == "abc"

    def test_something_else_between_chunks_is_no_damage(self) -> None:
        assert read(text("a", id="1"), b"data: ping\n\n", text("b", id="2")).reply.text == "ab"

    def test_tool_calls_and_sources_are_void_too(self) -> None:
        before = chunk(
            {"tool_calls": [{"index": 0, "id": "x", "function": {"name": "f"}}]}, web_search=[{"title": "t"}]
        )
        reply = read(before, self.CUT + text("b", id="2")).reply
        assert (reply.tool_calls, reply.sources) == ((), ())

    def test_the_end_of_a_void_reply_is_void(self) -> None:
        assert read(STOP, self.CUT + text("b", id="2")).reply.finish is Finish.BROKEN

    def test_what_moderation_said_is_never_void(self) -> None:
        flagged = chunk(finish="sensitive", content_filter=[{"role": "user", "level": 1}])
        reply = read(flagged, self.CUT + text("b", id="2"), STOP).reply
        assert (reply.finish, reply.content_filter) == (Finish.SENSITIVE, (FilterLevel("user", 1),))


class TestErrors:
    @pytest.mark.parametrize("data", [b"event: error\ndata: overloaded\n\n", b'event: error\ndata: {"code":1305}\n\n'])
    def test_an_error_event_needs_no_error_object(self, data: bytes) -> None:
        assert read(text("a"), data).failure is not None

    @pytest.mark.parametrize("error", [None, "", {}])
    def test_an_empty_error_is_none(self, error: object) -> None:
        reading = read(text("a", error=error), STOP)
        assert (reading.failure, reading.reply.text) == (None, "a")

    def test_an_oversize_line_fails_and_keeps_the_text(self) -> None:
        reading = read(text("a"), text("b" * 2000), limits=Limits(line=1000))
        assert isinstance(reading.failure, TooLarge)
        assert reading.reply.text == "a"

    def test_an_oversize_last_frame_fails(self) -> None:
        reading = read(text("a"), b"data: " + b"b" * 600 + b"\ndata: " + b"c" * 600, limits=Limits(frame=1000))
        assert isinstance(reading.failure, TooLarge)


class TestBounds:
    def test_tool_calls_beyond_reason_are_left_out(self) -> None:
        calls = [{"index": at, "id": str(at), "function": {"name": "f"}} for at in range(5000)]
        assert len(read(chunk({"tool_calls": calls})).reply.tool_calls) == 200

    def test_sources_beyond_reason_are_left_out(self) -> None:
        data = [text("a", web_search=[{"refer": f"{n}-{at}"} for at in range(150)]) for n in range(3)]
        assert len(read(*data).reply.sources) == 200


class TestWholeAnswer:
    def test_a_server_that_does_not_stream_gives_the_same_events(self) -> None:
        reading = Reading(Limits())
        message = {"role": "assistant", "content": "\nThe Elbe.", "reasoning_content": "\nOne."}
        body = {"id": "1", "model": "m", "choices": [{"finish_reason": "stop", "message": message}]}
        reading.feed_whole(json.dumps(body))
        reading.end()
        reply = reading.reply
        assert (reply.text, reply.reasoning, reply.finish) == ("The Elbe.", "One.", Finish.STOP)
        assert reading.failure is None

    @pytest.mark.parametrize("body", ["", "[]", "{}", "<html>", '{"id":"1"}'])
    def test_anything_else_is_an_error(self, body: str) -> None:
        reading = Reading(Limits())
        reading.feed_whole(body)
        assert reading.failure is not None


def test_the_reply_can_be_looked_at_while_it_grows() -> None:
    reading = Reading(Limits())
    seen = []
    for word in "abc":
        reading.feed(text(word))
        seen.append(reading.reply.text)
    assert seen == ["a", "ab", "abc"]
    assert reading.reply.finish is None
