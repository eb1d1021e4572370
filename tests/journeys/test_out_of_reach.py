"""What the browser shows while the site cannot be reached, and what it keeps for that."""

from playwright.sync_api import Browser, expect

from tests.journeys.browser import person
from tests.served.site import Site

KEPT = """async () => {
  const stores = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
  const requests = (await Promise.all(stores.map((each) => each.keys()))).flat();
  return requests.map((request) => new URL(request.url).pathname);
}"""


def test_a_page_that_cannot_be_loaded_says_so_and_comes_by_itself(browser: Browser, own_site: Site) -> None:
    with person(browser, own_site) as ann:
        tab = ann.open().sign_in("ann")
        tab.page.evaluate("async () => { await navigator.serviceWorker.ready; }")
        assert tab.page.evaluate(KEPT) == ["/offline/en/"]
        own_site.kill()
        tab.go("/conversations/")
        expect(tab.page.locator("h1")).to_have_text("The site cannot be reached")
        own_site.start()
        expect(tab.page.locator("h1")).to_have_text("All conversations")
