"""When the scripts of a page begin."""

from tests.journeys.browser import Tab

NOTE = """
new MutationObserver((changes) => {
  const added = changes.flatMap(({ addedNodes }) => [...addedNodes]);
  if (added.some((node) => node.matches?.("script:not([async])"))) window.begun ??= performance.now();
}).observe(document, { childList: true, subtree: true });
"""
DRAWN = "performance.getEntriesByName('first-contentful-paint')[0].startTime"


def test_a_page_is_drawn_before_its_scripts_begin(tab: Tab) -> None:
    tab.page.add_init_script(NOTE)
    tab.go().is_live()
    assert tab.page.evaluate(f"begun >= {DRAWN}")


def test_a_page_that_is_never_drawn_has_its_scripts_all_the_same(tab: Tab) -> None:
    """As in the background; headless tabs are all drawn, so that it is only not told."""
    tab.page.add_init_script("PerformanceObserver = class { observe() {} }")
    tab.go().is_live()
