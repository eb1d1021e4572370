"""HTTP tools from the administrators' pages to a reply: made, tried, told to ask, and used."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.browser import Tab, person
from tests.served.site import Site

TOOLS = "/admin/conversations/httptool/"
SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string", "description": "Which city"}},
    "required": ["city"],
}


@pytest.fixture
def rita(browser: Browser, site: Site) -> Iterator[Tab]:
    with person(browser, site) as somebody:
        yield somebody.open().sign_in("rita")


def test_a_tool_is_made_and_tried_and_leads_nowhere_inside(rita: Tab) -> None:
    page, name = rita.go(f"{TOOLS}add/").page, f"inside_{uuid.uuid4().hex[:8]}"
    page.locator("#id_name").fill(name)
    page.locator("#id_label").fill("Inside")
    page.locator("#id_description").fill("What is inside")
    page.locator("#id_parameters").fill(json.dumps(SCHEMA))
    page.locator("#id_url").fill(f"{rita.site.address.replace('http:', 'https:')}/{{town}}")
    page.locator("#id_secret_lines").fill("X-Key: very-secret")
    page.locator("#id_reason").fill("as agreed")
    page.locator("[name=_continue]").click()
    expect(page.get_by_text("There is a place for {town}, which the schema does not name.")).to_be_visible()
    page.locator("#id_url").fill(f"{rita.site.address.replace('http:', 'https:')}/{{city}}")
    page.locator("[name=_continue]").click()
    expect(page.locator(".field-preview")).to_contain_text("Which city")
    expect(page.locator(".field-kept_secrets")).to_contain_text("X-Key")
    assert "very-secret" not in page.content()
    page.get_by_role("link", name="Try it").click()
    page.get_by_label("city").fill("Kiel")
    rita.press("Call it")
    expect(page.get_by_role("alert")).to_contain_text("not a public one, so it was not asked")
    expect(page.locator("pre")).to_contain_text("/Kiel")
    expect(page.locator("pre")).to_contain_text("X-Key: [secret]")


def set_approval(tab: Tab, approval: str) -> None:
    page = tab.go(TOOLS).page
    page.get_by_role("link", name="query_train_info").click()
    page.locator("#id_approval").select_option(approval)
    page.locator("#id_reason").fill("as agreed")
    page.locator("[name=_save]").click()
    expect(page.locator(".messagelist")).to_contain_text("was changed successfully")


def test_a_tool_that_is_told_to_ask_asks_and_is_used(rita: Tab) -> None:
    set_approval(rita, "always")
    try:
        rita.go("/").is_live().ask("明天从北京到上海的火车有哪些？ rate:0")
        asked = rita.page.locator(".tool-call--asked")
        expect(asked).to_contain_text("北京")
        expect(asked).to_contain_text("上海")
        rita.press("Allow")
        rita.is_finished()
        call = rita.page.locator(".tool-call").first
        expect(call).to_contain_text("Trains")
        expect(call).to_contain_text("Done")
        expect(call).to_contain_text("second_class_cny")
    finally:
        set_approval(rita, "never")
