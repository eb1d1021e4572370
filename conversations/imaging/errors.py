"""Why a file cannot become a picture."""


class ImagingError(Exception):
    """A file that cannot become a picture; nothing was kept of it.

    ImagingError
     ├── Empty           no bytes at all
     ├── NotAPicture     none of the formats that are read, whatever its name says
     ├── Broken          one of them, but cut off or damaged
     ├── TooManyPixels   more of them than is decoded; found out before any is
     ├── TooNarrow       so long and thin that nothing would be left of it
     └── TooHard         whoever read it ended over it, or took more time or memory than a picture may
    """


class Empty(ImagingError):
    """No bytes at all."""


class NotAPicture(ImagingError):
    """None of the formats that are read, whatever its name says."""


class Broken(ImagingError):
    """One of the formats, but cut off or damaged."""


class TooManyPixels(ImagingError):
    """More pixels than are decoded; found out before any is."""

    def __init__(self, pixels: int = 0) -> None:
        super().__init__(pixels)
        self.pixels = pixels


class TooNarrow(ImagingError):
    """So long and thin that nothing would be left of it."""


class TooHard(ImagingError):
    """Whoever read it ended over it, or took more time or memory than a picture may."""


class NoReader(Exception):
    """No process could be started that reads pictures. The file has no part in it: the same again may work."""
