import asyncio

from hypothesis import given
from hypothesis import strategies as st

from conversations.live.outbox import MOST_UNCONFIRMED, Outbox


class Reader:
    """What went out, one entry a frame; a closed gate keeps the sender waiting."""

    def __init__(self) -> None:
        self.frames: list[str] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def send(self, html: str) -> None:
        await self.gate.wait()
        self.frames.append(html)


async def settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_what_is_put_goes_out_in_order() -> None:
    reader = Reader()
    outbox = Outbox(reader.send)
    for piece in "abc":
        assert outbox.put(piece)
        await settled()
    assert reader.frames == ["a", "b", "c"]


async def test_what_piles_up_shares_a_frame() -> None:
    reader = Reader()
    outbox = Outbox(reader.send)
    reader.gate.clear()
    outbox.put("a")
    await settled()
    outbox.put("b")
    outbox.put("c")
    reader.gate.set()
    await settled()
    assert reader.frames == ["a", "bc"]


async def test_a_reader_that_confirms_nothing_falls_behind_and_gets_nothing_more() -> None:
    reader = Reader()
    outbox = Outbox(reader.send)
    assert outbox.put("x" * (MOST_UNCONFIRMED + 1))
    assert not outbox.put("y")
    assert outbox.is_behind
    await settled()
    assert "y" not in "".join(reader.frames)


async def test_a_reader_that_has_caught_up_is_told_so_once() -> None:
    outbox = Outbox(Reader().send)
    outbox.put("x" * (MOST_UNCONFIRMED + 1))
    outbox.put("y")
    assert not outbox.confirm(MOST_UNCONFIRMED // 2)
    assert outbox.is_behind
    assert outbox.confirm(MOST_UNCONFIRMED + 1)
    assert not outbox.confirm(MOST_UNCONFIRMED + 1)
    assert outbox.put("z")
    await settled()


async def test_a_reader_cannot_confirm_what_was_never_sent() -> None:
    outbox = Outbox(Reader().send)
    outbox.confirm(10**12)
    assert outbox.put("x" * (MOST_UNCONFIRMED + 1))
    assert not outbox.put("y")
    await settled()


async def test_an_older_confirmation_takes_nothing_back() -> None:
    outbox = Outbox(Reader().send)
    outbox.put("x" * 1000)
    outbox.confirm(1000)
    outbox.confirm(-5)
    assert outbox.put("x" * MOST_UNCONFIRMED)
    assert outbox.put("y")
    await settled()


@given(st.lists(st.tuples(st.integers(1, MOST_UNCONFIRMED // 2), st.integers(0, 4 * MOST_UNCONFIRMED)), max_size=30))
def test_never_more_is_under_way_than_the_bound_and_one_frame(steps: list[tuple[int, int]]) -> None:
    async def run() -> None:
        reader = Reader()
        outbox = Outbox(reader.send)
        taken = confirmed = 0
        for size, got in steps:
            if outbox.put("x" * size):
                taken += size
            assert taken - confirmed <= MOST_UNCONFIRMED + MOST_UNCONFIRMED // 2
            outbox.confirm(got)
            confirmed = max(confirmed, min(got, taken))
        await settled()
        assert sum(map(len, reader.frames)) == taken

    asyncio.run(run())
