"""A message that is sent while a reply is written: it waits, in sight, and goes when the reply has ended well."""

import re

from playwright.sync_api import Browser, expect

from tests.journeys.browser import Person, Tab, person
from tests.served.gates import Gate
from tests.served.site import Site
from tests.waiting import eventually

LONG = "[[rate-20-2000]] Count."


def path(tab: Tab) -> str:
    expect(tab.page).to_have_url(re.compile(r"/c/[0-9a-f-]{36}/$"))
    return tab.page.url.removeprefix(tab.site.address)


def then(tab: Tab, text: str) -> Tab:
    """Sent behind the reply that is being written."""
    tab.box.fill(text)
    tab.box.press("Enter")
    expect(tab.box).to_have_value("")
    return tab


def test_it_waits_in_every_tab_and_goes_by_itself(ann: Person, tab: Tab, gate: Gate) -> None:
    gate.open(3)
    tab.ask(gate.counting(40)).is_writing("0003")
    second = ann.open(path(tab)).is_live()
    then(tab, "[[echo]] rate:0 And then?")
    for each in (tab, second):
        expect(each.next).to_have_text("[[echo]] rate:0 And then?")
        expect(each.page.get_by_text("Next in line:")).to_be_visible()
    gate.open()
    for each in (tab, second):
        expect(each.questions).to_have_count(2)
        expect(each.next).to_have_count(0)
        each.is_finished().is_writing("And then?")
        expect(each.replies.first).to_contain_text("0040")
    assert tab.transcript == second.transcript


def test_it_goes_when_nobody_watches(ann: Person, tab: Tab, gate: Gate) -> None:
    gate.open(3)
    tab.ask(gate.counting(40)).is_writing("0003")
    then(tab, "[[echo]] rate:0 With all tabs closed")
    expect(tab.next).to_have_count(1)
    here = path(tab)
    tab.page.close()
    gate.open()
    later = ann.open()
    eventually(lambda: later.go(here).replies.count() == 2, 60)
    later.is_finished().is_writing("With all tabs closed")


def test_what_follows_it_joins_it(tab: Tab) -> None:
    tab.ask(LONG).is_writing("0003")
    then(tab, "One thing")
    then(tab, "and another")
    expect(tab.next).to_have_text("One thing and another")
    tab.page.get_by_role("group", name="Next message").get_by_role("button", name="Edit").click()
    expect(tab.box).to_have_value("One thing\n\nand another")
    expect(tab.next).to_have_count(0)
    tab.press("Stop")


def test_a_stop_leaves_it_until_its_person_sends_it(ann: Person, tab: Tab) -> None:
    tab.ask(LONG).is_writing("0003")
    then(tab, "[[echo]] rate:0 And then?")
    tab.press("Stop")
    tab.is_finished()
    expect(tab.page.get_by_text("Not sent yet:")).to_be_visible()
    second = ann.open(path(tab)).is_live()
    expect(second.next).to_have_text("[[echo]] rate:0 And then?")
    second.press("Send now")
    for each in (tab, second):
        expect(each.questions).to_have_count(2)
        expect(each.next).to_have_count(0)
        each.is_finished().is_writing("And then?")


def test_it_can_be_taken_back_and_removed(ann: Person, tab: Tab) -> None:
    tab.ask(LONG).is_writing("0003")
    second = ann.open(path(tab)).is_live()
    then(tab, "Misspelt")
    tab.box.fill("and more")
    tab.box.focus()
    tab.page.get_by_role("group", name="Next message").get_by_role("button", name="Edit").click()
    expect(tab.box).to_have_value("Misspelt\n\nand more")
    expect(second.next).to_have_count(0)
    then(tab, "Not needed after all")
    expect(second.next).to_have_text("Not needed after all")
    second.press("Remove")
    expect(tab.next).to_have_count(0)
    tab.press("Stop")
    tab.is_finished()
    expect(tab.questions).to_have_count(1)


def test_the_arrow_takes_it_back_into_an_empty_box(tab: Tab) -> None:
    tab.ask(LONG).is_writing("0003")
    then(tab, "Misspelt")
    expect(tab.next).to_have_count(1)
    tab.box.press("ArrowUp")
    expect(tab.box).to_have_value("Misspelt")
    tab.press("Stop")


def test_it_survives_the_death_of_the_process(browser: Browser, own_site: Site) -> None:
    with person(browser, own_site) as ann:
        tab = ann.open().sign_in("ann").ask(LONG).is_writing("0040")
        then(tab, "[[echo]] rate:0 After the restart")
        expect(tab.next).to_have_count(1)
        own_site.kill()
        own_site.start()
        tab.is_live()
        expect(tab.replies.last).to_contain_text("Cut off by a restart")
        expect(tab.page.get_by_text("Not sent yet:")).to_be_visible()
        tab.press("Send now")
        expect(tab.questions).to_have_count(2)
        tab.is_finished().is_writing("After the restart")


def test_reasoning_that_was_opened_stays_open(tab: Tab, gate: Gate) -> None:
    """What waits changes nothing of the reply that is being written."""
    gate.open(3)
    tab.ask(f"[[reasoning]] {gate.word} Think")
    reasoning = tab.replies.last.locator("details.reasoning")
    reasoning.locator("summary").click()
    then(tab, "And then?")
    expect(tab.next).to_have_count(1)
    expect(reasoning).to_have_attribute("open", "")
    tab.press("Stop")


def test_on_a_phone_a_button_sends_behind_the_reply(browser: Browser, site: Site) -> None:
    with person(browser, site, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True) as somebody:
        phone = somebody.open().sign_in("bob").is_live()
        phone.box.fill(LONG)
        phone.box.press("Enter")
        expect(phone.box).to_have_value(f"{LONG}\n")
        phone.page.get_by_role("button", name="Send", exact=True).tap()
        phone.is_writing("0003")
        behind = phone.page.get_by_role("button", name="Send next")
        expect(behind).not_to_be_visible()
        phone.box.fill("And then?")
        behind.tap()
        expect(phone.next).to_have_text("And then?")
        phone.press("Stop")
        phone.is_finished()
        assert phone.page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
        phone.press("Remove")


def test_without_script_it_is_sent_changed_and_removed(browser: Browser, site: Site) -> None:
    with person(browser, site, java_script_enabled=False) as somebody:
        plain = somebody.open().sign_in("bob")
        plain.box.fill(LONG)
        plain.press("Send")
        plain.box.fill("And then?")
        plain.press("Send next")
        expect(plain.next).to_have_text("And then?")
        plain.box.fill("in the box")
        plain.press("Edit")
        expect(plain.box).to_have_value("And then?\n\nin the box")
        expect(plain.next).to_have_count(0)
        plain.press("Send next")
        plain.press("Remove")
        expect(plain.next).to_have_count(0)
        plain.press("Stop")
