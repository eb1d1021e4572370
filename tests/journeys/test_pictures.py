"""Pictures: pasted, dropped, chosen, refused, sent, looked at after a reload, and deleted. On a desk and on a phone."""

from __future__ import annotations

import base64

import pytest
from playwright.sync_api import Browser, FilePayload, expect

from tests.imaging.files import picture, saved
from tests.journeys.browser import Tab, person
from tests.served.site import Site

RED = saved(picture(300, 200, colour=(215, 35, 35)), "PNG")
BLUE = saved(picture(200, 300, colour=(35, 75, 215)), "JPEG")

# What a browser hands over when somebody pastes or drops a file.
HAND_OVER = """(element, [type, name, data]) => {
  const files = new DataTransfer();
  files.items.add(new File([Uint8Array.from(atob(data), (c) => c.charCodeAt(0))], name, { type: "image/png" }));
  const event = type === "paste"
    ? new ClipboardEvent(type, { clipboardData: files, bubbles: true, cancelable: true })
    : new DragEvent(type, { dataTransfer: files, bubbles: true, cancelable: true });
  element.dispatchEvent(event);
}"""


def hand_over(tab: Tab, how: str, name: str, data: bytes) -> None:
    tab.box.evaluate(HAND_OVER, [how, name, base64.b64encode(data).decode()])


def file(name: str, data: bytes) -> FilePayload:
    return {"name": name, "mimeType": "image/png", "buffer": data}


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
def test_pictures_are_brought_sent_and_looked_at(browser: Browser, site: Site, width: int, height: int) -> None:
    with person(browser, site, viewport={"width": width, "height": height}, has_touch=width < 500) as ann:
        tab = ann.open().sign_in("ann").is_live()
        page = tab.page
        tray = page.locator("#tray .composer__file")

        hand_over(tab, "paste", "red.png", RED)
        expect(tray).to_have_count(1)
        hand_over(tab, "drop", "page.png", b"<!doctype html>")
        failed = page.locator(".composer__file--failed")
        expect(failed).to_contain_text("This is no picture that can be read.")
        failed.get_by_role("button").click()
        page.set_input_files("#picture", [file("blue.jpg", BLUE)])
        expect(tray).to_have_count(2)

        tray.first.get_by_label("Describe red.png").click()
        page.get_by_label("What it shows, for those who cannot see it").first.fill("A red field")
        page.get_by_role("button", name="Keep", exact=True).click()
        expect(tray.first.get_by_alt_text("A red field")).to_be_visible()
        page.get_by_role("button", name="Put red.png later").click()
        expect(tray.last.get_by_alt_text("A red field")).to_be_visible()
        page.reload()
        expect(tray.last.get_by_alt_text("A red field")).to_be_visible()

        tab.is_live()
        expect(page.get_by_text("The chosen model cannot see pictures.")).to_be_visible()
        page.get_by_role("button", name="Use glm-5.3-flash").click()
        expect(page.get_by_text("The chosen model cannot see pictures.")).to_be_hidden()
        if not page.evaluate("isTouched()"):  # there a keyboard would come up
            expect(tab.box).to_be_focused()
        tab.ask("What do you see?").is_finished()
        expect(tray).to_have_count(0)
        shown = tab.questions.last.locator("a[data-picture]")
        expect(shown).to_have_count(2)
        expect(tab.replies.last).to_contain_text("200 × 300 pixels, mostly blue")
        expect(tab.replies.last).to_contain_text("300 × 200 pixels, mostly red")

        page.reload()
        shown.first.click()
        viewer = page.get_by_role("dialog", name="Picture")
        expect(viewer.get_by_role("img")).to_have_js_property("naturalWidth", 200)
        page.keyboard.press("ArrowRight")
        expect(viewer.get_by_alt_text("A red field")).to_have_js_property("naturalWidth", 300)
        page.keyboard.press("Escape")
        expect(viewer).to_be_hidden()
        expect(shown.first).to_be_focused()

        tab.go("/pictures/")
        page.get_by_role("button", name="Delete red.png").click()
        expect(page.get_by_role("button", name="Delete red.png")).to_have_count(0)
        page.get_by_role("button", name="Delete blue.jpg").click()


def test_what_one_tab_brings_is_in_the_box_of_the_other(browser: Browser, site: Site) -> None:
    with person(browser, site) as ann, person(browser, site, viewport={"width": 390, "height": 844}) as phone:
        first = ann.open().sign_in("ann").ask("[[echo]] rate:0 Look").is_finished()
        path = first.page.url.removeprefix(first.site.address)
        second = phone.open().sign_in("ann").go(path).is_live()
        trays = [tab.page.locator("#tray .composer__file") for tab in (first, second)]
        for count, (name, data) in enumerate((("red.png", RED), ("blue.jpg", BLUE)), start=1):
            hand_over(first, "paste", name, data)
            for tray in trays:
                expect(tray).to_have_count(count)

        trays[1].first.locator("summary").click()
        words = second.page.get_by_label("What it shows, for those who cannot see it").first
        words.fill("A red fie")
        first.page.get_by_role("button", name="Put red.png later").click()
        expect(trays[1].last.locator("details[open]")).to_be_visible()
        expect(second.page.get_by_label("What it shows, for those who cannot see it").last).to_be_focused()
        second.page.keyboard.type("ld")
        second.page.keyboard.press("Enter")
        for tray in trays:
            expect(tray.last.get_by_alt_text("A red field")).to_be_visible()

        first.page.get_by_role("button", name="Use glm-5.3-flash").click()
        first.ask("[[plain]] rate:0 What do you see?")
        for tray in trays:
            expect(tray).to_have_count(0)
        expect(second.questions.last.locator("a[data-picture]")).to_have_count(2)


def test_a_full_disk_and_a_cut_upload_are_told_at_the_picture_and_cost_no_word(
    browser: Browser, own_site: Site
) -> None:
    in_the_way = own_site.data / "media" / "pictures"
    in_the_way.parent.mkdir(parents=True, exist_ok=True)
    in_the_way.write_text("As if nothing could be written here")
    with person(browser, own_site) as ann:
        tab = ann.open().sign_in("ann").is_live().type("Precious words")
        failed = tab.page.locator(".composer__file--failed")
        hand_over(tab, "paste", "red.png", RED)
        expect(failed).to_contain_text("The server has no room for it. An administrator has to make some.")
        failed.get_by_role("button").click()
        expect(failed).to_have_count(0)
        in_the_way.unlink()

        tab.page.route("**/pictures/", lambda route: route.abort())
        hand_over(tab, "paste", "red.png", RED)
        expect(failed).to_contain_text("Not sent: the connection was lost.")
        failed.get_by_role("button").click()
        tab.page.unroute("**/pictures/")
        assert not list(in_the_way.glob("*/*"))

        hand_over(tab, "paste", "red.png", RED)
        expect(tab.page.locator("#tray .composer__file")).to_have_count(1)
        tab.page.reload()
        expect(tab.box).to_have_value("Precious words")
        expect(tab.page.locator("#tray .composer__file")).to_have_count(1)
        assert len(list(in_the_way.glob("*/*"))) == 2
