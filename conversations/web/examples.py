"""The examples of the empty page: each shows an ability that works, with a key and without."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from conversations import upstream
from conversations.models import Conversation, User
from conversations.tools import offers

SEARCH = "search"
"""What an example needs that has GLM search the web."""
MOST = 7
"""So that the box stays in sight of them on a usual screen."""


@dataclass(frozen=True, slots=True)
class Example:
    """What it shows, and the question that shows it. `needs` is the tool that has to be on for that, or SEARCH, which
    is switched on with the question."""

    kind: Promise
    text: Promise
    needs: str = ""


EXAMPLES = (
    Example(pgettext_lazy("ability", "Reasoning"), _("Prove that √2 is irrational, in two ways.")),
    Example(_("Weather"), _("What is the weather like in Beijing today?"), "get_weather"),
    Example(_("Trains"), _("Find trains from Beijing to Shanghai tomorrow."), "query_train_info"),
    Example(_("Web search"), _("Search the web for news about the tides."), SEARCH),
    Example(_("Code"), _("Write a small Python program that counts the most frequent words.")),
    Example(_("Tables"), _("Compare the four inner planets in a table.")),
    Example(_("Writing"), _("Write a short story about a lighthouse keeper.")),
    Example(_("Maths"), _("Derive the quadratic formula.")),
    Example(_("Translation"), _("Translate “nice to meet you” into Chinese.")),
)


def examples_for(person: User, empty: Conversation, model: str) -> Sequence[Example]:
    """The first of those that this model can show in a new conversation of that person."""
    entry = upstream.entry(model)
    can = {"", SEARCH} if entry.searches else {""}
    if entry.calls_functions:
        can |= {offer.tool.name for offer in offers(person, empty)}
    return [each for each in EXAMPLES if each.needs in can][:MOST]
