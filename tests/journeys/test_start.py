"""When the scripts of a page begin."""

from tests.journeys.browser import Tab

NOTE = """
new MutationObserver((changes) => {
  const added = changes.flatMap(({ addedNodes }) => [...addedNodes]);
  if (added.some((node) => node.matches?.("script[src]"))) window.begun ??= performance.now();
}).observe(document, { childList: true, subtree: true });
"""
SHIFTS = """
window.shifted = 0;
new PerformanceObserver((list) => list.getEntries().forEach(({ value }) => (shifted += value)))
  .observe({ type: "layout-shift", buffered: true });
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


def test_nothing_of_the_empty_page_moves_while_it_comes(tab: Tab) -> None:
    """What stands above the box is in the middle of what the box leaves: drawn before it, it would move."""
    tab.page.add_init_script(SHIFTS)
    tab.page.context.new_cdp_session(tab.page).send("Emulation.setCPUThrottlingRate", {"rate": 6})
    tab.go().is_live()
    assert tab.page.evaluate("shifted") < 0.001
