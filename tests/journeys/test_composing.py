"""Input methods keep their keys, in every box that takes text. Chrome's order comes from a real composition; Safari's,
where the word is finished before its Enter arrives, is dispatched as WebKit does."""

import pytest
from playwright.sync_api import CDPSession, Locator, expect

from tests.journeys.browser import Person, Tab

ENTER = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 229, "nativeVirtualKeyCode": 229}
SAFARI = """(box) => {
  box.dispatchEvent(new CompositionEvent("compositionstart", {bubbles: true}));
  box.dispatchEvent(new CompositionEvent("compositionend", {bubbles: true, data: "你好"}));
  const enter = new KeyboardEvent("keydown", {key: "Enter", keyCode: 229, bubbles: true, cancelable: true});
  return box.dispatchEvent(enter);
}"""
HEARD = """(box) => {
  box.heard = [];
  for (const name of ["keydown", "submit"]) {
    document.addEventListener(name, (event) => box.heard.push(`${name} ${event.key ?? ""}`));
  }
}"""


@pytest.fixture
def keyboard(ann: Person, tab: Tab) -> CDPSession:
    return ann.context.new_cdp_session(tab.page)


def compose(keyboard: CDPSession, box: Locator) -> None:
    """Types "ni hao" with an input method and confirms the word with Enter."""
    box.focus()
    keyboard.send("Input.imeSetComposition", {"text": "ni hao", "selectionStart": 6, "selectionEnd": 6})
    keyboard.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **ENTER})
    keyboard.send("Input.insertText", {"text": "你好"})
    keyboard.send("Input.dispatchKeyEvent", {"type": "keyUp", **ENTER})


def test_enter_that_confirms_a_word_sends_nothing(tab: Tab, keyboard: CDPSession) -> None:
    tab.is_live()
    compose(keyboard, tab.box)
    expect(tab.box).to_have_value("你好")
    expect(tab.questions).to_have_count(0)
    tab.box.press("Enter")
    expect(tab.questions).to_have_count(1)


def test_enter_after_the_word_of_safari_sends_nothing(tab: Tab) -> None:
    tab.is_live().box.fill("你好")
    assert tab.box.evaluate(SAFARI), "the input method's Enter was taken away from it"
    expect(tab.questions).to_have_count(0)
    expect(tab.box).to_have_value("你好")


def test_a_name_is_not_given_before_its_word_is_finished(tab: Tab, keyboard: CDPSession) -> None:
    tab.ask("[[echo]] rate:0 Old name").is_finished()
    tab.page.get_by_label("More", exact=True).click()
    name = tab.page.locator("#rename")
    name.fill("")
    compose(keyboard, name)
    assert name.evaluate(SAFARI)
    expect(name).to_have_value("你好")
    expect(tab.page.locator("h1")).not_to_have_text("你好")
    name.press("Enter")
    expect(tab.page.locator("h1")).to_have_text("你好")


def test_no_listener_of_the_page_hears_keys_of_an_input_method(tab: Tab, keyboard: CDPSession) -> None:
    """Edits, the name in the list, the words of a report and whatever comes have this from the one module."""
    tab.ask("[[echo]] rate:0 Edit me").is_finished()
    report = str(tab.page.locator('a[href$="/report/"]').get_attribute("href"))
    tab.page.get_by_role("link", name="Edit and ask again").click()
    hears_nothing_of_an_input_method(tab.page.locator("edit-message textarea"), keyboard)
    tab.page.locator("edit-message [data-cancel]").click()
    tab.page.keyboard.press("F2")
    hears_nothing_of_an_input_method(tab.page.locator("rename-entry [name=title]"), keyboard)
    hears_nothing_of_an_input_method(tab.go(report).page.locator("#report textarea"), keyboard)


def hears_nothing_of_an_input_method(box: Locator, keyboard: CDPSession) -> None:
    box.evaluate(HEARD)
    compose(keyboard, box)
    box.evaluate(SAFARI)
    assert box.evaluate("box => box.heard") == []
    box.press("End")
    assert box.evaluate("box => box.heard") == ["keydown End"]


def test_an_open_list_of_commands_leaves_the_arrows_to_the_input_method(tab: Tab) -> None:
    tab.is_live().box.fill("/")
    active = tab.box.get_attribute("aria-activedescendant")
    tab.box.evaluate("""box => box.dispatchEvent(
      new KeyboardEvent("keydown", {key: "ArrowDown", isComposing: true, keyCode: 229, bubbles: true}))""")
    assert tab.box.get_attribute("aria-activedescendant") == active
