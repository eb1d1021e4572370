"""Names, deletion and undo, seen from two tabs."""

import re

from playwright.sync_api import expect

from tests.journeys.browser import Person, Tab


def test_a_new_name_is_in_every_tab_at_once(ann: Person, tab: Tab) -> None:
    tab.ask("[[echo]] Name me").is_finished()
    second = ann.open("/").is_live()
    tab.page.get_by_label("More", exact=True).click()
    tab.page.get_by_label("Name", exact=True).fill("Tides & <b>moons</b>")
    tab.press("Rename")
    for each in (tab, second):
        expect(each.page.locator("#conversations li").first).to_have_text("Tides & <b>moons</b>")
    expect(tab.page.locator("h1")).to_have_text("Tides & <b>moons</b>")
    expect(tab.page).to_have_title(
        re.compile(r"^(\(\d+\) )?Tides & <b>moons</b> – chatsite$")
    )  # with the unread before


def test_a_deleted_conversation_is_gone_from_other_tabs_and_comes_back(ann: Person, tab: Tab) -> None:
    tab.ask("[[echo]] Delete me").is_finished()
    second = ann.open(tab.page.url.removeprefix(tab.site.address)).is_live()
    tab.page.get_by_label("More", exact=True).click()
    tab.press("Delete conversation")
    expect(tab.page.get_by_text("is deleted.")).to_be_visible()
    expect(second.page.locator(".live__gone")).to_be_visible()
    tab.press("Undo")
    expect(tab.questions.first).to_contain_text("Delete me")


def test_the_newest_conversation_rises_to_the_top(ann: Person, tab: Tab) -> None:
    tab.ask("[[echo]] Older one").is_finished()
    second = ann.open("/").ask("[[echo]] Newer one").is_finished()
    first_entry = tab.page.locator("#conversations li").first
    expect(first_entry).to_contain_text("Newer one")
    tab.ask("[[echo]] Again").is_finished()
    expect(second.page.locator("#conversations li").first).to_contain_text("Older one")
