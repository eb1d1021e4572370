"""Assistants on the wire: what is sent, and what their chunks mean."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from conversations.glm import (
    AnswerError,
    Assistant,
    ChatMessage,
    ChatRequest,
    ContentRefused,
    Event,
    Finish,
    HostedUse,
    Limits,
    Reply,
    Source,
    SourcesFound,
    TextDelta,
    ToolUsed,
)
from conversations.glm.reading import Reading

from .asking import connected, saying
from .server import LAST_CHUNK, STREAM_HEAD, http_chunk

ASSISTANT = Assistant("65940acff94777010aa6b796", "glm-4-assistant")
REQUEST = ChatRequest("any", (ChatMessage("user", "汉堡"),), "request-1", "person-1", assistant=ASSISTANT)


def chunk(*delta: dict[str, Any], **more: Any) -> bytes:
    choices = [{"index": 0, "delta": each} for each in delta]
    body = {"id": "1", "conversation_id": "c9", "assistant_id": "a", "status": "in_progress", "choices": choices}
    return b"data: " + json.dumps({**body, **more}, ensure_ascii=False).encode() + b"\n\n"


def said(text: str) -> bytes:
    return chunk({"role": "assistant", "type": "content", "content": text})


def used(kind: str, **body: Any) -> bytes:
    return chunk({"role": "tool", "type": "tool_calls", "tool_calls": [{"type": kind, kind: body}]})


def read(*chunks: bytes) -> tuple[list[Event], Reply]:
    reading = Reading(Limits())
    events = [event for each in chunks for event in reading.feed(each)]
    events += reading.end()
    if reading.failure:
        raise reading.failure
    return events, reading.reply


def uses(*chunks: bytes) -> list[HostedUse]:
    events, _ = read(*chunks)
    return [event.use for event in events if isinstance(event, ToolUsed) and event.is_over]


class TestTheRequest:
    def test_has_a_person_s_texts_and_names_who_is_asked(self) -> None:
        assert REQUEST.path == "assistant"
        assert REQUEST.body() == {
            "assistant_id": ASSISTANT.id,
            "model": "glm-4-assistant",
            "messages": [{"role": "user", "content": [{"type": "text", "text": "汉堡"}]}],
            "stream": True,
            "request_id": "request-1",
            "user_id": "person-1",
        }

    def test_goes_on_in_a_conversation(self) -> None:
        going_on = replace(REQUEST, assistant=replace(ASSISTANT, conversation="c9"))
        assert going_on.body()["conversation_id"] == "c9"

    def test_takes_no_parameters(self) -> None:
        with pytest.raises(ValueError, match="temperature"):
            replace(REQUEST, parameters={"temperature": 0.5})

    async def test_goes_to_an_address_of_its_own(self) -> None:
        body = said("Hi") + chunk(status="completed")
        async with (
            connected(saying(STREAM_HEAD, http_chunk(body), LAST_CHUNK)) as (server, client),
            client.chat(REQUEST) as stream,
        ):
            async for _ in stream:
                pass
        assert server.requests[0].startswith(b"POST /api/paas/v4/assistant HTTP/1.1")
        assert (stream.reply.text, stream.reply.finish, stream.reply.conversation) == ("Hi", Finish.STOP, "c9")


class TestTools:
    def test_are_told_when_they_begin_and_when_their_outputs_are_there(self) -> None:
        events, reply = read(
            used("web_browser", input="ti", outputs=None),
            used("web_browser", input="des", outputs=None),
            used("web_browser", input="", outputs=[{"title": "T", "link": "https://e.org/", "content": "x"}]),
            said("Two."),
            chunk(status="completed"),
        )
        assert events[1:4] == [
            ToolUsed(HostedUse(0, "web_browser", "")),
            ToolUsed(HostedUse(0, "web_browser", "tides", "T\nhttps://e.org/\nx"), is_over=True),
            SourcesFound((Source(title="T", link="https://e.org/", content="x"),)),
        ]
        assert events[4] == TextDelta("Two.")
        assert reply.sources[0].title == "T"

    def test_come_one_after_the_other(self) -> None:
        found = uses(
            used("code_interpreter", input="1 + 1", outputs=[{"type": "logs", "logs": "2", "error_msg": ""}]),
            used("code_interpreter", input="2 + 2", outputs=[{"type": "logs", "logs": "4", "error_msg": ""}]),
            used("drawing_tool", input="a boat", outputs=[{"image": "https://cdn.example/1.png"}]),
        )
        assert [(each.index, each.name, each.input, each.output) for each in found] == [
            (0, "code_interpreter", "1 + 1", "2"),
            (1, "code_interpreter", "2 + 2", "4"),
            (2, "drawing_tool", "a boat", ""),
        ]
        assert found[2].images == ("https://cdn.example/1.png",)

    def test_outputs_may_come_apart_and_with_the_whole_input_again(self) -> None:
        (found,) = uses(
            used("code_interpreter", input="print(1)", outputs=None),
            used("code_interpreter", input="print(1)", outputs=[{"logs": "1"}]),
            used("code_interpreter", input="", outputs=[{"logs": "2"}]),
        )
        assert (found.input, found.output) == ("print(1)", "1\n\n2")

    def test_functions_have_a_name_and_arguments(self) -> None:
        (found,) = uses(
            used("function", name="weather", arguments={"city": "Kiel"}, outputs=[{"content": "12 °C"}]), said("Cold.")
        )
        assert (found.name, json.loads(found.input), found.output) == ("weather", {"city": "Kiel"}, "12 °C")

    def test_passages_are_sources_without_a_link(self) -> None:
        _, reply = read(used("retrieval", outputs=[{"text": "A badge.", "document": "rules.md"}]), said("A badge."))
        assert reply.sources == (Source(title="rules.md", content="A badge."),)

    def test_an_error_and_nothing_else_has_failed(self) -> None:
        (found,) = uses(used("web_browser", input="x", outputs=[{"link": "", "error_msg": "gone"}]))
        assert (found.is_failed, found.output) == (True, "gone")

    def test_one_that_gave_nothing_is_told_all_the_same(self) -> None:
        assert uses(used("web_browser", input="x", outputs=None), said("No.")) == [HostedUse(0, "web_browser", "x")]

    def test_calls_of_our_functions_are_none_of_them(self) -> None:
        call = {"id": "1", "index": 0, "type": "function", "function": {"name": "clock", "arguments": "{}"}}
        _, reply = read(chunk({"role": "assistant", "tool_calls": [call]}))
        assert [each.name for each in reply.tool_calls] == ["clock"]

    def test_damage_does_not_count_up_without_end(self) -> None:
        chunks = [used("code_interpreter", input=str(n), outputs=[{"logs": "1"}]) for n in range(200)]
        assert len(uses(*chunks)) == 64

    def test_a_long_output_is_cut(self) -> None:
        (found,) = uses(used("code_interpreter", input="1", outputs=[{"logs": "x" * 30_000}]), said("Long."))
        assert len(found.output or "") == 20_000

    @pytest.mark.parametrize("odd", [None, [], "x", [{"type": 7}], [{"type": "web_browser", "web_browser": None}]])
    def test_odd_blocks_break_nothing(self, odd: Any) -> None:
        _, reply = read(chunk({"type": "tool_calls", "tool_calls": odd}), said("Hi"))
        assert reply.text == "Hi"


class TestTheEnd:
    def test_failed_says_why(self) -> None:
        with pytest.raises(AnswerError) as caught:
            read(said("Half"), chunk(status="failed", last_error={"code": "1234", "message": "no"}))
        assert caught.value.code == "1234"

    def test_failed_without_a_reason_is_a_disturbance(self) -> None:
        with pytest.raises(AnswerError) as caught:
            read(chunk(status="failed", last_error=None))
        assert caught.value.kind.value == "disturbed"

    def test_failed_for_its_content_is_refused_with_the_level(self) -> None:
        error = {"code": "1301", "message": "unsafe"}
        with pytest.raises(ContentRefused) as caught:
            read(chunk(status="failed", last_error=error, content_filter=[{"role": "user", "level": 1}]))
        assert caught.value.content_filter[0].role == "user"

    def test_a_reason_to_end_goes_before_the_status(self) -> None:
        delta = {"role": "assistant", "type": "content", "content": ""}
        choice = {"index": 0, "delta": delta, "finish_reason": "sensitive"}
        _, reply = read(said("Bad"), chunk(choices=[choice], status="completed"))
        assert reply.finish is Finish.SENSITIVE

    def test_nothing_of_that_is_a_broken_stream(self) -> None:
        assert read(said("Half"))[1].finish is Finish.BROKEN
