"""Bytes → frames."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversations.glm import TooLarge
from conversations.glm.shape import PlainText
from conversations.glm.sse import Decoder, Frame


def frames(*pieces: bytes, line: int = 1000, frame: int = 3000) -> list[tuple[str, str]]:
    """(event, data) of each frame."""
    decoder = Decoder(line, frame)
    found = [each for piece in pieces for each in decoder.feed(piece)]
    return [(each.event, each.data) for each in [*found, *decoder.flush()] if isinstance(each, Frame)]


def values(*pieces: bytes) -> list[object]:
    decoder = Decoder(1 << 20, 1 << 22)
    found = [each for piece in pieces for each in decoder.feed(piece)]
    return [each.value if isinstance(each, Frame) else each for each in found]


def test_a_frame_ends_at_a_blank_line() -> None:
    assert frames(b"data: one\n\ndata: two\n\n") == [("", "one"), ("", "two")]


def test_several_data_lines_are_joined() -> None:
    assert frames(b"data: one\ndata: two\n\n") == [("", "one\ntwo")]


def test_json_over_several_lines_is_one_object() -> None:
    assert values(b'data: {"a":\ndata: 1}\n\n') == [{"a": 1}]


def test_a_whole_object_is_dispatched_before_its_blank_line() -> None:
    assert values(b'data: {"a":1}\n') == [{"a": 1}]
    assert values(b'data: {"a":1}\n', b"\n") == [{"a": 1}]


def test_objects_need_no_blank_line_between_them() -> None:
    assert frames(b'data: {"a":1}\ndata: {"a":2}\n\n') == [("", '{"a":1}'), ("", '{"a":2}')]


def test_half_a_line_waits() -> None:
    assert values(b'data: {"a":1}') == []
    assert values(b'data: {"a":1}', b"\n") == [{"a": 1}]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_all_three_line_ends_count(end: bytes) -> None:
    assert frames(end.join([b"event: error", b"data: x", b"", b"data: y", b"", b""])) == [("error", "x"), ("", "y")]


def test_a_line_end_may_be_cut_in_two() -> None:
    assert frames(b"data: one\r", b"\ndata: two\r", b"\n\r", b"\n") == [("", "one\ntwo")]


def test_a_lone_cr_counts_without_waiting_for_what_follows() -> None:
    assert values(b'data: {"a":1}\r') == [{"a": 1}]


def test_no_other_character_ends_a_line() -> None:
    text = "a\u2028b\u2029c\u0085d\x0be\x0cf\x1cg"
    assert frames(f"data: {text}\n\n".encode()) == [("", text)]


def test_the_space_after_the_colon_may_be_missing_and_only_one_goes() -> None:
    assert frames(b"data:one\n\ndata:  two\n\n") == [("", "one"), ("", " two")]


def test_comments_ids_and_unknown_fields_are_ignored() -> None:
    assert frames(b": ping\nid: 3\nretry: 10\nfoo: bar\nfoo\ndata: x\n\n") == [("", "x")]


def test_a_mark_of_byte_order_is_dropped_once() -> None:
    assert frames(b"\xef\xbb", b"\xbfdata: x\n\n") == [("", "x")]
    assert frames(b"data: \xef\xbb\xbfx\n\n") == [("", "\ufeffx")]


def test_an_event_name_holds_for_one_frame() -> None:
    assert frames(b'event: error\ndata: {"a":1}\n\ndata: y\n\n') == [("error", '{"a":1}'), ("", "y")]


def test_an_event_without_data_is_no_frame() -> None:
    assert frames(b"event: error\n\ndata: y\n\n") == [("", "y")]


def test_a_data_line_may_be_empty() -> None:
    assert frames(b"data\ndata: x\n\n") == [("", "\nx")]


@pytest.mark.parametrize("marker", [b"data: [DONE]\n", b"data:[DONE]\n", b"data: [DONE] bye\n"])
def test_the_end_marker_needs_no_blank_line(marker: bytes) -> None:
    (frame,) = Decoder(1000, 3000).feed(marker)
    assert isinstance(frame, Frame)
    assert frame.is_done


def test_the_last_frame_needs_no_line_end() -> None:
    assert frames(b"data: one\n\ndata: two") == [("", "one"), ("", "two")]


def test_characters_may_be_cut_in_their_middle() -> None:
    data = "data: 汉堡🌊\n\n".encode()
    assert frames(*(data[at : at + 1] for at in range(len(data)))) == [("", "汉堡🌊")]


def test_bytes_that_are_no_utf8_become_replacement_characters() -> None:
    assert frames(b"data: a\xffb\n\n") == [("", "a\ufffdb")]


@pytest.mark.parametrize("data", ["[1]", "3", '"x"', "null", "{", "[" * 100_000, '{"a":' * 100_000 + "}"])
def test_what_is_no_object_has_no_value(data: str) -> None:
    assert values(f"data: {data}\n\n".encode()) == [None]


def test_control_characters_inside_strings_are_tolerated() -> None:
    assert values(b'data: {"a":"x\ty"}\n\n') == [{"a": "x\ty"}]


class TestBounds:
    def test_a_line_as_long_as_allowed_passes(self) -> None:
        assert frames(b"data: " + b"x" * 994 + b"\n\n") == [("", "x" * 994)]

    def test_a_longer_line_is_refused(self) -> None:
        with pytest.raises(TooLarge, match="line"):
            frames(b"data: " + b"x" * 995 + b"\n\n")

    def test_a_longer_line_is_refused_before_its_end_comes(self) -> None:
        decoder = Decoder(1000, 3000)
        for _ in range(10):
            decoder.feed(b"x" * 100)
        with pytest.raises(TooLarge, match="line"):
            decoder.feed(b"x")

    def test_many_short_lines_in_one_read_pass(self) -> None:
        assert len(frames(b"data: x\n\n" * 1000)) == 1000

    def test_a_frame_of_many_lines_is_refused(self) -> None:
        with pytest.raises(TooLarge, match="frame"):
            frames(b"data: xxxxxxxxx\n" * 301)


CHUNK = '{"id":"1","choices":[{"index":0,"delta":{"content":"%s"}}]}'


class TestPlainTexts:
    def test_after_the_first_a_chunk_of_the_same_shape_is_its_text(self) -> None:
        data = "".join(f"data: {CHUNK % word}\n\n" for word in ("a", "b", "c"))
        assert values(data.encode())[1:] == [PlainText("content", "b"), PlainText("content", "c")]

    def test_an_event_name_makes_it_a_frame(self) -> None:
        data = f"data: {CHUNK % 'a'}\n\nevent: error\ndata: {CHUNK % 'b'}\n\n".encode()
        assert frames(data)[1:] == [("error", CHUNK % "b")]

    def test_data_before_it_makes_it_a_part(self) -> None:
        data = f"data: {CHUNK % 'a'}\n\ndata: x\ndata: {CHUNK % 'b'}\n\n".encode()
        assert frames(data)[1:] == [("", "x\n" + CHUNK % "b")]


LINES = st.sampled_from(
    [b"data: x", b'data: {"a":1}', b"data:[DONE]", b"event: error", b"", b": c", "data: é\u2028".encode(), b"data"]
)
ENDS = st.sampled_from([b"\n", b"\r", b"\r\n"])


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(LINES, ENDS), max_size=20), st.lists(st.integers(0, 300), max_size=8))
def test_frames_do_not_depend_on_where_reads_end(lines: list[tuple[bytes, bytes]], places: list[int]) -> None:
    data = b"".join(line + end for line, end in lines)
    edges = [0, *sorted(min(place, len(data)) for place in places), len(data)]
    assert frames(*(data[a:b] for a, b in itertools.pairwise(edges))) == frames(data)
