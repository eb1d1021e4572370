"""The examples of the empty page: each shows an ability that works, with a key and without."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True, slots=True)
class Example:
    """What it shows, and the question that shows it."""

    kind: Promise
    text: Promise


EXAMPLES = (
    Example(pgettext_lazy("ability", "Reasoning"), _("Prove that √2 is irrational, in two ways.")),
    Example(_("Code"), _("Write a small Python program that counts the most frequent words.")),
    Example(_("Maths"), _("Derive the quadratic formula.")),
    Example(_("Tables"), _("Compare the four inner planets in a table.")),
    Example(_("Writing"), _("Write a short story about a lighthouse keeper.")),
    Example(_("Translation"), _("Translate “nice to meet you” into Chinese.")),
)
