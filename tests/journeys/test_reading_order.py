"""What docs/screen-reader.md says is what a screen reader meets."""

from tests.journeys import reading_order
from tests.journeys.browser import Tab
from tests.served.site import Site


def within_main(lines: list[str]) -> list[str]:
    start = lines.index("main")
    return lines[start : next(i for i in range(start + 1, len(lines)) if not lines[i].startswith(" "))]


def landmarks(lines: list[str]) -> list[str]:
    roles = ("navigation", "complementary", "banner", "main", "log", "form")
    return [line for line in lines if line.startswith(roles)]


def test_the_document_tells_the_truth(tab: Tab, site: Site) -> None:
    found = reading_order.lines(tab.go(reading_order.path_of_tour(site)).is_live().page)
    written = reading_order.written()
    assert within_main(found) == within_main(written), "renew it: python -m tests.journeys.reading_order"
    assert landmarks(found) == landmarks(written)
