"""The examples of the empty page: each shows an ability that works, with a key and without."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Example:
    """What it shows, and the question that shows it."""

    kind: Promise
    text: Promise


EXAMPLES = (
    Example(_("Code"), _("Write a Python function that finds all prime numbers below a limit.")),
    Example(_("Maths"), _("Derive the formula for quadratic equations, step by step.")),
    Example(_("Tables"), _("Compare solar, wind and hydro power in a table.")),
    Example(_("Writing"), _("Write a short story about a lighthouse keeper.")),
    Example(_("Translation"), _("Translate into Chinese: Good morning, how are you?")),
)
