"""Markdown as GLM writes it, made into HTML that is safe to show: whole (`render`) or while it grows (`Stream`)."""

from .blocks import RENDERER_VERSION, render
from .stream import Stream
from .updates import Update

__all__ = ["RENDERER_VERSION", "Stream", "Update", "render"]
