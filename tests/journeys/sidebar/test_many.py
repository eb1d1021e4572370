"""Ten thousand conversations."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.journeys.browser import Person

from .lists import Seed, items


class TestTenThousand:
    def test_are_loaded_as_one_scrolls_without_a_double(self, lister: Person, seed: Seed) -> None:
        seed(*((f"Number {n}.", n // 30) for n in range(10_000)))
        tab = lister.tabs[0].go().is_live()
        expect(items(tab.page)).to_have_count(50)
        items(tab.page).first.focus()
        for loaded in (100, 150, 200):
            tab.page.keyboard.press("End")
            expect(items(tab.page)).to_have_count(loaded)
        names = tab.page.locator("#conversations .sidebar__name").all_text_contents()
        assert names == [f"Number {n}." for n in range(200)]
        headings = tab.page.locator("#conversations h2").all_text_contents()
        assert len(headings) == len(set(headings))
        second = lister.open("/").is_live()
        second.page.get_by_role("link", name="Number 40.", exact=True).click()
        second.ask("[[echo]] rate:0 Up").is_finished()
        expect(items(tab.page).first).to_contain_text("Number 40.")
        expect(items(tab.page)).to_have_count(200)

    def test_open_as_quickly_as_fifty(self, lister: Person, seed: Seed) -> None:
        def bytes_of_the_page() -> int:
            return len(lister.context.request.get(f"{lister.site.address}/").body())

        seed(*(f"Number {n}." for n in range(10, 60)))
        few = bytes_of_the_page()
        seed(*(f"Number {n}." for n in range(10, 10_010)))
        assert bytes_of_the_page() < few * 1.05
