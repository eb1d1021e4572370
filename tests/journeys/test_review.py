"""Flagged replies from the flag to the outcome: author, two reviewers and an administrator, each with a browser."""

from __future__ import annotations

import re
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.imaging.files import picture, saved
from tests.journeys.browser import Person, Tab, person
from tests.served.prepared import Prepared
from tests.served.site import Site

UNDO = 2  # seconds: long enough to be seen, short enough to be waited for
FLAGGED = "[[sensitive-output]] rate:0"


@pytest.fixture
def site(prepared: Prepared, tmp_path: Path) -> Iterator[Site]:
    """One for each: what is flagged elsewhere would stand in its queue, and outcomes are to come soon."""
    with prepared.site(tmp_path / "data", CHATSITE_REVIEW_UNDO=UNDO, CHATSITE_SWEEP=0.3) as served:
        yield served


@pytest.fixture
def people(browser: Browser, site: Site) -> Iterator[dict[str, Person]]:
    with ExitStack() as stack:
        everybody = {name: stack.enter_context(person(browser, site)) for name in ("ann", "ivy", "max", "rita")}
        for name, somebody in everybody.items():
            somebody.open().sign_in(name)
        yield everybody


def needs_two(rita: Person) -> None:
    """The administrator wants a second person for the release of whatever GLM itself has stopped."""
    page = rita.open("/admin/conversations/flagrule/add/").page
    page.locator("#id_source").select_option("finish")
    page.locator("#id_needs_second").check()
    page.locator("#id_reason").fill("Two see more than one")
    page.locator("[name=_save]").click()
    expect(page.locator(".messagelist .success")).to_be_visible()


def held(tab: Tab) -> Locator:
    return tab.page.get_by_role("heading", name="This reply is withheld until a person has looked")


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def desk(somebody: Person, path: str = "/review/") -> Tab:
    return somebody.open(path).is_live()


def is_at_a_case(tab: Tab) -> str:
    """Its number, once the page of a case is there and live."""
    tab.page.wait_for_url(re.compile(r"/review/[0-9a-f-]{36}/$"))
    return tab.is_live().page.locator("h1").inner_text().split()[0]


def test_a_reply_is_withheld_and_given_back_by_two(people: dict[str, Person]) -> None:
    ann, ivy, second = people["ann"], people["ivy"], people["max"]
    needs_two(people["rita"])
    beside, queue = desk(ivy, "/"), desk(ivy)
    expect(queue.page.get_by_text("Nobody waits for you")).to_be_visible()
    tab = ann.open("/")
    tab.ask(f"{FLAGGED} Tell me").is_finished()
    other_tab = ann.open(tab.page.url.removeprefix(tab.site.address)).is_live()
    for each in (tab, other_tab):
        expect(held(each)).to_be_visible()
        expect(each.page.get_by_text("With the reviewers")).to_be_visible()
    expect(beside.page.locator("#review-count")).to_contain_text("1")
    expect(queue.page.locator("#desk-newer")).to_contain_text("1 new case")
    expect(queue.page.locator("#count-undecided")).to_have_text("1")

    press(queue.page, "n")
    number = is_at_a_case(queue)
    expect(queue.page.get_by_text("a second person confirms a release")).to_be_visible()
    press(queue.page, "s")
    expect(queue.page.locator(".evidence .prose")).to_be_visible()
    press(queue.page, "r", "1", "Enter")  # the fifth key
    expect(queue.page.get_by_text(f"{number} waits for a second person.")).to_be_visible()
    assert held(tab).is_visible()

    agreeing = desk(second)
    press(agreeing.page, "j", "Enter")
    assert is_at_a_case(agreeing) == number
    expect(agreeing.page.get_by_role("heading", name="ivy proposes to release it")).to_be_visible()
    press(agreeing.page, "r", "Enter")
    expect(agreeing.page.get_by_text(f"{number}: released")).to_be_visible()
    for each in (tab, other_tab):
        expect(each.page.locator(".message .status--done")).to_be_visible()
        expect(held(each)).to_have_count(0)
        assert len(each.text) > 100
    expect(tab.page.locator("#notices")).to_contain_text("released it. It is back in its place.")
    expect(agreeing.page.get_by_text(f"{number}: released")).to_have_count(0)
    expect(beside.page.locator("#review-count")).to_have_text("")


