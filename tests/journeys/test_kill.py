"""The site dies in mid-reply; the page finds its way back by itself."""

import re

from playwright.sync_api import Browser, expect

from tests.journeys.browser import person
from tests.served.site import Site


def test_a_killed_site_costs_a_second_at_most_and_everything_goes_on(browser: Browser, own_site: Site) -> None:
    with person(browser, own_site) as ann:
        tab = ann.open().sign_in("ann").ask("[[rate-40-2000]] Count.").is_writing("0080")
        own_site.kill()
        seen = len(re.findall(r"\d{4}", tab.text))
        expect(tab.page.locator("chat-live[data-state=offline]")).to_be_attached()
        tab.box.fill("[[echo]] Written meanwhile")
        own_site.start()
        tab.is_live()
        expect(tab.replies.last).to_contain_text("Cut off by a restart")
        kept = re.findall(r"\d{4}", tab.text)
        assert kept == [f"{n:04}" for n in range(1, len(kept) + 1)]
        assert len(kept) >= seen - 40
        assert tab.box.input_value() == "[[echo]] Written meanwhile"
        tab.box.press("Enter")
        expect(tab.replies).to_have_count(2)
        tab.is_finished().is_writing("Written meanwhile")
