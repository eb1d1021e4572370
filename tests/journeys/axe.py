"""axe, which finds what hinders people who cannot see or point. Only for the tests, never part of the site."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from playwright.sync_api import Page

# The size of targets belongs to WCAG 2.2 and is off unless asked for. What stands over the text is laid aside for it:
# a target that is half covered comes into view with the next turn of the wheel. So does a message that is not laid out.
RUN = """async () => {
  for (const bar of document.querySelectorAll(".masthead, .composer")) bar.style.position = "static";
  for (const notes of document.querySelectorAll("body:has(.sidebar__menu[open]) .notices")) notes.hidden = true;
  for (const message of document.querySelectorAll(".message")) message.style.contentVisibility = "visible";
  const rules = {"target-size": {enabled: true}};
  const found = await axe.run(document, {resultTypes: ["violations"], rules});
  return found.violations.map((each) => `${each.id}: ${each.nodes.map((node) => node.html).slice(0, 3).join(" | ")}`);
}"""


@cache
def script() -> str:
    return (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


def violations(page: Page) -> list[str]:
    page.evaluate(script())
    return list(page.evaluate(RUN))
