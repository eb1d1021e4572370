"""The keys of the desk, for the sheet that explains them; the elements themselves carry them in `data-key`."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from .shortcuts import Group, Shortcut

KEYS = (
    Group(
        _("At a case"),
        (
            Shortcut(("S",), _("Show the text")),
            Shortcut(("P",), _("Show all its pictures")),
            Shortcut(("R",), _("Release")),
            Shortcut(("U",), _("Uphold")),
            Shortcut(("1", "9"), _("Choose the reason")),
            Shortcut(("↵",), _("Decide, and on to the next case")),
            Shortcut(("B",), _("Give the case back")),
        ),
    ),
    Group(
        _("In the queue and at a case"),
        (
            Shortcut(("J",), _("To the next one")),
            Shortcut(("K",), _("To the one before")),
            Shortcut(("↵",), _("Open the case")),
            Shortcut(("N",), _("Claim the most urgent case")),
            Shortcut(("?",), _("These keys")),
        ),
    ),
)
