"""`python -m pictures.icons` draws the icons of the app from `static/mark.svg`."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Page, sync_playwright

STATIC = Path(__file__).resolve().parent.parent / "static"
INK, PAPER = "#2a3fc4", "#fbfbf9"
MARK_UNITS = 32  # the mark's view box


class Icon(NamedTuple):
    """`share`: how much of the side the mark takes; `corner`: how round the paper is, as a share of the side."""

    name: str
    side: int
    share: float
    corner: float


ICONS = (
    Icon("app-192.png", 192, 0.78, 0.22),
    Icon("app-512.png", 512, 0.78, 0.22),
    # Systems cut these to shapes of their own: only the middle four fifths are sure to stay.
    Icon("app-maskable-512.png", 512, 0.6, 0),
    Icon("apple-touch-icon.png", 180, 0.72, 0),
)


def drawing(icon: Icon, mark: str) -> str:
    scale = icon.side * icon.share / MARK_UNITS
    margin = icon.side * (1 - icon.share) / 2
    return (
        f'<style>body{{margin:0}}</style><svg xmlns="http://www.w3.org/2000/svg" width="{icon.side}"'
        f' height="{icon.side}" style="display:block">'
        f'<rect width="100%" height="100%" rx="{icon.side * icon.corner}" fill="{PAPER}"/>'
        f'<path transform="translate({margin} {margin}) scale({scale})" fill="{INK}" d="{mark}"/></svg>'
    )


def draw(page: Page, icon: Icon, mark: str) -> None:
    page.set_viewport_size({"width": icon.side, "height": icon.side})
    page.set_content(drawing(icon, mark))
    page.screenshot(path=STATIC / "icons" / icon.name, omit_background=True)


def main() -> None:
    mark = re.findall(r' d="([^"]+)"', (STATIC / "mark.svg").read_text("utf-8"))[0]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page()
        for icon in ICONS:
            draw(page, icon, mark)
        browser.close()


if __name__ == "__main__":
    main()
