"""What the sandbox serves: one file per group of paths; a new one is a file and a line here."""

from . import chat, gates, models
from .route import Route

ROUTES: tuple[Route, ...] = (chat.ROUTE, models.ROUTE, gates.OPEN, gates.LOOK)