def test_a_reported_reply_is_upheld_and_a_lost_role_loses_nothing_typed(people: dict[str, Person], site: Site) -> None:
    ann, ivy, second, rita = people["ann"], people["ivy"], people["max"], people["rita"]
    tab = ann.open("/").ask("[[echo]] rate:0 Something bad").is_finished()
    tab.page.locator(".message--reply .menu > summary").last.click()
    tab.page.get_by_role("link", name="Report this reply").last.click()
    tab.page.get_by_label("Harmful or dangerous").check()
    tab.page.get_by_label("In your words").fill("My neighbour could read this.")
    tab.press("Report")
    tab.is_live()
    expect(tab.page.get_by_role("heading", name="A person will look at this")).to_be_visible()

    losing = desk(ivy)
    press(losing.page, "n")
    number = is_at_a_case(losing)
    expect(losing.page.get_by_text("My neighbour could read this.")).to_be_visible()
    press(losing.page, "s")
    shown = losing.page.locator(".evidence .prose")
    expect(shown).to_contain_text("Something bad")
    losing.page.get_by_label("Note").fill("I was about to say")
    change_role(rita, "ivy")
    expect(losing.page.get_by_text("You may not review any more.")).to_be_visible()
    expect(shown).to_be_hidden()
    losing.page.get_by_label("Uphold").check()
    losing.page.get_by_label("Dangerous for life or health").check()
    losing.page.get_by_role("button", name="Uphold, then next").click()
    expect(losing.page.get_by_text("Nothing was decided.")).to_be_visible()
    expect(losing.page.locator("textarea[name=text]")).to_have_value("I was about to say")

    upholding = desk(second)
    upholding.page.get_by_role("link", name=number, exact=True).click()
    is_at_a_case(upholding)
    upholding.page.get_by_role("button", name="Show").click()
    expect(upholding.page.locator(".evidence .prose")).to_contain_text("Something bad")
    press(upholding.page, "u", "5", "Enter")
    expect(upholding.page.get_by_text(f"{number}: upheld")).to_be_visible()
    upholding.page.get_by_role("button", name="Take back").click()
    assert is_at_a_case(upholding) == number
    press(upholding.page, "u", "5", "Enter")
    expect(tab.page.get_by_role("heading", name="Not released after review")).to_be_visible()
    expect(tab.page.get_by_text("The reason: Dangerous for life or health", exact=True)).to_be_visible()
    assert "Something bad" not in tab.replies.last.inner_text()
    expect(tab.page.locator("#notices")).to_contain_text("decided that it stays withheld")
    change_role(rita, "ivy", may_review=True)
    tampering_is_named(site)


def test_pictures_of_a_case_are_shown_one_by_one_and_together(people: dict[str, Person]) -> None:
    ann, second = people["ann"], people["max"]
    tab = ann.open("/").is_live()
    files = [saved(picture(30, 20, colour=colour), "PNG") for colour in ("red", "blue", "lime")]
    for number, data in enumerate(files, start=1):
        tab.page.set_input_files("#picture", [{"name": f"{number}.png", "mimeType": "image/png", "buffer": data}])
        expect(tab.page.locator("#tray .composer__file")).to_have_count(number)
    tab.page.get_by_role("button", name="Use glm-5.3-flash").click()
    tab.ask("[[sensitive-output]] rate:0 What is on these?").is_finished()
    expect(held(tab)).to_be_visible()

    page = desk(second).page
    page.get_by_role("link", name=re.compile("^C-")).first.click()
    page.locator("[data-show]").click()
    expect(page.get_by_text("3 pictures are out of focus.")).to_be_visible()
    page.get_by_label("Note").fill("What I think")
    page.get_by_role("button", name="Show picture 2, which is written to the register").click()
    shown = page.locator(".case-picture__link")
    expect(shown).to_have_count(1)
    expect(shown).to_be_focused()
    expect(shown.locator("img")).to_have_js_property("naturalWidth", 30)
    page.keyboard.press("p")
    expect(shown).to_have_count(3)
    expect(page.get_by_text("out of focus")).to_have_count(0)
    shown.first.click()
    expect(page.get_by_role("dialog", name="Picture").get_by_role("img")).to_have_js_property("naturalWidth", 30)
    page.keyboard.press("Escape")
    expect(page.get_by_label("Note")).to_have_value("What I think")
    page.reload()
    expect(page.get_by_text("Looked at a picture ×")).to_be_visible()


def change_role(rita: Person, name: str, *, may_review: bool = False) -> None:
    page = rita.open("/people/").page
    page.get_by_role("link", name=name, exact=True).click()
    page.locator("input[value=reviewer]").set_checked(may_review)
    page.locator("#roles-reason").fill("Has another task now")
    page.get_by_role("button", name="Change roles").click()
    expect(page.locator(".people__told")).to_be_visible()


def tampering_is_named(site: Site) -> None:
    """Somebody with the file in their hands changes what was decided."""
    site.manage("verify_evidence")
    with closing(sqlite3.connect(Path(site.data) / "chatsite.sqlite3", timeout=20)) as database:
        guards = database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _sql in guards:
            database.execute(f'DROP TRIGGER "{name}"')
        [last] = database.execute("SELECT max(seq) FROM conversations_evidenceentry").fetchone()
        database.execute("UPDATE conversations_evidenceentry SET kind = 'seen' WHERE seq = ?", [last])
        for _name, sql in guards:
            database.execute(sql)
        database.commit()
    with pytest.raises(subprocess.CalledProcessError) as found:
        site.manage("verify_evidence")
    assert f"Entry {last} is" in found.value.stderr
