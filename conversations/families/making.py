"""What a model that makes images or videos takes with an order: what a form may offer, and what may be sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

PROMPT = 512
"""Characters that every model takes."""


@dataclass(frozen=True, slots=True)
class FreeSize:
    """Sides in pixels between `least` and `most`, multiples of `step`, and at most `pixels` together."""

    least: int
    most: int
    step: int
    pixels: int

    def fits(self, width: int, height: int) -> bool:
        sides = (width, height)
        is_within = all(self.least <= side <= self.most and side % self.step == 0 for side in sides)
        return is_within and width * height <= self.pixels


@dataclass(frozen=True, slots=True)
class Making:
    """The choices of a model, each with what it takes by itself first; none where it does not know the parameter.

    `prompt` in characters, `needs_prompt` where pictures alone are not enough. `least_images` to `most_images` go
    along, with `lists_images` in a list even where it is one. `seconds` is how long it usually takes, where nobody has
    measured it here.
    """

    prompt: int = PROMPT
    needs_prompt: bool = True
    sizes: tuple[str, ...] = ()
    free_size: FreeSize | None = None
    qualities: tuple[str, ...] = ()
    fps: tuple[int, ...] = ()
    durations: tuple[int, ...] = ()
    has_audio: bool = False
    styles: tuple[str, ...] = ()
    aspect_ratios: tuple[str, ...] = ()
    movements: tuple[str, ...] = ()
    least_images: int = 0
    most_images: int = 0
    lists_images: bool = False
    seconds: float = 60.0


def making_of(facts: Mapping[str, Any]) -> Making:
    """From plain facts, as a file holds them. Raises TypeError for a field that is none."""
    free = {"free_size": FreeSize(**facts["free_size"])} if "free_size" in facts else {}
    lists = {name: tuple(value) for name, value in facts.items() if isinstance(value, list)}
    return Making(**{**facts, **lists, **free})
