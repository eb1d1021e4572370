"""The list of conversations as a person with a browser sees it."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
NAMES = ("Alpha", "Beta", "Gamma", "Delta")

Seed = Callable[..., None]


def items(page: Page) -> Locator:
    return page.locator("#conversations .sidebar__item")


def item(page: Page, text: str) -> Locator:
    return items(page).filter(has_text=text)


def lists(page: Page, *names: str) -> None:
    expect(page.locator("#conversations .sidebar__name")).to_have_text([*names])


def stands_on(page: Page, text: str) -> None:
    expect(page.locator(".sidebar__item:focus")).to_contain_text(text)
