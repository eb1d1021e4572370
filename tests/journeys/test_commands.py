"""Commands that are typed, and keys."""

from playwright.sync_api import Browser, Locator, expect

from tests.journeys.browser import Person, Tab, person
from tests.served.site import Site


def offered(tab: Tab) -> list[str]:
    return tab.page.locator("#commands [role=option]:visible .palette__name").all_inner_texts()


def active(tab: Tab) -> Locator:
    return tab.page.locator(f"#{tab.box.get_attribute('aria-activedescendant')}")


def command(tab: Tab, typed: str) -> Tab:
    tab.box.fill("")
    tab.box.press_sequentially(typed)
    tab.box.press("Enter")
    return tab


def test_a_slash_offers_what_makes_sense_now(tab: Tab) -> None:
    tab.is_live().box.press_sequentially("/")
    assert offered(tab) == ["/new", "/model", "/shortcuts"]
    tab.box.press("Escape")
    assert offered(tab) == []
    tab.ask("[[rate-20-2000]] Count.").is_writing("0003")
    tab.box.press_sequentially("/")
    assert "/stop" in offered(tab)
    tab.box.press("Escape")
    command(tab, "/stop")
    tab.is_finished()
    tab.box.press_sequentially("/")
    assert {"/continue", "/regenerate", "/copy", "/rename"} <= set(offered(tab))
    assert "/stop" not in offered(tab)


def test_arrows_choose_and_the_box_keeps_the_focus(tab: Tab) -> None:
    tab.is_live().box.press_sequentially("/")
    expect(active(tab)).to_have_id("command-new")
    tab.box.press("ArrowDown")
    expect(active(tab)).to_have_id("command-model")
    expect(active(tab)).to_have_attribute("aria-selected", "true")
    tab.box.press("ArrowUp")
    tab.box.press("ArrowUp")
    expect(active(tab)).to_have_id("command-shortcuts")
    expect(tab.box).to_be_focused()


def test_a_model_is_chosen_by_typing(tab: Tab) -> None:
    tab.is_live().box.press_sequentially("/mo")
    tab.box.press("Enter")
    expect(tab.box).to_have_value("/model ")
    tab.box.press_sequentially("4.6v")
    tab.box.press("Enter")
    expect(tab.box).to_have_value("")
    expect(tab.page.locator("#model :checked")).to_have_value("glm-4.6v")


def test_a_conversation_is_renamed_by_typing(tab: Tab) -> None:
    tab.ask("[[echo]] rate:0 Old name").is_finished()
    command(tab, "/rename Tides & moons")
    expect(tab.page.locator("h1")).to_have_text("Tides & moons")
    expect(tab.box).to_have_value("")
    command(tab, "/rename")
    expect(tab.page.locator("#rename")).to_be_focused()
    expect(tab.page.locator("#rename")).to_have_value("Tides & moons")


def test_replies_are_made_again_copied_and_gone_on_with(ann: Person, tab: Tab) -> None:
    ann.context.grant_permissions(["clipboard-read", "clipboard-write"])
    tab.ask("[[echo]] rate:0 Again please").is_finished()
    command(tab.marks_stay(), "/copy")
    expect(tab.page.locator("copy-button[data-state=done]")).to_have_count(1)
    assert "Again please" in tab.page.evaluate("navigator.clipboard.readText()")
    command(tab, "/regenerate")
    expect(tab.replies.last).to_contain_text("2 / 2")
    tab.is_finished()
    command(tab, "/new")
    expect(tab.page.get_by_role("heading", level=1)).to_have_text("New conversation")


def test_a_command_for_which_there_is_nothing_is_not_sent_as_a_question(tab: Tab) -> None:
    command(tab.is_live(), "/stop")
    expect(active(tab)).to_have_attribute("aria-disabled", "true")
    expect(active(tab)).to_contain_text("not possible now", use_inner_text=True)
    expect(tab.questions).to_have_count(0)
    expect(tab.box).to_have_value("/stop")


def test_other_words_after_a_slash_are_a_question(tab: Tab) -> None:
    tab.is_live().box.press_sequentially("/etc/hosts, what is it?")
    assert offered(tab) == []
    tab.box.press("Enter")
    expect(tab.questions.first).to_contain_text("/etc/hosts, what is it?")


def test_chinese_keyboards_and_words_are_understood(browser: Browser, site: Site) -> None:
    with person(browser, site, locale="zh-CN") as ann:
        tab = ann.open("/accounts/login/")
        tab.page.locator("[name=login]").fill("ann")
        tab.page.locator("[name=password]").fill("correct horse battery staple")
        tab.page.locator("[name=password]").press("Enter")
        box = tab.page.locator("#prompt")
        expect(tab.page.locator("chat-live[data-state=online]")).to_be_attached()
        for typed in ("/新对话", "／new", "、new"):
            box.fill(typed)
            assert offered(tab) == ["/new"]
        box.fill("")


def test_a_question_mark_shows_the_sheet(tab: Tab) -> None:
    tab.is_live().page.locator("h1").click()
    tab.page.keyboard.press("?")
    sheet = tab.page.get_by_role("dialog", name="Keys and commands")
    expect(sheet).to_contain_text("Edit the last question")
    expect(sheet).to_contain_text("/regenerate")
    tab.page.keyboard.press("Escape")
    expect(sheet).not_to_be_visible()
    tab.box.press_sequentially("Really?")
    expect(sheet).not_to_be_visible()
    tab.box.fill("")


def test_keys_without_a_modifier_can_be_switched_off(tab: Tab) -> None:
    tab.is_live().page.get_by_role("link", name="Keys").click()
    sheet = tab.page.get_by_role("dialog", name="Keys and commands")
    switch = sheet.get_by_role("checkbox")
    switch.uncheck()
    expect(tab.page.locator("body")).to_have_attribute("data-single-keys", "off")
    tab.page.keyboard.press("Escape")
    expect(sheet).not_to_be_visible()
    tab.page.locator("h1").click()
    for _ in range(2):
        tab.page.keyboard.press("?")
        tab.page.keyboard.press("/")
        expect(sheet).not_to_be_visible()
        expect(tab.box).not_to_be_focused()
        tab.page.reload()
        tab.is_live().page.locator("h1").click()
    tab.page.get_by_role("link", name="Keys").click()
    switch.check()
    expect(tab.page.locator("body")).to_have_attribute("data-single-keys", "on")


def test_a_slash_leads_to_the_box_and_its_commands(tab: Tab) -> None:
    tab.is_live().page.locator("h1").click()
    tab.page.keyboard.press("/")
    expect(tab.box).to_be_focused()
    expect(tab.box).to_have_value("/")
    assert "/new" in offered(tab)


def test_the_arrow_edits_the_last_question_in_an_empty_box_only(tab: Tab) -> None:
    tab.ask("[[echo]] rate:0 Change me").is_finished()
    tab.box.fill("Not empty")
    tab.box.press("ArrowUp")
    expect(tab.box).to_be_focused()
    tab.box.fill("")
    tab.box.press("ArrowUp")
    expect(tab.page.get_by_label("Question", exact=True)).to_have_value("[[echo]] rate:0 Change me")
