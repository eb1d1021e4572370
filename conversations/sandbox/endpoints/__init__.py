"""What the sandbox serves: one file per group of paths; a new one is a file and a line here."""

from . import assistant, chat, demo, gates, images, knowledge, later, made, models, search, tokenizer, videos
from .route import Route

ROUTES: tuple[Route, ...] = (
    chat.ROUTE,
    assistant.TALK,
    assistant.LIST,
    assistant.TALKS,
    tokenizer.ROUTE,
    models.ROUTE,
    later.ORDER,
    later.RESULT,
    images.ROUTE,
    videos.ORDER,
    made.ROUTE,
    search.SEARCH,
    search.PRO,
    search.READ,
    *knowledge.ROUTES,
    gates.OPEN,
    gates.LOOK,
    demo.WEATHER,
    demo.TRAINS,
)
