"""People with a real browser, who notice every complaint that it makes."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, Locator, Page, Playwright, expect

from tests.needs import need_program
from tests.served.site import PASSWORD, Site

SHELL = "chromium-headless-shell"  # draws and runs the same, for two thirds of the work
ARGUMENTS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
)
# Of patience with a machine that has other things to do, in milliseconds.
SECONDS = 30_000
LONG = 90_000
HERE = {"domain": "127.0.0.1", "path": "/"}
SESSION = ("sessionid", "csrftoken")
# A refused form and a restarting server are part of some journeys, and the browser reports both.
EXPECTED = re.compile(
    r"WebSocket connection to|Failed to load resource: |Response Status Error Code|occurred when fetching the script"
)
# One look at all that tells: each alone is true for a moment while the page is being drawn.
FINISHED = "body:not(:has(.writing, .message--reply[aria-busy])) .composer__send"

expect.set_options(timeout=SECONDS)

# The text of all messages and what stands around them, without what is made anew for each drawing.
TRANSCRIPT = """() => {
  const copy = document.querySelector("#messages").cloneNode(true);
  for (const gone of copy.querySelectorAll("[name=client_key], [name=csrfmiddlewaretoken], copy-button")) gone.remove();
  for (const tail of copy.querySelectorAll(".reasoning__text > span")) tail.replaceWith(...tail.childNodes);
  for (const message of copy.querySelectorAll("[data-version]")) message.removeAttribute("data-version");
  copy.normalize();
  for (const time of copy.querySelectorAll("time")) time.removeAttribute("title");
  return copy.innerHTML.replace(/\\s+/g, " ");
}"""

# The place of the view once nothing moves it: a turn of the wheel is not over when the browser was told of it.
AT_REST = """() => new Promise((found) => {
  let frames = 0, place = null;
  const look = () => {
    frames = scrollY === place ? frames + 1 : 0;
    place = scrollY;
    if (frames < 8) requestAnimationFrame(look);
    else found(place);
  };
  look();
})"""


@dataclass
class Tab:
    """One page; `complaints` are errors of scripts and violations of the content policy, `asked_to_stay` counts how
    often the browser asked whether to leave."""

    page: Page
    site: Site
    complaints: list[str] = field(default_factory=list)
    asked_to_stay: int = 0
    runs_scripts: bool = True

    def __post_init__(self) -> None:
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", self._answer)
        self.page.set_default_timeout(SECONDS)

    def go(self, path: str = "/") -> Tab:
        self.page.goto(self.site.address + path)
        return self.is_awake()

    def is_awake(self) -> Tab:
        """Its scripts run: they begin when the page has been drawn, and then all at once."""
        if self.runs_scripts:
            expect(self.page.locator("chat-live:not(:defined)")).to_have_count(0)
        return self

    def sign_in(self, name: str) -> Tab:
        """With the session that an earlier journey has left, else by the form."""
        context, known = self.page.context, self.site.cookies
        context.add_cookies([{"name": key, "value": value, **HERE} for key, value in known.get(name, {}).items()])
        self.go("/")
        if "/accounts/login/" in self.page.url:
            self.page.locator("[name=login]").fill(name)
            self.page.locator("[name=password]").fill(PASSWORD)
            self.page.locator("[name=password]").press("Enter")
        expect(self.box).to_be_visible()
        known[name] = {cookie["name"]: cookie["value"] for cookie in context.cookies() if cookie["name"] in SESSION}
        # What an earlier journey of the same person left there is on every page of theirs.
        self.box.fill("")
        return self

    def sign_out(self) -> Tab:
        self.page.locator(".sidebar__menu > summary").click()
        return self.press("Sign out")

    def ask(self, text: str) -> Tab:
        """By the keyboard, or by the finger where there is none, and only once the socket draws."""
        asked = self.is_live().questions.count()
        self.box.fill(text)
        if self.page.evaluate("isTouched()"):
            self.press("Send")
        else:
            self.box.press("Enter")
        expect(self.questions).to_have_count(asked + 1)
        expect(self.box).to_have_value("")
        return self

    def is_live(self) -> Tab:
        expect(self.page.locator("chat-live[data-state=online]")).to_be_attached()
        return self

    def options(self) -> Tab:
        """Show what may be chosen for a reply, where there is no room for it beside the box."""
        more = self.is_live().page.locator(".composer__more")
        if more.is_visible() and not self.page.locator(".composer__options:popover-open").count():
            more.click()
        return self

    def type(self, text: str) -> Tab:
        """Into the box, and until it is kept."""
        self.box.fill(text)
        return self.has_kept()

    def has_kept(self) -> Tab:
        expect(self.page.locator("kept-draft[data-state=kept]")).to_be_attached()
        return self

    def is_finished(self) -> Tab:
        expect(self.page.locator(FINISHED)).to_be_visible()
        return self

    @contextmanager
    def coming_back(self) -> Iterator[None]:
        """What is done meanwhile costs the page its socket; afterwards it has another."""
        with self.page.expect_websocket(timeout=LONG):
            yield
        self.is_live()

    def marks_stay(self) -> Tab:
        """That something was copied is shown for two seconds: here until the test has looked."""
        self.page.evaluate("customElements.get('copy-button').SHOWN = 1e6")
        return self

    def at_rest(self) -> Tab:
        """Nothing scrolls any more."""
        self.page.evaluate(AT_REST)
        return self

    def press(self, name: str) -> Tab:
        self.is_awake().page.get_by_role("button", name=name).last.click()
        return self

    @property
    def box(self) -> Locator:
        return self.page.locator("#prompt")

    @property
    def next(self) -> Locator:
        """The message that waits for the end of the reply."""
        return self.page.locator("#composer-next q")

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

    def _answer(self, dialog: Dialog) -> None:
        """The browser's own question before something is lost; a page asks none of its own."""
        self.asked_to_stay += dialog.type == "beforeunload"
        if dialog.type != "beforeunload":
            self.complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not EXPECTED.search(message.text):
            self.complaints.append(message.text)


@contextmanager
def chromium(playwright: Playwright) -> Iterator[Browser]:
    program = shutil.which(SHELL) or need_program("chromium")
    browser = playwright.chromium.launch(executable_path=program, args=list(ARGUMENTS))
    try:
        yield browser
    finally:
        browser.close()


@dataclass(slots=True)
class Person:
    """A browser profile with its tabs."""

    context: BrowserContext
    site: Site
    runs_scripts: bool = True
    tabs: list[Tab] = field(default_factory=list)

    def open(self, path: str | None = None) -> Tab:
        tab = Tab(self.context.new_page(), self.site, runs_scripts=self.runs_scripts)
        self.tabs.append(tab)
        return tab if path is None else tab.go(path)

    @property
    def complaints(self) -> list[str]:
        return [complaint for tab in self.tabs for complaint in tab.complaints]


@contextmanager
def person(browser: Browser, site: Site, **options: Any) -> Iterator[Person]:
    """Somebody whose browser must have nothing to complain about in the end."""
    context = browser.new_context(**{"locale": "en-GB", "viewport": {"width": 1280, "height": 800}, **options})
    somebody = Person(context, site, options.get("java_script_enabled", True))
    try:
        yield somebody
        assert somebody.complaints == [], somebody.complaints
    finally:
        context.close()
