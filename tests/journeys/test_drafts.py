"""What is typed is there again: after a reload, in another tab, on another device; and gone once it is sent."""

import re
import uuid

from playwright.sync_api import APIResponse, Browser, Route, expect

from tests.journeys.browser import Person, Tab, person
from tests.served.site import Site
from tests.waiting import eventually

CONVERSATION = re.compile(r"/c/[0-9a-f-]{36}/$")


def path(tab: Tab) -> str:
    expect(tab.page).to_have_url(CONVERSATION)
    return tab.page.url.removeprefix(tab.site.address)


def test_a_reload_right_after_the_last_letter_loses_none(tab: Tab) -> None:
    tab.is_live().box.press_sequentially("The first sentence. And a half")
    tab.page.reload()
    expect(tab.box).to_have_value("The first sentence. And a half")
    tab.is_live().has_kept()


LATE_SAVE = """async (address) => {
  history.replaceState({draft: address}, "");
  const form = new FormData(document.getElementById("ask"));
  form.set("text", "Saved too late");
  form.set("seq", "1");
  await fetch(address, {method: "POST", body: form, headers: {"HX-Request": "true"}});
  document.dispatchEvent(new Event("chat:open"));
}"""


def test_a_save_that_comes_after_the_reloaded_page_is_found(tab: Tab) -> None:
    """The empty page has another code by then; its history names the one before."""
    expect(tab.is_live().box).to_have_value("")
    tab.page.evaluate(LATE_SAVE, f"/c/{uuid.uuid4()}/draft/")
    expect(tab.box).to_have_value("Saved too late")
    tab.is_live().has_kept()


def test_leaving_for_another_page_loses_none(tab: Tab) -> None:
    tab.ask("[[echo]] rate:0 Begun").is_finished()
    tab.box.press_sequentially("Half a thought")
    here = path(tab)
    tab.go("/conversations/").go(here)
    expect(tab.box).to_have_value("Half a thought")


def test_another_device_goes_on_where_this_one_stopped(browser: Browser, site: Site, tab: Tab) -> None:
    tab.is_live().type("Begun at the desk")
    with person(browser, site, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True) as on_the_train:
        phone = on_the_train.open("/accounts/login/")
        phone.page.get_by_label("Username").fill("ann")
        phone.page.get_by_label("Password").fill("correct horse battery staple")
        phone.page.get_by_role("button", name="Sign in").click()
        expect(phone.box).to_have_value("Begun at the desk")
        phone.is_live().type("Begun at the desk, finished on the train")
    tab.page.reload()
    expect(tab.box).to_have_value("Begun at the desk, finished on the train")


def test_a_sent_draft_leaves_every_open_tab(ann: Person, tab: Tab) -> None:
    tab.ask("[[echo]] rate:0 Begun").is_finished()
    tab.type("[[echo]] rate:0 Typed once")
    second = ann.open(path(tab)).is_live()
    expect(second.box).to_have_value("[[echo]] rate:0 Typed once")
    tab.box.press("Enter")
    expect(second.questions).to_have_count(2)
    expect(second.box).to_have_value("")
    second.page.reload()
    expect(second.box).to_have_value("")


def test_text_that_is_not_kept_yet_is_never_replaced(ann: Person, tab: Tab) -> None:
    tab.ask("[[echo]] rate:0 Begun").is_finished()
    second = ann.open(path(tab)).is_live()
    second.page.route("**/draft/", lambda route: route.abort())
    second.box.fill("Typed here, where the network is bad")
    expect(second.page.locator("kept-draft[data-state=unkept]")).to_be_attached()
    tab.ask("[[echo]] rate:0 Sent there").is_finished()
    expect(second.questions).to_have_count(2)
    assert second.box.input_value() == "Typed here, where the network is bad"
    second.page.unroute("**/draft/")
    second.box.press("End")
    second.box.press_sequentially("!")
    second.has_kept()


def test_an_answer_that_is_older_than_what_was_kept_replaces_nothing(tab: Tab) -> None:
    tab.ask("[[echo]] rate:0 Begun").is_finished()
    late: list[tuple[Route, APIResponse]] = []

    def hold(route: Route) -> None:
        if route.request.method == "GET":
            late.append((route, route.fetch()))
        else:
            route.continue_()

    tab.page.route("**/draft/", hold)
    tab.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    eventually(lambda: tab.page.evaluate("1") and late)
    tab.type("Kept meanwhile")
    ((route, answer),) = late
    with tab.page.expect_event("requestfinished", lambda request: request.method == "GET"):
        route.fulfill(response=answer)
    tab.page.evaluate("fetch(location.href).then((answer) => answer.text())")  # what came before has been dealt with
    expect(tab.box).to_have_value("Kept meanwhile")


def test_two_tabs_that_type_at_once_keep_both_texts(ann: Person, tab: Tab) -> None:
    tab.ask("[[echo]] rate:0 Begun").is_finished()
    second = ann.open(path(tab)).is_live()
    tab.type("Typed in the first")
    second.box.fill("Typed in the second")
    quarrel = second.page.get_by_role("group", name="Text from elsewhere")
    expect(quarrel).to_contain_text("Typed in the first")
    quarrel.get_by_role("button", name="Use that").click()
    expect(second.box).to_have_value("Typed in the first")
    expect(quarrel).to_contain_text("Typed in the second")
    quarrel.get_by_role("button", name="Use that").click()
    quarrel.get_by_role("button", name="Keep this").click()
    expect(quarrel).not_to_be_visible()
    second.has_kept()
    tab.page.reload()
    expect(tab.box).to_have_value("Typed in the second")


def test_sending_one_of_two_texts_leaves_the_other(ann: Person, tab: Tab) -> None:
    tab.ask("[[echo]] rate:0 Begun").is_finished()
    second = ann.open(path(tab)).is_live()
    tab.type("Typed in the first")
    second.box.fill("[[echo]] rate:0 Sent from the second")
    expect(second.page.get_by_role("group", name="Text from elsewhere")).to_be_visible()
    second.box.press("Enter")
    expect(second.questions).to_have_count(2)
    second.page.reload()
    expect(second.box).to_have_value("Typed in the first")


def test_the_empty_page_gives_its_draft_back_until_it_is_sent(ann: Person, tab: Tab) -> None:
    tab.is_live().type("[[echo]] rate:0 Not asked yet")
    second = ann.open("/").is_live()
    expect(second.box).to_have_value("[[echo]] rate:0 Not asked yet")
    second.box.press("Enter")
    expect(second.questions).to_have_count(1)
    third = ann.open("/")
    expect(third.box).to_have_value("")
    third.is_live()


def test_what_a_page_comes_with_is_kept_beside_the_draft(tab: Tab) -> None:
    """A quote that the server put into the box has been kept by nobody yet."""
    tab.ask("[[echo]] rate:0 Quote me").is_finished()
    tab.type("Before it")
    here = path(tab)
    code = str(tab.replies.last.get_attribute("id")).removeprefix("message-")
    tab.go(f"{here}?quote={code}").is_live().has_kept()
    quoted = tab.box.input_value()
    assert quoted.startswith("Before it\n\n> ")
    expect(tab.go(here).box).to_have_value(quoted)
