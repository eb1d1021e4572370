"""axe, which finds what hinders people who cannot see or point. Fetched for the tests, never part of the site."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Page

from tests.needs import need, need_program

WHEEL = "axe-playwright-python==0.1.8"
SCRIPT = "axe_playwright_python/axe.min.js"
SECONDS = 120
RUN = """async () => {
  const found = await axe.run(document, {resultTypes: ["violations"]});
  return found.violations.map((each) => `${each.id}: ${each.nodes.map((node) => node.html).slice(0, 3).join(" | ")}`);
}"""


def fetch(folder: Path) -> str:
    """The script, by the package registry's ordinary client; without a registry the test is left out."""
    need(shutil.which("uv") is not None, "uv is not on PATH")
    command = [need_program("uv"), "pip", "install", "--python", sys.executable, "--no-deps", "--target", str(folder)]
    try:
        done = subprocess.run([*command, WHEEL], capture_output=True, text=True, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        need(False, f"no {WHEEL} within {SECONDS} s")
        raise
    need(done.returncode == 0, f"no {WHEEL}: {done.stderr.strip()[-200:]}")
    return (folder / SCRIPT).read_text(encoding="utf-8")


def violations(page: Page, script: str) -> list[str]:
    page.evaluate(script)
    return list(page.evaluate(RUN))
