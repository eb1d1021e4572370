"""A long conversation and a growing reply: the view stays where the person is, and follows who was at the end."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import partial

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.browser import Tab, person
from tests.served.gates import Gate
from tests.served.site import Site
from tests.waiting import eventually

QUESTIONS = 45  # three times what a page loads
TURN = 700  # of the wheel, in pixels
STILL = 2  # pixels that rounding may cost
TOLD = 800  # numbers of a reply that counts, more than a view holds
LAST = 1_200
MAKE = """
from tests.people import long_conversation
from conversations.models import Conversation, User
made = long_conversation(User.objects.get(username="ann"), {questions}, ". Some words that fill a line. " * 12)
Conversation.objects.filter(pk=made.pk).update(title="{title}")
"""
DISTANCE = """() => {
  const root = document.scrollingElement;
  return Math.round(root.scrollHeight - root.scrollTop - root.clientHeight);
}"""
IN_SIGHT = """() => {
  const all = [...document.querySelectorAll("#messages .message")];
  return all.find((each) => each.getBoundingClientRect().bottom > 200).id;
}"""
TOP = "(id) => document.getElementById(id).getBoundingClientRect().top"


@pytest.fixture(scope="session")
def path(site: Site) -> str:
    """A long conversation, only to be read."""
    return long_path(site, QUESTIONS)


def long_path(site: Site, questions: int) -> str:
    title = f"Long {uuid.uuid4()}"
    site.manage("shell", "--no-imports", "-c", MAKE.format(questions=questions, title=title))
    [[code]] = site.rows("SELECT code FROM conversations_conversation WHERE title = ?", title)
    return f"/c/{uuid.UUID(code)}/"


def numbers(tab: Tab) -> list[int]:
    # What is far out of sight is not laid out, and has no inner text.
    texts = tab.page.locator("#messages .message__question").all_text_contents()
    return [int(text.strip().removeprefix("Question ")) for text in texts]


def distance(tab: Tab) -> int:
    """From the end, in pixels."""
    return int(tab.page.evaluate(DISTANCE))


def top(tab: Tab, element_id: str) -> float:
    return float(tab.page.evaluate(TOP, element_id))


def is_at_end(tab: Tab) -> bool:
    return distance(tab) <= STILL


def wheel(tab: Tab, by: int) -> None:
    size = tab.page.viewport_size or {}
    tab.page.mouse.move(size["width"] * 0.6, 300)
    tab.page.mouse.wheel(0, by)


def turned(tab: Tab, by: int) -> None:
    """The wheel, and what came of it: the browser is told of it before the page is."""
    before = tab.page.evaluate("scrollY")
    wheel(tab, by)
    eventually(lambda: tab.page.evaluate("scrollY") not in {before} - {0})
    tab.at_rest()


def drag_down(tab: Tab, by: int) -> None:
    """With a finger, as one goes up in a text."""
    touch = partial(tab.page.context.new_cdp_session(tab.page).send, "Input.dispatchTouchEvent")
    touch({"type": "touchStart", "touchPoints": [{"x": 200, "y": 200}]})
    for y in range(210, 200 + by, 20):
        touch({"type": "touchMove", "touchPoints": [{"x": 200, "y": y}]})
    touch({"type": "touchEnd", "touchPoints": []})


def page_up(tab: Tab) -> None:
    tab.page.evaluate("document.activeElement.blur()")
    tab.page.keyboard.press("PageUp")


class TestEarlierMessages:
    @pytest.mark.parametrize("where", ["tab", "phone"])
    def test_come_as_one_scrolls_up_and_nothing_jumps(
        self, where: str, path: str, request: pytest.FixtureRequest
    ) -> None:
        tab = request.getfixturevalue(where).go(path).is_live()
        expect(tab.questions).to_have_count(15)
        eventually(lambda: is_at_end(tab))
        for _ in range(200):
            seen = tab.page.evaluate(IN_SIGHT)
            before = top(tab, seen)
            turned(tab, -TURN)
            assert -STILL <= top(tab, seen) - before <= TURN + STILL
            if tab.page.locator("#earlier").count() == 0:
                break
        assert numbers(tab) == list(range(QUESTIONS))

    def test_come_at_the_very_top_too(self, tab: Tab, path: str) -> None:
        tab.go(path).is_live()
        expect(tab.questions).to_have_count(15)
        first = tab.questions.first.get_attribute("id")
        assert first
        # In one step: a glide may end where the earlier ones came, which is not the very top.
        tab.page.evaluate("scrollTo({top: 0, behavior: 'instant'})")
        expect(tab.questions.nth(15)).to_be_attached()
        eventually(lambda: 0 < top(tab, first) < 400)

    def test_stay_when_the_path_changes_below_them(self, tab: Tab, site: Site) -> None:
        tab.go(long_path(site, 40)).is_live()
        tab.page.locator("#earlier").scroll_into_view_if_needed()
        expect(tab.questions.nth(29)).to_be_attached()
        loaded = numbers(tab)
        tab.page.get_by_role("button", name="Answer again").last.click()
        expect(tab.replies.last).to_contain_text("2 / 2")
        tab.is_finished()
        tab.page.get_by_role("button", name="Previous alternative").last.click()
        expect(tab.replies.last).to_contain_text("1 / 2")
        assert numbers(tab)[-len(loaded) :] == loaded

    def test_are_found_by_their_address(self, tab: Tab, path: str, site: Site) -> None:
        code = uuid.UUID(path.split("/")[2]).hex
        query = (
            "SELECT m.code FROM conversations_message m JOIN conversations_conversation c ON c.id = m.conversation_id"
        )
        [[found]] = site.rows(f"{query} WHERE c.code = ? AND m.depth = 20", code)
        name = f"message-{uuid.UUID(found)}"
        tab.go(f"{path}#{name}")
        expect(tab.page.locator(f"#{name}")).to_be_in_viewport()
        expect(tab.page.locator(f"#{name}")).to_contain_text("Question 10")
        tab.page.get_by_role("link", name="Show the latest messages").click()
        expect(tab.questions.last).to_contain_text(f"Question {QUESTIONS - 1}")
        eventually(lambda: is_at_end(tab))

    def test_lead_to_the_latest_after_a_question(self, tab: Tab, site: Site) -> None:
        tab.go(long_path(site, 20)).is_live()
        earlier = str(tab.page.locator("#earlier-link").get_attribute("href"))
        tab.go(earlier).is_live()
        tab.box.fill("[[echo]] From further up")
        tab.box.press("Enter")
        expect(tab.questions.last).to_contain_text("From further up")
        tab.is_finished()


class TestTheView:
    def test_follows_who_is_at_the_end(self, phone: Tab, gate: Gate) -> None:
        begun(phone, gate)
        for number in range(TOLD + 100, TOLD + 400, 100):
            goes_on(phone, gate, number)
            eventually(lambda: is_at_end(phone))  # words come before the view has followed them

    @pytest.mark.parametrize("way", [partial(wheel, by=-150), page_up], ids=["wheel", "keyboard"])
    def test_stays_with_who_goes_up(self, tab: Tab, gate: Gate, way: Callable[[Tab], None]) -> None:
        begun(tab, gate)
        way(tab)
        self.stays_until_asked(tab, gate)

    def test_stays_with_who_goes_up_by_finger(self, phone: Tab, gate: Gate) -> None:
        begun(phone, gate)
        drag_down(phone, 300)
        self.stays_until_asked(phone, gate)

    def stays_until_asked(self, tab: Tab, gate: Gate) -> None:
        expect(tab.page.get_by_role("button", name="To the end")).to_be_visible()
        stays(tab, gate)
        tab.press("To the end")
        expect(tab.page.get_by_role("button", name="To the end")).to_be_hidden()
        goes_on(tab, gate, TOLD + 300)
        eventually(lambda: is_at_end(tab))

    def test_stays_with_who_selects(self, tab: Tab, gate: Gate) -> None:
        begun(tab, gate).page.evaluate("getSelection().selectAllChildren(document.querySelector('.message__question'))")
        stays(tab, gate)

    def test_does_not_run_away_from_a_fold_that_is_opened(self, phone: Tab) -> None:
        phone.ask("[[reasoning]] rate:0 Think").is_finished()
        phone.page.set_viewport_size({"width": 390, "height": 1_000})
        eventually(lambda: is_at_end(phone))
        head = phone.page.locator(".reasoning__head")
        expect(head).to_be_in_viewport()
        place = str(head.get_attribute("id"))
        before, height = top(phone.at_rest(), place), distance(phone)
        head.tap()
        eventually(lambda: distance(phone) > height)
        assert abs(top(phone.at_rest(), place) - before) <= STILL

    def test_is_the_same_with_less_motion(self, browser: Browser, site: Site, gate: Gate) -> None:
        with person(browser, site, reduced_motion="reduce") as ann:
            tab = begun(ann.open().sign_in("ann"), gate)
            assert tab.page.locator(".tail").evaluate("tail => tail.getAnimations({ subtree: true }).length") == 0


def begun(tab: Tab, gate: Gate) -> Tab:
    """A reply that is longer than the view, and waits; the view is at its end."""
    gate.open(TOLD)
    tab.ask(gate.counting(LAST)).is_writing(f"{TOLD:04}")
    eventually(lambda: is_at_end(tab))
    assert tab.page.evaluate("scrollY") > 0
    return tab.at_rest()


def goes_on(tab: Tab, gate: Gate, number: int) -> None:
    """The reply, up to a number."""
    gate.open(number - gate.state["passed"] - gate.state["deltas"])
    tab.is_writing(f"{number:04}")


def stays(tab: Tab, gate: Gate) -> None:
    """The view, while the reply grows."""
    question = str(tab.questions.first.get_attribute("id"))
    place = top(tab.at_rest(), question)
    goes_on(tab, gate, TOLD + 200)
    assert abs(top(tab.at_rest(), question) - place) <= STILL
