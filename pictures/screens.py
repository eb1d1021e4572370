"""`python -m pictures.screens` draws docs/screens/: the main views, wide and narrow, light and dark, in both languages.

`--png FOLDER` writes them there too in a form that every program shows; `--only NAME` draws one view.
"""

from __future__ import annotations

import argparse
import base64
import itertools
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from pictures import lived
from tests.served.site import ROOT, Site, clean_environment, free_port, signed_in

FOLDER = ROOT / "docs" / "screens"
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync")
QUALITY = 82
WIDE, NARROW = (1280, 800), (390, 844)
KEY = "pictures.pictures"
PEOPLE = {"en": "ada", "zh-hans": "林晓"}
REVIEWERS = {"en": "grace", "zh-hans": "周琪"}
STORY = {"en": "Write a short story about a lighthouse keeper.", "zh-hans": "写一个守灯塔的老人的短故事。"}
LONG_ENOUGH = {"en": 300, "zh-hans": 110}  # characters of a reply in the making
RATE = 40  # deltas a second: slow enough to be caught in the middle


class Way(NamedTuple):
    """How a person looks at the site."""

    language: str
    scheme: str
    size: tuple[int, int]

    @property
    def is_narrow(self) -> bool:
        return self.size == NARROW

    def name(self, view: str) -> str:
        return f"{view}-{self.language[:2]}-{self.scheme}-{self.size[0]}"


WAYS = tuple(itertools.starmap(Way, itertools.product(PEOPLE, ("light", "dark"), (WIDE, NARROW))))


@dataclass(frozen=True, slots=True)
class Stage:
    """The served site, what was written for its people, and who is signed in."""

    site: Site
    told: dict[str, tuple[str, str]] = field(default_factory=dict)
    states: dict[str, Any] = field(default_factory=dict)
    lived: dict[str, dict[str, str]] = field(default_factory=dict)
    cases: dict[str, str] = field(default_factory=dict)

    def reviewers_come(self) -> None:
        """After all else is drawn: what they find was written by others."""
        for name in REVIEWERS.values():
            self.site.add_person(name, "reviewer")
        self.cases.update(zip(REVIEWERS, cases(self.site), strict=True))
        self.states.update({language: state_of(self.site, name) for language, name in REVIEWERS.items()})

    def people_come(self) -> None:
        for language, name in PEOPLE.items():
            self.site.add_person(name)
            self.told[language] = tell(self.site, language)
            self.states[language] = state_of(self.site, name)

    def people_use_it(self, browser: Browser) -> None:
        for language, name in PEOPLE.items():
            self.site.add_person(name)
            self.states[language] = state_of(self.site, name)
            with looking(browser, self, Way(language, "light", WIDE), is_member=True) as context:
                self.lived[language] = lived.live(context.new_page(), self.site.address, language)


def show(path: str) -> Callable[[Page, Stage, Way], None]:
    """A view that is there as soon as its page is."""

    def go(page: Page, stage: Stage, way: Way) -> None:
        page.goto(stage.site.address + path)

    return go


def conversation(page: Page, stage: Stage, way: Way) -> None:
    page.goto(f"{stage.site.address}/c/{stage.told[way.language][0]}/")
    page.locator("chat-live[data-state=online]").wait_for(state="attached")


def talk(view: str) -> Callable[[Page, Stage, Way], None]:
    """A conversation that was held in a browser, at its end."""

    def go(page: Page, stage: Stage, way: Way) -> None:
        page.goto(stage.lived[way.language][view])
        page.locator("chat-live[data-state=online]").wait_for(state="attached")
        page.wait_for_load_state("networkidle")

    return go


def held(page: Page, stage: Stage, way: Way) -> None:
    page.goto(f"{stage.site.address}/c/{stage.told[way.language][1]}/")


def writing(page: Page, stage: Stage, way: Way) -> None:
    """A reply in the making."""
    page.goto(stage.site.address + "/")
    page.locator("chat-live[data-state=online]").wait_for(state="attached")
    page.locator("#prompt").fill(STORY[way.language])
    page.locator(".composer__send").click()
    parts = page.locator(".message--reply .message__parts")
    while len(parts.last.inner_text(timeout=20_000)) < LONG_ENOUGH[way.language]:
        page.wait_for_timeout(50)


def drawer(page: Page, stage: Stage, way: Way) -> None:
    conversation(page, stage, way)
    if way.is_narrow:
        page.locator(".masthead__drawer").click()
        page.wait_for_timeout(400)


def case(page: Page, stage: Stage, way: Way) -> None:
    """With its text, and a verdict about to be given."""
    page.goto(f"{stage.site.address}/review/{stage.cases[way.language]}/")
    page.locator("chat-live[data-state=online]").wait_for(state="attached")
    page.locator("[data-show]").click()
    page.locator(".evidence .prose").wait_for()
    page.locator("[value=release]").check()
    page.locator("[value=context]").check()
    page.evaluate("scrollTo(0, 0)")


