"""Replays: the wire shape of GLM's traffic byte for byte, with texts and ids of our own, and what each means."""

from pathlib import Path

from conversations.glm import FilterLevel, Finish, Limits, Reply, Source, ToolCall, Usage
from conversations.glm.reading import Reading

FOLDER = Path(__file__).parent.parent / "recorded"

REPLIES = {
    "text": Reply(
        id="8842017365509127431",
        model="glm-4-flash",
        text="The Elbe flows through Hamburg.\n它流经汉堡。",
        usage=Usage(prompt=11, completion=19, total=30),
        finish=Finish.STOP,
        finish_word="stop",
    ),
    "usage_apart": Reply(
        id="202611201015028f0d4a7b6c5e3912",
        model="glm-4.6",
        text="The Elbe.",
        reasoning="The person wants one river.",
        usage=Usage(prompt=14, completion=21, total=35, reasoning=12, cached=3),
        finish=Finish.STOP,
        finish_word="stop",
    ),
    "reasoning": Reply(
        id="2026112010163177aa01be42c9d5f0",
        model="glm-4.5",
        text="17 × 3 = **51**。",
        reasoning="用户想知道 17 × 3。 17 × 3 = 51。",
        usage=Usage(prompt=16, completion=27, total=43, cached=0),
        finish=Finish.STOP,
        finish_word="stop",
    ),
    "tool_calls_finished_twice": Reply(
        id="20250314093305c1d2e3f4a5b60789",
        model="glm-4-plus",
        tool_calls=(
            ToolCall(0, "call_20250314093305c1d2e3f4a5b60789_0", "get_weather", '{"city": "Kiel"}'),
            ToolCall(1, "call_20250314093305c1d2e3f4a5b60789_1", "get_weather", '{"city": "Jena"}'),
        ),
        usage=Usage(prompt=176, completion=23, total=199),
        finish=Finish.TOOL_CALLS,
        finish_word="tool_calls",
    ),
    "tool_call_in_pieces": Reply(
        id="20261120102211d0c1b2a394857667",
        model="glm-4.6",
        reasoning="I need the weather.",
        tool_calls=(ToolCall(0, "call_-7712345678901234567", "get_weather", '{"city": "Kiel"}'),),
        usage=Usage(prompt=181, completion=35, total=216, reasoning=6, cached=128),
        finish=Finish.TOOL_CALLS,
        finish_word="tool_calls",
    ),
    "sensitive_user": Reply(
        id="9027746613385540912",
        model="glm-4-0520",
        content_filter=(FilterLevel("user", 1),),
        finish=Finish.SENSITIVE,
        finish_word="sensitive",
    ),
    "sensitive_reply": Reply(
        id="20261120102500aabbccddeeff0011",
        model="glm-4.6",
        text="In the year of the comet,",
        content_filter=(FilterLevel("assistant", 0),),
        finish=Finish.SENSITIVE,
        finish_word="sensitive",
    ),
    "sensitive_history": Reply(
        id="20261120102501aabbccddeeff0012",
        model="glm-4.6",
        content_filter=(FilterLevel("history", 1),),
        finish=Finish.SENSITIVE,
        finish_word="sensitive",
    ),
    "web_search": Reply(
        id="20261120103300112233445566aabb",
        model="glm-5.2",
        text="The Elbe is 1,094 km long[ref_1].",
        sources=(
            Source("ref_1", "Elbe", "https://example.org/1", "Example", "", "Excerpt 1…", "2026-11-02"),
            Source("ref_2", "易北河", "https://example.org/2", "Example", "", "Excerpt 2…", ""),
        ),
        usage=Usage(prompt=412, completion=18, total=430, cached=0),
        finish=Finish.STOP,
        finish_word="stop",
    ),
    "restarted": Reply(
        id="20260428080242bbbbbbbbbbbbbbbb",
        model="glm-5",
        text="The Elbe.",
        usage=Usage(prompt=9, completion=4, total=13),
        finish=Finish.STOP,
        finish_word="stop",
        restart_count=1,
    ),
    "network_error": Reply(
        id="20261120104000777788889999aaaa",
        model="glm-4.7",
        text="The El",
        reasoning="Let me",
        finish=Finish.NETWORK_ERROR,
        finish_word="network_error",
    ),
    "length_without_text": Reply(
        id="20261120104100777788889999bbbb",
        model="glm-4.7",
        reasoning="First, the sources of the",
        usage=Usage(prompt=12, completion=8, total=20, reasoning=8),
        finish=Finish.LENGTH,
        finish_word="length",
    ),
    "think_inline": Reply(
        id="chatcmpl-5f0e9d8c7b6a",
        model="glm-z1-flash",
        text="The Elbe.",
        reasoning="One river. ",
        usage=Usage(prompt=9, completion=14, total=23),
        finish=Finish.STOP,
        finish_word="stop",
    ),
    "boxed": Reply(
        id="20261120104300777788889999dddd",
        model="glm-4.5v",
        text="The sign says Kiel",
        usage=Usage(prompt=1403, completion=9, total=1412),
        finish=Finish.STOP,
        finish_word="stop",
    ),
    "cut_off": Reply(
        id="20261120104400777788889999eeee",
        model="glm-4.5-flash",
        text="The Elbe flows",
        finish=Finish.BROKEN,
    ),
    "through_a_proxy": Reply(
        id="20261120104500777788889999ffff",
        model="glm-4.6",
        text="A line\u2028and\u0085another.",
        usage=Usage(prompt=9, completion=4, total=13),
        finish=Finish.STOP,
        finish_word="stop",
    ),
    "error_first": Reply(finish=Finish.BROKEN),
    "error_event": Reply(id="202611201030107e6d5c4b3a291807", model="glm-5", text="The Elbe", finish=Finish.BROKEN),
}


def recording(name: str) -> bytes:
    return (FOLDER / f"{name}.sse").read_bytes()


def read(*pieces: bytes, limits: Limits = Limits()) -> Reading:  # noqa: B008 - a frozen value
    """A reading that was fed `pieces` and ended."""
    reading = Reading(limits)
    for piece in pieces:
        if not reading.is_over:
            reading.feed(piece)
    reading.end()
    return reading
