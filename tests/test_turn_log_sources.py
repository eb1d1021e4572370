"""A reply and its sources, as its viewers have it: equal to a fresh page, wherever the sources came."""

import pytest

from conversations.glm import Source
from conversations.models import Part, sources
from conversations.models.sources import Numbered
from conversations.present import marks_of, render_parts
from tests.test_turn_log import Viewer, new_log

FOUND = sources.written([Numbered(1, Source("ref_1", "A", "https://example.org")), Numbered(2, Source("ref_2", "B"))])
TEXT = "Tides rise[ref_1].\n\nThey fall【2】."


@pytest.mark.parametrize("order", [("sources", "text"), ("text", "sources"), ("text", "sources", "reasoning")])
async def test_marks_lead_to_them_in_the_end(order: tuple[str, ...]) -> None:
    log = new_log()
    viewer = await Viewer().watch(log)
    texts = {"sources": FOUND, "text": TEXT, "reasoning": "hm"}
    for kind in order:
        for start in range(0, len(texts[kind]), 7):
            log.append(kind, texts[kind][start : start + 7])  # type: ignore[arg-type]
            log.announce()
    html = await log.finish()
    parts = tuple(Part(kind, texts[kind]) for kind in order)  # type: ignore[arg-type]
    assert html == render_parts(parts, log.reply)
    shown = dict(zip(order, viewer.html, strict=True))
    assert shown["text"] == html[order.index("text")]
    assert shown["text"].count("note-mark") == 2
    assert shown["sources"] == FOUND


async def test_who_comes_later_has_them_too() -> None:
    log = new_log()
    log.append("sources", FOUND)
    log.append("text", TEXT)
    await log.finish()
    viewer = await Viewer().watch(log)
    assert viewer.html == [FOUND, render_parts((Part("text", TEXT), Part("sources", FOUND)), log.reply)[0]]


async def test_a_text_that_was_sealed_before_they_came_gets_its_links() -> None:
    log = new_log()
    viewer = await Viewer().watch(log)
    log.append("text", TEXT)
    log.append("reasoning", "hm")
    log.announce()
    log.append("text", "So.")
    log.announce()
    log.append("sources", FOUND)
    html = await log.finish()
    assert "note-mark" in html[0]
    assert viewer.html[0] == html[0]


def test_no_address_but_one_of_the_web_is_followed() -> None:
    log = new_log()
    assert marks_of(log.reply, [""]) is None
