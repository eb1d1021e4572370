"""Pictures that people bring: read within bounds, put upright, freed of what they tell beside the picture, made small.

Knows no Django and keeps nothing. The decoders run in processes of their own (`readers`); they are never loaded here.
"""

from typing import IO

from .errors import Broken, Empty, ImagingError, NoReader, NotAPicture, TooHard, TooManyPixels, TooNarrow
from .readers import Readers
from .values import Bounds, Encoded, Prepared
from .wire import Order

__all__ = [
    "Bounds",
    "Broken",
    "Empty",
    "Encoded",
    "ImagingError",
    "NoReader",
    "NotAPicture",
    "Prepared",
    "TooHard",
    "TooManyPixels",
    "TooNarrow",
    "out_of_focus",
    "prepare",
]

_readers = Readers()


def prepare(file: IO[bytes], bounds: Bounds) -> Prepared:
    """Read a picture and make what is kept of it. Raises an ImagingError, NoReader, or OSError where the disk has no
    room for a copy of a file that lies in memory.

    The caller's thread waits for up to seconds: not for the event loop.
    """
    full, small = _readers.ask(Order("prepare", 2, bounds), file)
    return Prepared(full, small)


def out_of_focus(file: IO[bytes]) -> Encoded:
    """A few dots of colour in the place of a picture that was prepared: nobody can tell from them what it shows."""
    (dots,) = _readers.ask(Order("out_of_focus", 1, Bounds()), file)
    return dots