def offline(page: Page, stage: Stage, way: Way) -> None:
    page.goto(f"{stage.site.address}/offline/{way.language}/")


def set_up(page: Page, stage: Stage, way: Way) -> None:
    page.goto(stage.site.address + re.findall(r"/setup/\S+", stage.site.output)[0])


NOBODY = {"set-up": set_up}
STRANGERS = {"sign-in": show("/accounts/login/"), "not-found": show("/nowhere/"), "offline": offline}
MEMBERS = {
    "empty": show("/"),
    "conversation": conversation,
    "writing": writing,
    "held": held,
    "list": drawer,
    "preferences": show("/preferences/"),
}
DESK = {"queue": show("/review/"), "case": case}
# Of another site, whose sandbox searches, makes pictures and says so.
SIMULATED = {
    **{view: talk(view) for view in ("asking", "sources", "seeing", "made")},
    "characters": show("/characters/"),
    "jobs": show("/jobs/"),
    "making": show("/make/video/"),
}
VIEWS = NOBODY | STRANGERS | MEMBERS | DESK | SIMULATED


def draw(browser: Browser, stage: Stage, way: Way, view: str, png: Path | None) -> None:
    with looking(browser, stage, way, is_member=view in MEMBERS | DESK | SIMULATED) as context:
        page = context.new_page()
        VIEWS[view](page, stage, way)
        page.wait_for_timeout(300)
        line = context.new_cdp_session(page)
        taken = line.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
        (FOLDER / f"{way.name(view)}.webp").write_bytes(base64.b64decode(taken["data"]))
        if png:
            page.screenshot(path=png / f"{way.name(view)}.png")


@contextmanager
def looking(browser: Browser, stage: Stage, way: Way, *, is_member: bool) -> Iterator[BrowserContext]:
    context = browser.new_context(
        viewport={"width": way.size[0], "height": way.size[1]},
        color_scheme=way.scheme,  # type: ignore[arg-type]
        locale=way.language,
        has_touch=way.is_narrow,
        is_mobile=way.is_narrow,
        storage_state=stage.states[way.language] if is_member else None,
    )
    try:
        yield context
    finally:
        context.close()


@contextmanager
def prepared(folder: Path) -> Iterator[Stage]:
    """A site with a GLM server of its own, so that replies are not marked as simulated."""
    port = free_port()
    sandbox = [sys.executable, "-m", "conversations.sandbox", "--port", str(port), "--key", KEY, "--rate", str(RATE)]
    glm = subprocess.Popen([*sandbox, "--quiet"])
    upstream = {"ZHIPUAI_BASE_URL": f"http://127.0.0.1:{port}/api/paas/v4", "ZHIPUAI_API_KEY": KEY}
    try:
        with Site(folder / "data", clean_environment(), **upstream) as site:
            yield Stage(site)
    finally:
        glm.terminate()
        glm.wait()


def tell(site: Site, language: str) -> tuple[str, str]:
    command = [sys.executable, "-m", "pictures.story", language, PEOPLE[language]]
    done = subprocess.run(command, cwd=ROOT, env=site.environment, check=True, stdout=subprocess.PIPE, text=True)
    shown, withheld = done.stdout.split()
    return shown, withheld


def cases(site: Site) -> list[str]:
    command, names = [sys.executable, "-m", "pictures.desk"], ",".join(REVIEWERS.values())
    environment = {**site.environment, "PICTURES_REVIEWERS": names}
    done = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout.split()


def state_of(site: Site, name: str) -> dict[str, Any]:
    """A browser's cookies after signing in."""
    with signed_in(site, name) as visitor:
        cookies = [
            {"name": each.name, "value": each.value, "domain": "127.0.0.1", "path": "/"}
            for each in visitor.http.cookies.jar
        ]
    return {"cookies": cookies, "origins": []}


def main() -> None:
    options = _options()
    wanted = options.only or list(VIEWS)
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(ARGUMENTS))

        def draw_all(stage: Stage, views: Iterable[str]) -> None:
            for view, way in itertools.product(views, WAYS):
                if view in wanted and (view != "list" or way.is_narrow):  # the wide page shows the list anyway
                    draw(browser, stage, way, view, options.png)

        if not SIMULATED.keys() >= set(wanted):
            with prepared(Path(folder)) as stage:
                draw_all(stage, NOBODY)
                stage.people_come()
                draw_all(stage, STRANGERS | MEMBERS)
                stage.reviewers_come()
                draw_all(stage, DESK)
        if SIMULATED.keys() & set(wanted):
            with Site(Path(folder) / "simulated", clean_environment()) as site:
                stage = Stage(site)
                stage.people_use_it(browser)
                draw_all(stage, SIMULATED)
        browser.close()
    sizes = [path.stat().st_size for path in FOLDER.glob("*.webp")]
    print(f"{len(sizes)} pictures, {sum(sizes) / 1e6:.1f} MB")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m pictures.screens", description=__doc__)
    parser.add_argument("--png", type=Path)
    parser.add_argument("--only", action="append", choices=VIEWS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
