"""A conversation from its preset to the day when its window is full, by hand."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.journeys.browser import Person, Tab


def begin_with_letters(tab: Tab) -> None:
    """A preset of one's own that asks for something, and its first question."""
    page = tab.go("/presets/new/").page
    page.get_by_label("Name", exact=True).fill("Letters")
    page.get_by_label("Instructions").fill("You write letters about {{topic}} to {{who}}.")
    page.get_by_label("What to ask at the start").fill("topic: What is the letter about?")
    page.get_by_label("First questions to choose from").fill("Write a letter of thanks for {{topic}}. rate:0")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#system_prompt-error")).to_contain_text("{{who}} is not known")
    page.get_by_label("Instructions").fill("You write letters about {{topic}}.")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Begin with “Letters”").click()
    page.get_by_label("What is the letter about?").fill("the garden")
    page.get_by_role("button", name="Begin").click()
    page.get_by_role("button", name="Write a letter of thanks for the garden.").click()
    tab.is_finished()


def test_a_preset_asks_offers_a_first_question_and_stays_changeable(tab: Tab) -> None:
    begin_with_letters(tab)
    page = tab.page
    expect(page.locator(".message--reply")).to_contain_text("Messages")
    expect(page.locator("#instructions")).to_have_text(re.compile("Letters"))
    page.locator("#instructions").click()
    expect(page.get_by_label("Letters")).to_have_value("You write letters about the garden.")
    page.get_by_label("Letters").fill("Be brief.")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#instructions")).to_have_text(re.compile("Instructions"))


def test_a_cleared_context_is_shown_in_every_tab_and_undone(ann: Person) -> None:
    tab = ann.open().sign_in("ann")
    tab.ask("[[echo]] one rate:0").is_finished()
    other = ann.open(tab.page.url.removeprefix(tab.site.address))
    other.is_live()
    tab.type("/clear").box.press("Enter")
    for each in (tab, other):
        expect(each.page.locator(".divider")).to_contain_text("The context starts here")
        expect(each.page.locator("#gauge summary")).to_have_count(0)
    other.page.get_by_role("button", name="Undo").click()
    for each in (tab, other):
        expect(each.page.locator(".divider")).to_have_count(0)
        expect(each.page.locator("#gauge summary")).to_contain_text("<1%")


def test_after_an_objection_to_something_earlier_the_question_is_asked_without_it(tab: Tab) -> None:
    tab.ask("[[echo]] Something earlier rate:0").is_finished()
    tab.ask("[[sensitive-history-1]] Tell me a short story. rate:0")
    expect(tab.page.get_by_role("heading", name="GLM objects to an earlier message")).to_be_visible()
    tab.press("Ask without the earlier turns").is_finished()
    expect(tab.replies.last.locator(".prose")).to_have_count(1)
    expect(tab.page.locator(".divider")).to_contain_text("The context starts here")
    expect(tab.questions).to_have_count(2)


def test_a_full_window_is_summarised_and_the_question_answered(tab: Tab) -> None:
    page = tab.page
    for n in range(4):
        tab.ask(f"[[small-context]] Tell me a short story about lighthouse number {n}. rate:0").is_finished()
    summary = page.locator(".summary").last
    expect(summary).to_contain_text(re.compile("Summary up to turn \\d, originals kept"))
    summary.locator("summary").click()
    expect(summary.locator(".summary__text")).to_contain_text("lighthouse number 0")
    expect(page.locator(".message--question")).to_have_count(4)
    expect(page.locator(".notice--error")).to_have_count(0)
    page.reload()
    expect(page.locator(".summary").last).to_be_visible()


def test_the_context_is_counted_on_request_in_every_tab(ann: Person) -> None:
    tab = ann.open().sign_in("ann")
    tab.page.locator("#model summary").click()
    tab.page.locator("#model input[value='glm-4.6']").check(force=True)
    tab.page.keyboard.press("Escape")
    tab.ask("[[stall]] rate:0 Count me").is_writing("")  # whoever stops a reply is told no usage
    tab.press("Stop").is_finished()
    other = ann.open(tab.page.url.removeprefix(tab.site.address)).is_live()
    for each in (tab, other):
        each.page.locator("#gauge summary").click()
        expect(each.page.locator(".gauge__panel")).to_contain_text("estimated")
    tab.page.get_by_role("button", name="Count exactly").click()
    for each in (tab, other):
        expect(each.page.locator(".gauge__panel")).to_contain_text("as GLM counted them")
        expect(each.page.get_by_role("button", name="Count exactly")).to_have_count(0)
