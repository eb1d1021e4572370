"""What a list of 10,000 words adds to a reply: processor time of the watch, beside that of the whole reply."""

from __future__ import annotations

import random
import time

from bench.texts import deltas
from conversations.words import Mode, Source, Watch, compiled

WORDS, DELTAS, A_FRAME = 10_000, 400, 2
OF_A_REPLY = 0.110  # seconds of the site for 400 deltas at 50 a second, by `python -m bench --only at-pace`
REACH = 0.01
GOES = 40


def measure() -> str:
    lists = compiled([Source("bench", 1, 1, Mode.PHRASE, _words())])
    if lists is None:
        raise RuntimeError("no list")
    frames = _frames()
    spent = min(_of_reply(Watch(lists), frames) for _ in range(GOES))
    return (
        f"list of {WORDS:,} words (≤ {REACH:.0%} of a reply's CPU): {spent * 1000:.2f} ms a reply of {DELTAS} deltas, "
        f"{spent / OF_A_REPLY:.1%} of {OF_A_REPLY * 1000:.0f} ms"
    )


def _of_reply(watch: Watch, frames: list[str]) -> float:
    began = time.process_time()
    for frame in frames:
        watch.feed(frame)
    watch.flush()
    if watch.hits:
        raise RuntimeError("the text is on the list")
    return time.process_time() - began


def _frames() -> list[str]:
    pieces = deltas("prose", DELTAS)
    return ["".join(pieces[place : place + A_FRAME]) for place in range(0, DELTAS, A_FRAME)]


def _words() -> list[str]:
    luck = random.Random(2)

    def latin() -> str:
        return "".join(luck.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(luck.randint(5, 12)))

    def chinese() -> str:
        return "".join(chr(luck.randint(0x4E00, 0x9FFF)) for _ in range(luck.randint(3, 8)))

    return [luck.choice((latin, chinese))() for _ in range(WORDS)]
