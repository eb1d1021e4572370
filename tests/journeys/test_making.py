"""A picture is ordered, made a video of and played; an order that fails says why. On a desk and on a phone."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.journeys.browser import Tab

QUICK = "[[plain]] wait:0"  # the sandbox takes no time for it


def order(tab: Tab, words: str) -> None:
    tab.page.locator("#making-text").fill(words)
    tab.page.locator(".making .button--primary").click()


def test_a_picture_becomes_a_video_that_is_played(tab: Tab) -> None:
    page = tab.page
    tab.go("/make/image/")
    page.get_by_label("Model").select_option("cogview-4-250304")
    expect(page.get_by_label("Quality")).to_be_visible()
    page.get_by_label("Size").select_option("1344x768")
    order(tab, f"{QUICK} A heron at dusk")
    picture = tab.replies.last.get_by_role("img", name="Picture of turn 1")
    expect(picture).to_be_visible()
    expect(picture).to_have_js_property("naturalWidth", 1344)

    tab.replies.last.get_by_role("link", name="Make a video of it").click()
    expect(page.locator(".making__picture img")).to_be_visible()
    order(tab, f"{QUICK} It takes off")
    video = tab.replies.last.locator("video")
    expect(video).to_be_visible()
    expect(video).to_have_js_property("duration", 2)
    video.focus()
    video.press("Space")
    page.wait_for_function("() => document.querySelector('video').currentTime > 0.2")
    with page.expect_download() as saved:
        tab.replies.last.get_by_role("link", name="Download").click()
    assert saved.value.suggested_filename == "video.webm"

    tab.replies.first.get_by_role("button", name="Ask about it").click()
    expect(page.locator("#tray .composer__file")).to_have_count(1)


def test_an_order_that_fails_says_why_on_a_phone(phone: Tab) -> None:
    phone.go("/make/video/")
    order(phone, "")
    expect(phone.page.locator("#making-text-error")).to_have_text("Say what is to be seen.")
    order(phone, "[[later-fail]] wait:0 A heron")
    expect(phone.page.get_by_role("heading", name="GLM had a failure of its own")).to_be_visible()
    phone.go("/jobs/?show=ended")
    expect(phone.page.locator(".job").first).to_contain_text("Failed")
    assert phone.page.evaluate("document.documentElement.scrollWidth") == 390
