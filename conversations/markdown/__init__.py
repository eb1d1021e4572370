"""Markdown as GLM writes it, made into HTML that is safe to show: whole (`render`) or while it grows (`Stream`)."""

from .blocks import RENDERER_VERSION, render
from .marks import Marks
from .plain import plain
from .sentences import CODE, FORMULA, Sentences
from .stream import Stream
from .tongue import TELLING, foreign, language_of
from .updates import Update

__all__ = [
    "CODE",
    "FORMULA",
    "RENDERER_VERSION",
    "TELLING",
    "Marks",
    "Sentences",
    "Stream",
    "Update",
    "foreign",
    "language_of",
    "plain",
    "render",
]
