"""People with a real browser, who notice every complaint that it makes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Playwright, expect

from tests.needs import need_program
from tests.served.site import PASSWORD, Site

ARGUMENTS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
)
SECONDS = 15_000
# A refused form and a restarting server are part of some journeys, and the browser reports both.
EXPECTED = re.compile(r"WebSocket connection to|Failed to load resource: |Response Status Error Code")

expect.set_options(timeout=SECONDS)

# The text of all messages and what stands around them, without what is made anew for each drawing.
TRANSCRIPT = """() => {
  const copy = document.querySelector("#messages").cloneNode(true);
  for (const gone of copy.querySelectorAll("[name=client_key], [name=csrfmiddlewaretoken], copy-button")) gone.remove();
  for (const tail of copy.querySelectorAll(".reasoning__text > span")) tail.replaceWith(...tail.childNodes);
  copy.normalize();
  for (const time of copy.querySelectorAll("time")) time.removeAttribute("title");
  return copy.innerHTML.replace(/\\s+/g, " ");
}"""


@dataclass
class Tab:
    """One page; `complaints` are errors of scripts and violations of the content policy."""

    page: Page
    site: Site
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: self.complaints.append(f"dialog: {dialog.message}"))
        self.page.set_default_timeout(SECONDS)

    def go(self, path: str = "/") -> Tab:
        self.page.goto(self.site.address + path)
        return self

    def sign_in(self, name: str) -> Tab:
        self.go("/accounts/login/")
        self.page.get_by_label("Username").fill(name)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in").click()
        expect(self.box).to_be_visible()
        return self

    def ask(self, text: str) -> Tab:
        """By the keyboard, and only once the socket draws."""
        asked = self.is_live().questions.count()
        self.box.fill(text)
        self.box.press("Enter")
        expect(self.questions).to_have_count(asked + 1)
        expect(self.box).to_have_value("")
        return self

    def is_live(self) -> Tab:
        expect(self.page.locator("chat-live[data-state=online]")).to_be_attached()
        return self

    def is_finished(self) -> Tab:
        expect(self.page.get_by_role("button", name="Send")).to_be_visible()
        expect(self.page.locator(".writing")).to_have_count(0)
        return self

    def press(self, name: str) -> Tab:
        self.page.get_by_role("button", name=name).last.click()
        return self

    @property
    def box(self) -> Locator:
        return self.page.get_by_label("Message", exact=True)

    @property
    def questions(self) -> Locator:
        return self.page.locator("#messages .message--question")

    @property
    def replies(self) -> Locator:
        return self.page.locator("#messages .message--reply")

    @property
    def text(self) -> str:
        """The words of the last reply so far."""
        return self.replies.last.locator(".message__parts").inner_text()

    @property
    def transcript(self) -> str:
        return str(self.page.evaluate(TRANSCRIPT))

    def is_writing(self, word: str) -> Tab:
        expect(self.replies.last).to_contain_text(word)
        return self

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not EXPECTED.search(message.text):
            self.complaints.append(message.text)


@contextmanager
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=need_program("chromium"), args=list(ARGUMENTS))
    try:
        yield browser
    finally:
        browser.close()


@dataclass(slots=True)
class Person:
    """A browser profile with its tabs."""

    context: BrowserContext
    site: Site
    tabs: list[Tab] = field(default_factory=list)

    def open(self, path: str | None = None) -> Tab:
        tab = Tab(self.context.new_page(), self.site)
        self.tabs.append(tab)
        return tab if path is None else tab.go(path)

    @property
    def complaints(self) -> list[str]:
        return [complaint for tab in self.tabs for complaint in tab.complaints]


@contextmanager
def person(browser: Browser, site: Site, **options: Any) -> Iterator[Person]:
    """Somebody whose browser must have nothing to complain about in the end."""
    context = browser.new_context(**{"locale": "en-GB", "viewport": {"width": 1280, "height": 800}, **options})
    somebody = Person(context, site)
    try:
        yield somebody
        assert somebody.complaints == []
    finally:
        context.close()
