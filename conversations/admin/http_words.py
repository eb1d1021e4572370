"""What is wrong with an HTTP tool, in the administrator's words, at the field that has it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from conversations.http_tools import Unfit, Where

WORDS = {
    Where.URL: ("url", _("This is no address that can be asked: it begins with https:// or http:// and names a host.")),
    Where.URL_PERSON: ("url", _("An address has no name and no password: secrets have a field of their own.")),
    Where.URL_LENGTH: ("url", _("The address has more than %(what)s characters.")),
    Where.HOST_PLACE: ("url", _("An argument cannot choose the server: it stands in the path or in the query.")),
    Where.HOST_NOT_LISTED: ("hosts", _("The address leads to %(what)s, which is not one of the allowed hosts.")),
    Where.HOST_UNKNOWN: ("hosts", _("“%(what)s” is no name of a host.")),
    Where.QUERY_NAME: ("url", _("{%(what)s} stands as the name of a parameter; it can only be its value.")),
    Where.FRAGMENT: ("url", _("Leave out what follows the #: no server sees it.")),
    Where.PLACE_UNKNOWN: (None, _("There is a place for {%(what)s}, which the schema does not name.")),
    Where.PLACE_OPTIONAL: ("url", _("{%(what)s} stands in the path, so the schema must require it.")),
    Where.PLACE_FORM: ("url", _("{%(what)s} stands in the path, so it must be a text or a number.")),
    Where.BRACE: ("url", _("In braces stands the name of an argument, and both braces are needed.")),
    Where.BODY_JSON: ("body", _("This is no JSON: %(what)s")),
    Where.BODY_DEPTH: ("body", _("It is nested too deeply.")),
    Where.BODY_METHOD: ("body", _("A request with %(what)s has no body.")),
    Where.SECRET_LINE: ("secret_lines", _("Line %(what)s is neither “Name: value” nor “?name: value”.")),
    Where.SECRET_NAME: ("secret_lines", _("%(what)s is said by the site itself.")),
    Where.SECRET_VALUE: ("secret_lines", _("Line %(what)s has letters that no header can carry, or too many.")),
    Where.SECRET_PLACE: ("secret_lines", _("Line %(what)s has an argument in it; no argument gets into a header.")),
    Where.SECRET_OPEN: ("url", _("With secrets the address must begin with https://, or others could read them.")),
}


def in_words(unfit: Unfit) -> tuple[str | None, str]:
    """The field, None for the form as a whole, and the words."""
    field, words = WORDS[unfit.where]
    return field, str(words) % {"what": unfit.what}
