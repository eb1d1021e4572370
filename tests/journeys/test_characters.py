"""Somebody makes a character, brings another from a card, and talks with both."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.characters.files import card, with_card
from tests.journeys.browser import Tab
from tests.pictures.bringing import png


def test_a_character_is_made_with_a_picture_and_talked_with(tab: Tab) -> None:
    page = tab.go("/characters/new/").page
    page.get_by_label("Name", exact=True).fill("Olga")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#bot_info")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Who the character is").fill("{{char}} keeps a lighthouse.")
    page.get_by_role("textbox", name="First words").fill("Mind the **stairs**, {{user}}.")
    page.set_input_files("#face", [{"name": "o.png", "mimeType": "image/png", "buffer": png("teal")}])
    page.get_by_label("Model").select_option("emohaa")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Talk with Olga").click()
    expect(page.locator(".greeting")).to_contain_text("Mind the stairs, ann.")
    expect(page.locator(".greeting strong")).to_have_text("stairs")
    expect(page.locator(".greeting img")).to_have_js_property("naturalWidth", 20)
    tab.ask("Who is there?").is_finished()
    expect(tab.replies.last).to_contain_text("Olga looks up.")
    expect(page.locator(".greeting .opening__else")).to_be_hidden()
    page.reload()
    expect(page.locator("#character")).to_contain_text("Olga")
    expect(page.locator(".greeting")).to_contain_text("Mind the stairs, ann.")


def test_a_card_is_looked_at_on_a_phone_before_it_is_saved(phone: Tab) -> None:
    page = phone.go("/characters/card/").page
    page.set_input_files("#card", [{"name": "x.png", "mimeType": "image/png", "buffer": png()}])
    phone.press("Read it")
    expect(page.locator("#card-error")).to_contain_text("There is no character in this file.")
    elsa = with_card(card(3)).getvalue()
    page.set_input_files("#card", [{"name": "elsa.png", "mimeType": "image/png", "buffer": elsa}])
    phone.press("Read it")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Captain Elsa")
    expect(page.get_by_text("Kept with the card, and not used here:")).to_contain_text("character_book")
    phone.press("Save")
    phone.press("Talk with Captain Elsa")
    expect(page.locator(".greeting")).to_contain_text(re.compile("Can't sleep either, \\w+\\?"))
    expect(page.locator("#character")).to_be_visible()
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390
