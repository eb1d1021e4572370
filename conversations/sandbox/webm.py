"""A small writer of WebM: key frames of VP8 into a file that browsers play and seek in.

https://www.webmproject.org/docs/container/ lists the elements; sizes are written in eight bytes, so that every place in
the file is known before it is written.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

_EBML, _SEGMENT, _INFO, _TRACKS, _CUES, _CLUSTER = (
    0x1A45DFA3,
    0x18538067,
    0x1549A966,
    0x1654AE6B,
    0x1C53BB6B,
    0x1F43B675,
)


def written(frames: Sequence[bytes], width: int, height: int, rate: int) -> bytes:
    """A file of key frames, `rate` of them a second."""
    seconds = [list(range(n, min(n + rate, len(frames)))) for n in range(0, len(frames), rate)]
    head = _info(len(frames), rate) + _tracks(width, height)
    clusters = [_cluster(frames, each, rate) for each in seconds]
    places, at = [], len(head) + len(_cues([(0, 0)] * len(clusters)))
    for each, cluster in zip(seconds, clusters, strict=True):
        places.append((_time(each[0], rate), at))
        at += len(cluster)
    return _header() + _element(_SEGMENT, head, _cues(places), *clusters)


def _header() -> bytes:
    told = ((0x4286, 1), (0x42F7, 1), (0x42F2, 4), (0x42F3, 8), (0x4287, 2), (0x4285, 2))
    numbers = [_number(name, value) for name, value in told]
    return _element(_EBML, *numbers[:4], _element(0x4282, b"webm"), *numbers[4:])


def _info(count: int, rate: int) -> bytes:
    duration = _element(0x4489, struct.pack(">d", _time(count, rate)))
    return _element(
        _INFO, _number(0x2AD7B1, 1_000_000), duration, _element(0x4D80, b"chatsite"), _element(0x5741, b"chatsite")
    )


def _tracks(width: int, height: int) -> bytes:
    sides = _element(0xE0, _number(0xB0, width), _number(0xBA, height))
    track = (_number(0xD7, 1), _number(0x73C5, 1), _number(0x83, 1), _number(0x9C, 0), _element(0x86, b"V_VP8"), sides)
    return _element(_TRACKS, _element(0xAE, *track))


def _cues(places: Sequence[tuple[int, int]]) -> bytes:
    """Where each cluster begins, for whoever seeks."""
    return _element(
        _CUES,
        *(
            _element(0xBB, _number(0xB3, time), _element(0xB7, _number(0xF7, 1), _number(0xF1, place)))
            for time, place in places
        ),
    )


def _cluster(frames: Sequence[bytes], numbers: Sequence[int], rate: int) -> bytes:
    start = _time(numbers[0], rate)
    blocks = (_element(0xA3, b"\x81", struct.pack(">hB", _time(n, rate) - start, 0x80), frames[n]) for n in numbers)
    return _element(_CLUSTER, _number(0xE7, start), *blocks)


def _time(frame: int, rate: int) -> int:
    """Milliseconds."""
    return round(1000 * frame / rate)


def _number(name: int, value: int) -> bytes:
    return _element(name, value.to_bytes(8, "big"))


def _element(name: int, *content: bytes) -> bytes:
    body = b"".join(content)
    return name.to_bytes((name.bit_length() + 7) // 8, "big") + (0x01 << 56 | len(body)).to_bytes(8, "big") + body
