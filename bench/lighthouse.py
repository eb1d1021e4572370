"""Lighthouse on three pages: `python -m bench.lighthouse --program …/node_modules/.bin/lighthouse`.

Lighthouse is no part of this project: `npm install lighthouse` in a folder of its own. Each run has a fresh profile
that is signed in by its cookie. Prints the median of each figure, and what is left to mend.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import BrowserType, Error, sync_playwright

from .browser import ARGUMENTS
from .upstream import site

PORT = 18766
FORMS = {"mobile": (), "desktop": ("--preset=desktop",)}
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
FIGURES = {
    "LCP s": ("largest-contentful-paint", 1000),
    "CLS": ("cumulative-layout-shift", 1),
    "TBT ms": ("total-blocking-time", 1),
}
Report = dict[str, Any]


def main() -> int:
    options = _options()
    with tempfile.TemporaryDirectory(prefix="chatsite-lighthouse-") as name, site(Path(name), 0, 0) as (product, _):
        code = product.run("bench.transcripts", "500")[0]
        pages = {"sign-in": "/accounts/login/", "empty page": "/", "500 messages": f"/c/{code}/"}
        print(f"| page | form | {' | '.join((*CATEGORIES, *FIGURES))} |\n|{' --- |' * 9}")
        worst = 1.0
        for page, path in pages.items():
            for form in FORMS:
                cookie = "" if page == "sign-in" else product.cookie(0)
                reports = [_run(options.program, product.address, path, cookie, form) for _ in range(options.runs)]
                worst = min(worst, _tell(page, form, reports))
    return 0 if worst == 1 else 1


def _run(program: str, address: str, path: str, cookie: str, form: str) -> Report:
    with _profile(address, cookie), tempfile.NamedTemporaryFile(suffix=".json") as file:
        command = [program, address + path, f"--port={PORT}", "--disable-storage-reset", "--quiet"]
        output = ["--output=json", f"--output-path={file.name}"]
        subprocess.run([*command, *output, *FORMS[form]], check=True, capture_output=True)
        report: Report = json.load(file)
        return report


@contextmanager
def _profile(address: str, cookie: str) -> Iterator[None]:
    """A Chromium that Lighthouse can use, with cookies: those of its own option do not reach the socket."""
    with tempfile.TemporaryDirectory(prefix="chatsite-profile-", ignore_cleanup_errors=True) as folder:
        command = [str(shutil.which("chromium")), "--headless=new", *ARGUMENTS, f"--remote-debugging-port={PORT}"]
        child = subprocess.Popen([*command, f"--user-data-dir={folder}", "about:blank"], stderr=subprocess.DEVNULL)
        try:
            with sync_playwright() as playwright:
                browser = _connect(playwright.chromium)
                pairs = [each.split("=", 1) for each in cookie.split("; ") if each]
                cookies = [{"name": name, "value": value, "url": address} for name, value in pairs]
                browser.contexts[0].add_cookies(cookies)  # type: ignore[arg-type]
                browser.close()
            yield
        finally:
            child.terminate()
            child.wait(20)


def _connect(chromium: BrowserType) -> Any:
    for _ in range(100):
        try:
            return chromium.connect_over_cdp(f"http://127.0.0.1:{PORT}")
        except Error:
            time.sleep(0.2)
    raise RuntimeError("Chromium did not start")


def _tell(page: str, form: str, reports: list[Report]) -> float:
    """Print the medians; returns the lowest score."""
    scores = [median(float(each["categories"][name]["score"] or 0) for each in reports) for name in CATEGORIES]
    values = [
        median(each["audits"][name]["numericValue"] / unit for each in reports) for name, unit in FIGURES.values()
    ]
    cells = [f"{score * 100:.0f}" for score in scores] + [f"{value:.3g}" for value in values]
    print(f"| {page} | {form} | {' | '.join(cells)} |", flush=True)
    for name in sorted({name for each in reports for name in _unmet(each)}):
        print(f"  {name}", file=sys.stderr)
    return min(scores)


def _unmet(report: Report) -> Iterator[str]:
    """Audits that count for a score and are not passed."""
    for category in report["categories"].values():
        for reference in category["auditRefs"]:
            score = report["audits"][reference["id"]]["score"]
            if reference["weight"] and score is not None and score < 0.9:
                yield f"{category['title']}: {reference['id']} {score}"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.lighthouse", description=__doc__)
    parser.add_argument("--program", default="lighthouse", help="path of the lighthouse program")
    parser.add_argument("--runs", type=int, default=5)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
