"""Values: what is asked of a picture, and what is made of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bounds:
    """`pixels` are those of the file, before anything is decoded; `side` and `size` (bytes) those of what is kept.

    GLM takes at most 5 MB and 6000 by 6000 pixels a picture. https://docs.bigmodel.cn/api-reference
    """

    pixels: int = 50_000_000
    side: int = 2048
    size: int = 5_000_000
    small_side: int = 480


@dataclass(frozen=True, slots=True)
class Encoded:
    """The bytes of a picture; sides in pixels."""

    data: bytes
    media_type: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is kept of a picture: as it is sent and looked at, and for lists."""

    full: Encoded
    small: Encoded
