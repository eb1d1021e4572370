"""What can be wrong with a picture or a video that is done. Asked for anything else, these answer as usual."""

from __future__ import annotations

from collections.abc import Iterator

from conversations.sandbox.asked import Asked
from conversations.sandbox.reply import usual
from conversations.sandbox.steps import Step

from .scenario import Scenario

DEAD, PAGE, HUGE, NULL, FLAGGED = "media-dead", "media-page", "media-huge", "media-null", "media-flagged"
_ABOUT = {
    DEAD: "A picture or a video whose link is dead: 404. All of `media-` answer a chat as usual.",
    PAGE: "A link that leads to a page of HTML, under the type of a picture or a video.",
    HUGE: "A file of 2,000 MB; `media-huge-500` has 500.",
    NULL: "A finished task that names no file: `video_result` is null, `data` is empty.",
    FLAGGED: "A picture or a video with `content_filter`, role `assistant`, level 0.",
}


def _steps(asked: Asked) -> Iterator[Step]:
    yield from usual(asked)


SCENARIOS = tuple(Scenario(name, about, _steps) for name, about in _ABOUT.items())
