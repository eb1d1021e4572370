"""No reply waits while the process looks for leftovers."""

import asyncio
import gc
from collections.abc import Iterator

import pytest

from conversations.management.serving import collecting


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    thresholds = gc.get_threshold()
    yield
    gc.set_threshold(*thresholds)


def full_collections() -> int:
    return int(gc.get_stats()[2]["collections"])


def test_what_is_loaded_for_the_first_pages_is_left_out() -> None:
    before = gc.get_freeze_count()
    kept = [[number] for number in range(100)]
    collecting.settle()
    assert gc.isenabled()
    assert gc.get_freeze_count() > before
    assert kept[-1] not in gc.get_objects()


def test_no_full_collection_comes_by_itself() -> None:
    collecting.settle()
    gc.set_threshold(10, 1, gc.get_threshold()[2])  # as if very much had been done
    before = full_collections()
    kept = [[number] for number in range(50_000)]
    assert gc.get_count()[2] > 10
    assert full_collections() == before, len(kept)


@pytest.mark.parametrize(
    ("count", "is_writing", "is_due"),
    [
        (collecting.AT_REST - 1, False, False),
        (collecting.AT_REST, False, True),
        (collecting.AT_REST, True, False),
        (collecting.AT_MOST, True, True),
    ],
)
def test_it_waits_for_a_moment_in_which_nothing_is_written(count: int, is_writing: bool, is_due: bool) -> None:
    assert collecting.is_due(count, is_writing=is_writing) is is_due


async def test_it_is_made_up_for_once_nothing_is_written_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    writing, made = iter([True, True, False]), []
    looked = asyncio.Event()

    def is_writing() -> bool:
        if (answer := next(writing, None)) is None:
            looked.set()
        return bool(answer)

    monkeypatch.setattr(collecting, "LOOK_EVERY", 0)
    monkeypatch.setattr("gc.get_count", lambda: (0, 0, 0 if made else collecting.AT_REST))
    monkeypatch.setattr("gc.collect", lambda: made.append("full"))
    task = asyncio.ensure_future(collecting.keep(is_writing))
    await looked.wait()
    task.cancel()
    assert made == ["full"]
