"""Every recording means the same however the network cuts it."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversations.glm import Limits, Restarted, TextDelta
from conversations.glm.errors import RAW_LIMIT
from conversations.glm.reading import Reading

from .recordings import FOLDER, REPLIES, read, recording


def cut(data: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[start:end] for start, end in itertools.pairwise(edges)]


def test_every_recording_is_told_of() -> None:
    assert {path.stem for path in FOLDER.glob("*.sse")} == REPLIES.keys()


@pytest.mark.parametrize("name", REPLIES)
class TestRecording:
    def test_it_folds_to_its_reply(self, name: str) -> None:
        assert read(recording(name)).reply == REPLIES[name]

    def test_it_folds_to_its_reply_byte_by_byte(self, name: str) -> None:
        data = recording(name)
        assert read(*(data[at : at + 1] for at in range(len(data)))).reply == REPLIES[name]

    def test_it_folds_to_its_reply_with_any_line_ends(self, name: str) -> None:
        lines = recording(name).replace(b"\r\n", b"\n")
        assert read(lines.replace(b"\n", b"\r\n")).reply == REPLIES[name]
        assert read(lines.replace(b"\n", b"\r")).reply == REPLIES[name]

    @settings(max_examples=40, deadline=None)
    @given(places=st.lists(st.integers(min_value=0, max_value=10_000), max_size=12))
    def test_it_folds_to_its_reply_however_it_is_cut(self, name: str, places: list[int]) -> None:
        assert read(*cut(recording(name), places)).reply == REPLIES[name]

    def test_the_events_alone_tell_the_text(self, name: str) -> None:
        reading, text = Reading(Limits()), ""
        data = recording(name)
        for at in range(0, len(data), 7):
            for event in reading.feed(data[at : at + 7]):
                text = "" if isinstance(event, Restarted) else text
                text += event.text if isinstance(event, TextDelta) else ""
        for event in reading.end():
            text += event.text if isinstance(event, TextDelta) else ""
        assert text == reading.reply.text


@pytest.mark.parametrize("name", sorted(REPLIES.keys() - {"restarted", "error_event"}))
def test_blank_lines_and_end_marker_may_be_missing(name: str) -> None:
    lines = recording(name).replace(b"\r\n", b"\n").split(b"\n")
    assert read(b"\n".join(line for line in lines if line not in (b"", b"data: [DONE]"))).reply == REPLIES[name]


@pytest.mark.parametrize(
    ("name", "code", "request_id"), [("error_first", "1302", ""), ("error_event", "1234", "2026112010301177")]
)
def test_an_error_in_the_stream_is_kept_after_what_came_before(name: str, code: str, request_id: str) -> None:
    failure = read(recording(name)).failure
    assert failure is not None
    assert (failure.code, failure.request_id) == (code, request_id)


@pytest.mark.parametrize("name", sorted(REPLIES.keys() - {"error_first", "error_event"}))
def test_the_others_hold_no_error(name: str) -> None:
    assert read(recording(name)).failure is None


def test_a_stream_of_another_kind_is_kept_for_the_administrator() -> None:
    reading = read(b"data: <html>busy</html>\n\n" + b"data: " + b"x" * RAW_LIMIT + b"\n\n")
    assert reading.failure is not None
    assert reading.failure.raw == "<html>busy</html>"


def test_an_empty_stream_is_no_reply() -> None:
    assert read(b"").failure is not None
    assert read(b"data: [DONE]\n\n").failure is not None
