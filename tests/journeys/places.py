"""Every page of the site and every state that has a look of its own. A new one is a line in PLACES."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation
from playwright.sync_api import FilePayload, expect

from conversations.web.account_forms import AccountForm
from conversations.web.outage import IS_AWAY, IS_FULL
from tests.journeys.browser import Tab

STRANGER, MEMBER, REVIEWER, ADMINISTRATOR = "stranger", "member", "reviewer", "administrator"
NARROW = 390


@dataclass(slots=True)
class Visit:
    """A tab at a place; `facts` are the codes and links that the paths of places name."""

    tab: Tab
    language: str
    facts: dict[str, str]

    @property
    def page(self) -> Any:
        return self.tab.page

    @property
    def is_narrow(self) -> bool:
        return bool(self.page.viewport_size["width"] == NARROW)


def stay(visit: Visit) -> None:
    """The page as it is loaded."""


@dataclass(frozen=True, slots=True)
class Place:
    """`path` may name facts in braces; `bring` goes on from there."""

    path: str
    who: str = MEMBER
    bring: Callable[[Visit], None] = field(default=stay)


def refused_sign_in(visit: Visit) -> None:
    visit.page.locator("[name=login]").fill("ann")
    visit.page.locator("[name=password]").fill("a wrong guess")
    visit.page.locator("form.field-list button").click()
    expect(visit.page.locator(".field__error")).to_be_visible()


def open_menu(selector: str) -> Callable[[Visit], None]:
    def bring(visit: Visit) -> None:
        visit.tab.is_live()
        visit.page.locator(f"{selector} > summary").last.click()

    return bring


def press(key: str, shown: str) -> Callable[[Visit], None]:
    def bring(visit: Visit) -> None:
        visit.tab.is_live()
        visit.page.locator("#main").focus()
        visit.page.keyboard.press(key)
        expect(visit.page.locator(shown)).to_be_visible()

    return bring


def menu_of_person(visit: Visit) -> None:
    drawer(visit)
    open_menu(".sidebar__menu")(visit)


def drawer(visit: Visit) -> None:
    visit.tab.is_live()
    if visit.is_narrow:
        visit.page.locator(".masthead__drawer").click()
        expect(visit.page.locator("#sidebar")).to_be_in_viewport()


def commands(visit: Visit) -> None:
    visit.tab.is_live()
    visit.page.locator("#prompt").fill("")
    visit.page.locator("#prompt").press_sequentially("/")
    expect(visit.page.locator("#commands")).to_be_visible()


def cut_off(visit: Visit) -> None:
    """As when the connection is lost."""
    visit.tab.is_live()
    visit.page.evaluate("document.querySelector('chat-live').dataset.state = 'offline'")


def signed_out(visit: Visit) -> None:
    visit.tab.is_live()
    visit.page.evaluate("document.querySelector('chat-live').dataset.state = 'signed-out'")


def unfolded(visit: Visit) -> None:
    for reasoning in visit.page.locator("details.reasoning > summary").all():
        reasoning.click()


def read_case(visit: Visit) -> None:
    """With its text, a verdict and its reasons."""
    visit.tab.is_live()
    visit.page.locator("[data-show]").click()
    expect(visit.page.locator(".evidence .prose")).to_be_visible()
    visit.page.locator("[value=uphold]").check()


def pictures_of_case(visit: Visit) -> None:
    """One in focus, one not."""
    visit.tab.is_live()
    visit.page.locator("[data-show]").first.click()
    expect(visit.page.locator(".case-picture")).to_have_count(2)
    visit.page.locator(".case-picture button").first.click()
    expect(visit.page.locator(".case-picture__link img")).to_have_js_property("complete", True)


def editing(visit: Visit) -> None:
    """A question with the form that changes it, where it stands."""
    visit.tab.is_live()
    visit.page.locator(".message--question [data-edit]").last.click()
    expect(visit.page.locator("edit-message textarea")).to_be_visible()


def picture(visit: Visit) -> None:
    """Alone over the page."""
    visit.tab.is_live()
    visit.page.locator("a[data-picture]").first.click()
    expect(visit.page.locator("dialog[open] img")).to_have_js_property("complete", True)


def tray(visit: Visit) -> None:
    """Pictures to be sent, one that was refused, and the words for another."""
    visit.tab.is_live()
    files: list[FilePayload] = [{"name": "notes.txt", "mimeType": "text/plain", "buffer": b"No picture"}]
    visit.page.set_input_files("#picture", files)
    expect(visit.page.locator(".composer__file--failed")).to_be_visible()
    visit.page.locator(".composer__file summary").first.click()
    expect(visit.page.locator(".composer__describe").first).to_be_visible()


def away(visit: Visit) -> None:
    """As when stores cannot be reached."""
    visit.tab.is_live()
    with translation.override(visit.language):
        html = render_to_string("live/_outage.html", {"stores": {"database", "redis"}})
    visit.page.evaluate("(html) => { document.getElementById('outage').innerHTML = html; }", html)
    expect(visit.page.locator("#outage .banner")).to_have_count(2)


def wrapped(visit: Visit) -> None:
    for button in visit.page.locator(".code__wrap").all():
        button.click()


def parameters(visit: Visit) -> None:
    visit.tab.options().page.locator("[data-dialog=parameters]").click()
    expect(visit.page.locator("dialog .parameters")).to_be_visible()


def options(visit: Visit) -> None:
    """Beside the box, or over the page of a phone."""
    visit.tab.options()
    expect(visit.page.locator("[data-dialog=parameters]")).to_be_visible()


def tools(visit: Visit) -> None:
    visit.tab.options().page.locator("[data-dialog=tools]").click()
    expect(visit.page.locator("dialog .tools")).to_be_visible()


def unfolded_calls(visit: Visit) -> None:
    """What was called for, with what came of it; one still asks."""
    visit.tab.is_live()
    for box in visit.page.locator(".tool-call__box").all():
        if box.get_attribute("open") is None:
            box.locator("summary").click()
    expect(visit.page.locator(".tool-call--asked")).to_be_visible()


def hosted(visit: Visit) -> None:
    dialog = visit.tab.options().page.locator("#hosted dialog")
    visit.page.locator("[data-dialog=hosted]").click()
    dialog.locator(".hosted__more").click()
    expect(dialog.locator("textarea")).to_be_visible()


def drawn(template: str, **context: Any) -> Callable[[Visit], None]:
    """A page that only trouble brings: drawn here, shown under an address of the site with its style."""

    def bring(visit: Visit) -> None:
        request = RequestFactory().get("/")
        request.id = "01JD7-QK2MX"  # type: ignore[attr-defined]
        with translation.override(visit.language):
            html = render_to_string(template, {"request": request, **context})
        styles = re.findall(r'<link rel="stylesheet" href="([^"]+)">', visit.page.content())
        html = re.sub(r"/static/chatsite\.css", styles[0], html)
        address = f"{visit.tab.site.address}/drawn/"
        visit.page.route(address, lambda route: route.fulfill(body=html, content_type="text/html; charset=utf-8"))
        visit.page.goto(address)

    return bring


SIGN_IN = "/accounts/login/"
TALK = "{talk}"
BRIEF = "{brief}"  # for what lies over a conversation, whose messages other places show

PLACES: dict[str, Place] = {
    "sign-in": Place(SIGN_IN, STRANGER),
    "sign-in refused": Place(SIGN_IN, STRANGER, refused_sign_in),
    "password forgotten": Place("/accounts/password/reset/", STRANGER),
    "invitation": Place("{invitation}", STRANGER),
    "new password": Place("{reset}", STRANGER),
    "not found": Place("/nowhere/", STRANGER),
    "offline": Place("/offline/{language}/", STRANGER),
    "set-up": Place(SIGN_IN, STRANGER, drawn("setup/first_account.html", form=AccountForm(), is_simulated=True)),
    "400": Place(SIGN_IN, STRANGER, drawn("400.html")),
    "403": Place(SIGN_IN, STRANGER, drawn("403.html")),
    "403 of a form": Place(SIGN_IN, STRANGER, drawn("403_csrf.html")),
    "413": Place(SIGN_IN, STRANGER, drawn("413.html")),
    "429": Place(SIGN_IN, STRANGER, drawn("429.html")),
    "500": Place(SIGN_IN, STRANGER, drawn("500.html")),
    "503": Place(SIGN_IN, STRANGER, drawn("errors/away.html", words=IS_AWAY.page, status=503)),
    "507": Place(SIGN_IN, STRANGER, drawn("errors/away.html", words=IS_FULL.page, status=507)),
    "410": Place(SIGN_IN, STRANGER, drawn("chat/deleted.html", reason="It named a patient.")),
    "refused": Place(SIGN_IN, STRANGER, drawn("errors/refused.html", words="Not now.", text="Kept")),
    "signed out": Place(SIGN_IN, STRANGER, drawn("errors/signed_out.html", text="Kept")),
    "account closed": Place(SIGN_IN, STRANGER, drawn("account/account_inactive.html")),
    "empty": Place("/"),
    "all conversations": Place("/conversations/"),
    "notices": Place("/notices/"),
    "preferences": Place("/preferences/"),
    "usage": Place("/usage/"),
    "usage of a conversation": Place(TALK + "usage/"),
    "making a picture": Place("/make/image/"),
    "making a video": Place("/make/video/?model=cogvideox-3"),
    "keys": Place("/shortcuts/"),
    "change of password": Place("/accounts/password/change/"),
    "leaving": Place("/accounts/logout/"),
    "not for members": Place("/people/"),
    "conversation": Place(TALK),
    "jobs": Place("/jobs/"),
    "answer in the background": Place("{waiting}"),
    "models": Place("/", bring=open_menu("#model > details")),
    "parameters": Place(TALK + "parameters/"),
    "parameters in a dialog": Place(BRIEF, bring=parameters),
    "tools": Place(TALK + "tools/"),
    "tools in a dialog": Place(BRIEF, bring=tools),
    "calls of tools": Place("{called}", bring=unfolded_calls),
    "search and knowledge": Place(TALK + "hosted/"),
    "search and knowledge in a dialog": Place(BRIEF, bring=hosted),
    "knowledge": Place("/knowledge/", ADMINISTRATOR),
    "new knowledge": Place("/knowledge/new/", ADMINISTRATOR),
    "knowledge by its id": Place("/knowledge/new/?entered", ADMINISTRATOR),
    "a knowledge base": Place("{knowledge}", ADMINISTRATOR),
    "every form of a message": Place("{forms}"),
    "every end of a reply": Place("{ends}"),
    "wrapped code": Place("{forms}", bring=wrapped),
    "reasoning": Place(TALK, bring=unfolded),
    "being written": Place("{running}"),
    "earlier messages": Place("{ends}?before={middle}"),
    "menu": Place(BRIEF, bring=open_menu(".masthead__menu")),
    "menu of a reply": Place(BRIEF, bring=open_menu(".message--reply .menu")),
    "menu of a person": Place(BRIEF, bring=menu_of_person),
    "list of conversations": Place(BRIEF, bring=drawer),
    "keys over a page": Place(BRIEF, bring=press("?", "#shortcuts dialog")),
    "slash commands": Place("/", bring=commands),
    "pictures": Place("/pictures/"),
    "pictures in a question": Place("{pictured}"),
    "a picture": Place("{pictured}", bring=picture),
    "pictures in the box": Place("{pictured}", bring=tray),
    "stores away": Place(TALK, bring=away),
    "cut off": Place(TALK, bring=cut_off),
    "session over": Place(TALK, bring=signed_out),
    "edit": Place("{edit}"),
    "edit where it stands": Place(BRIEF, bring=editing),
    "change of a reply": Place("{revise}"),
    "new name": Place(TALK + "rename/"),
    "presets": Place("/presets/"),
    "new preset": Place("/presets/new/"),
    "a preset for everybody": Place("/presets/new/?shared", ADMINISTRATOR),
    "characters": Place("/characters/"),
    "a character": Place("{character}"),
    "a character for everybody": Place("/characters/new/?shared", ADMINISTRATOR),
    "a character from a card": Place("/characters/card/"),
    "talk with a character": Place("{played}"),
    "instructions": Place(TALK + "instructions/"),
    "context": Place(BRIEF, bring=open_menu("#gauge")),
    "review queue": Place("/review/", REVIEWER),
    "review queue, nothing found": Place("/review/?level=0", REVIEWER),
    "closed cases": Place("/review/?show=closed", REVIEWER),
    "a case": Place("{case}", REVIEWER),
    "a case read": Place("{case}", REVIEWER, read_case),
    "a case of oneself": Place("{own_case}", REVIEWER),
    "a case decided": Place("{decided_case}", REVIEWER),
    "keys of the desk": Place("/review/", REVIEWER, press("?", "#shortcuts dialog")),
    "people": Place("/people/", ADMINISTRATOR),
    "invite": Place("/people/invite/", ADMINISTRATOR),
    "a person": Place("{person}", ADMINISTRATOR),
    "everybody's usage": Place("/usage/all/", ADMINISTRATOR),
    "administration": Place("/admin/", ADMINISTRATOR),
    "HTTP tools": Place("/admin/conversations/httptool/", ADMINISTRATOR),
    "trying an HTTP tool": Place("/admin/conversations/httptool/1/try/", ADMINISTRATOR),
    "options of a reply": Place("/", bring=options),
    "a case with pictures": Place("{pictured_case}", REVIEWER, pictures_of_case),
}
