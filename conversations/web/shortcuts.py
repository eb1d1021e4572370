"""Commands that are typed, and keys: one list for what the page does and for the sheet that explains it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from conversations.models import SendKey, User

from .answers import MemberRequest, command, is_scripted, see_other

APPLE = ("Macintosh", "Mac OS X", "iPhone", "iPad")
MODIFIER = "Mod"


@dataclass(frozen=True, slots=True)
class Command:
    """A word after a slash, and the thing of the page that does it: one to press, a field that takes the words behind
    the command, or a list to choose from (selectors; of several things the last)."""

    name: str
    words: Promise
    press: str = ""
    fill: str = ""
    choose: str = ""


COMMANDS = (
    Command("new", _("New conversation"), press=".sidebar__new"),
    Command("rename", _("Rename this conversation"), fill="#rename"),
    Command("model", _("Choose another model"), choose="#model"),
    Command("stop", _("Stop the reply"), press=".composer__stop"),
    Command("regenerate", _("Answer again"), press='#messages button[hx-post$="/regenerate/"]'),
    Command("continue", _("Go on with the reply"), press='#messages button[hx-post$="/continue/"]'),
    Command("edit", _("Edit the last question"), press='#messages .message--question a[href$="/edit/"]'),
    Command("clear", _("Clear the context, begin anew"), press='#gauge form[action$="/context/clear/"] button'),
    Command("summary", _("Summarise earlier turns"), press='#gauge form[action$="/summary/"] button'),
    Command("copy", _("Copy the last reply"), press=".message__foot copy-button > *"),
    Command("shortcuts", _("Keys and commands"), press='[data-dialog="shortcuts"]'),
)


@dataclass(frozen=True, slots=True)
class Shortcut:
    """Keys that are pressed together, and what they do; `MODIFIER` is Ctrl or ⌘."""

    keys: tuple[str, ...]
    words: Promise


@dataclass(frozen=True, slots=True)
class Group:
    title: Promise
    shortcuts: tuple[Shortcut, ...] = field(default_factory=tuple)


SENDING = {
    SendKey.ENTER: (Shortcut(("Enter",), _("Send")), Shortcut(("Shift", "Enter"), _("Break the line"))),
    SendKey.MODIFIER: (Shortcut((MODIFIER, "Enter"), _("Send")), Shortcut(("Enter",), _("Break the line"))),
}
WRITING = (
    Shortcut(("↑",), _("Edit the last question, when the box is empty")),
    Shortcut(("/",), _("Commands, at the beginning")),
    Shortcut(("Esc",), _("Close commands and menus")),
)
ALONE = (
    Shortcut(("L",), _("To the conversations")),
    Shortcut(("/",), _("To the message box, with its commands")),
    Shortcut(("?",), _("Keys and commands")),
)
IN_LIST = (
    Shortcut(("↓",), _("To the next one")),
    Shortcut(("↑",), _("To the one before")),
    Shortcut(("Home",), _("To the newest")),
    Shortcut(("End",), _("To the oldest that is shown; older ones follow")),
    Shortcut(("F2",), _("Rename")),
    Shortcut(("Del",), _("Delete")),
    Shortcut((MODIFIER, "Z"), _("Undo a deletion")),
)


def groups(person: User) -> tuple[Group, ...]:
    return (
        Group(_("In the message box"), (*SENDING[SendKey(person.send_key)], *WRITING)),
        Group(_("Outside of text boxes"), ALONE),
        Group(_("On a conversation of the list"), IN_LIST),
    )


def modifier(request: HttpRequest) -> str:
    """The key that the person's machine calls so."""
    agent = request.headers.get("User-Agent", "")
    return "⌘" if any(each in agent for each in APPLE) else "Ctrl"


@require_http_methods(["GET", "HEAD", "POST"])
@command
def shortcuts(request: MemberRequest) -> HttpResponse:
    """The sheet, as a page of its own or for the dialog of a page; its one switch is about keys without a modifier."""
    if request.method == "POST":
        wanted = "wants_single_keys" in request.POST
        User.objects.filter(pk=request.user.pk).update(wants_single_keys=wanted)
        return _switched(wanted) if is_scripted(request) else see_other(request.path)
    context = {"groups": groups(request.user), "commands": COMMANDS, "modifier": modifier(request)}
    return render(request, "chat/_shortcuts.html" if is_scripted(request) else "chat/shortcuts.html", context)


def _switched(wanted: bool) -> HttpResponse:
    """The open page, too, listens from now on or not any more."""
    told = json.dumps({"chat:keys": {"single": wanted}})
    return HttpResponse(status=HTTPStatus.NO_CONTENT, headers={"HX-Trigger": told})
