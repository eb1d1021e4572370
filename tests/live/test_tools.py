"""Calls of tools as open pages see them: as they come, and for the first time while they wait."""

import uuid

import pytest
from asgiref.sync import sync_to_async

from conversations import turn_log
from conversations.glm import HostedUse, ToolUsed
from conversations.live import frames
from conversations.models import User
from conversations.open_parts import OpenPart, RenderedPart
from conversations.tool_entries import CallState, Entry, What, calls_in
from conversations.turn_log import TurnLog
from conversations.turns import hosted_uses
from tests.called import call, result, waiting

REPLY = uuid.UUID(int=7)


def drawn(log: TurnLog) -> list[str]:
    """The frames of each announcement to a page that watches from the beginning."""
    return ["".join(frames.part_update(REPLY, change) for change in log._updates(log._parts))]


def new_log() -> TurnLog:
    return TurnLog(uuid.uuid4(), REPLY, uuid.uuid4())


class TestFrames:
    def test_add_a_call_and_then_what_came_of_it(self) -> None:
        log = new_log()
        log.append("tool", call().written())
        log._updates(log._parts)  # a page that has the part
        log.append("tool", call(1, "convert_units").written())
        (html,) = drawn(log)
        assert f'hx-swap-oob="beforeend:#part-{REPLY}-0"' in html
        assert f'id="call-{REPLY}-1-1"' in html
        assert "Running" in html
        log.append("tool", result("<b>42</b>").written())
        (html,) = drawn(log)
        assert f'hx-swap-oob="outerHTML:#call-{REPLY}-1-0-state"' in html
        assert f'hx-swap-oob="beforeend:#call-{REPLY}-1-0-facts"' in html
        assert "&lt;b&gt;42&lt;/b&gt;" in html
        assert "Done in 2 s" in html

    def test_wait_for_a_whole_entry(self) -> None:
        log, entry = new_log(), call().written()
        log.append("tool", entry[:-5])
        assert drawn(log) == [""] or "tool-call" not in drawn(log)[0]
        log.append("tool", entry[-5:])
        assert "tool-call__label" in drawn(log)[0]

    def test_of_a_page_that_comes_late_have_all_of_it(self) -> None:
        text = call().written() + result("42").written()
        html = frames.part(REPLY, 0, RenderedPart("tool", "", text, False))
        assert "42" in html
        assert "Done" in html
        assert "Running" not in html

    def test_tell_what_an_assistant_has_used_once_that_is_known(self) -> None:
        log, use = new_log(), HostedUse(0, "web_browser", "tides <b>", "gone", is_failed=True)
        begun, over = hosted_uses.entries(ToolUsed(use)), hosted_uses.entries(ToolUsed(use, is_over=True))
        log.append("tool", "".join(entry.written() for entry in begun))
        log._updates(log._parts)  # a page that has the part
        assert "Web browser" in frames.part(REPLY, 0, RenderedPart("tool", "", begun[0].written(), False))
        log.append("tool", "".join(entry.written() for entry in over))
        (html,) = drawn(log)
        assert f'hx-swap-oob="innerHTML:#call-{REPLY}-1-0-facts"' in html
        assert "Looked for" in html
        assert "tides &lt;b&gt;" in html
        assert "Failed" in html
        (call_now,) = calls_in([log.text().parts[0].text])
        assert (call_now.name, call_now.result, call_now.is_hosted) == ("web_browser", "gone", True)

    def test_say_which_pictures_were_lost(self) -> None:
        use = HostedUse(0, "drawing_tool", "a boat", "", ("https://cdn.example/1.png", "https://cdn.example/2.png"))
        entries = (*hosted_uses.entries(ToolUsed(use)), hosted_uses.drawn(use, []))
        text = "".join(entry.written() for entry in entries)
        html = frames.part(REPLY, 0, RenderedPart("tool", "", text, False))
        assert "2 pictures were drawn and could not be copied here." in html
        assert "cdn.example" not in html

    def test_leave_nothing_to_be_stored(self) -> None:
        part = OpenPart("tool", [call().written()])
        part.advance(0, seal=True)
        assert part.html == ""


class TestEntries:
    def test_are_read_however_they_were_cut(self) -> None:
        text = call(arguments='{"x": "a\\nb"}').written() + result("two\n\nlines\n").written()
        log = new_log()
        for character in text:
            log.append("tool", character)
        ((_kind, pieces),) = [(part.kind, part.text) for part in log.text().parts]
        (found,) = calls_in([pieces])
        assert (found.arguments, found.result) == ('{"x": "a\\nb"}', "two\n\nlines\n")

    @pytest.mark.parametrize(
        "damage", ["", "\n", "{}\n\n", '{"what": "call"}\n', "no json\nx\n", '{"what":"x","round":1}']
    )
    def test_that_are_none_are_left_out(self, damage: str) -> None:
        assert calls_in([damage]) == ()

    def test_say_how_a_call_stands(self) -> None:
        asked = Entry(What.ASKED, 1, 0)
        denied = Entry(What.DECIDED, 1, 0, "", {"state": "denied"})
        states = [
            calls_in(["".join(each.written() for each in entries)])[0].state
            for entries in ([call()], [call(), asked], [call(), asked, denied], [call(), result("x")])
        ]
        assert states == [CallState.RUNNING, CallState.AWAITING, CallState.DENIED, CallState.SUCCEEDED]


@pytest.mark.django_db
class TestATurnThatWaits:
    async def test_keeps_its_seq_and_text_for_whoever_takes_it(self, ada: User) -> None:
        turn = await sync_to_async(waiting)(ada)
        log = new_log()
        log.go_on_from(turn.open_parts, turn.seq)
        assert log.text().parts == turn.open_parts
        assert (log.seq, log.size) == (turn.seq, sum(len(part.text) for part in turn.open_parts))
        assert turn_log.find(turn.code) is None
