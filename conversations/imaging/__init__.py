"""Pictures that people bring: read within bounds, put upright, freed of what they tell beside the picture, made small.

Knows no Django and keeps nothing.
"""

from importlib import import_module
from typing import IO

from .errors import Broken, Empty, ImagingError, NotAPicture, TooManyPixels, TooNarrow
from .values import Bounds, Encoded, Prepared

__all__ = [
    "Bounds",
    "Broken",
    "Empty",
    "Encoded",
    "ImagingError",
    "NotAPicture",
    "Prepared",
    "TooManyPixels",
    "TooNarrow",
    "out_of_focus",
    "prepare",
]


def prepare(file: IO[bytes], bounds: Bounds) -> Prepared:
    """Read a picture and make what is kept of it. Raises an ImagingError.

    Takes up to a second of processor time and some 10 bytes of memory a pixel: not for the event loop. The decoders
    are loaded with the first picture: they take 13 MB and a tenth of a second, which a start does without.
    """
    made: Prepared = import_module(".decode", __name__).decode(file, bounds)
    return made


def out_of_focus(file: IO[bytes]) -> Encoded:
    """A few dots of colour in the place of a picture that was prepared: nobody can tell from them what it shows."""
    made: Encoded = import_module(".decode", __name__).out_of_focus(file)
    return made
