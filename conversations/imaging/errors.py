"""Why a file cannot become a picture."""


class ImagingError(Exception):
    """A file that cannot become a picture; nothing was kept of it.

    ImagingError
     ├── Empty           no bytes at all
     ├── NotAPicture     none of the formats that are read, whatever its name says
     ├── Broken          one of them, but cut off or damaged
     ├── TooManyPixels   more of them than is decoded; found out before any is
     └── TooNarrow       so long and thin that nothing would be left of it
    """


class Empty(ImagingError):
    """No bytes at all."""


class NotAPicture(ImagingError):
    """None of the formats that are read, whatever its name says."""


class Broken(ImagingError):
    """One of the formats, but cut off or damaged."""


class TooManyPixels(ImagingError):
    """More pixels than are decoded; found out before any is."""

    def __init__(self, pixels: int) -> None:
        super().__init__(f"{pixels} pixels")
        self.pixels = pixels


class TooNarrow(ImagingError):
    """So long and thin that nothing would be left of it."""
