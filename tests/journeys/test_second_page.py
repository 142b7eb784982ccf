"""The second page costs less: a real browser is answered against what it has, and fetches ahead what is likely to be read."""

import re

import httpx
import pytest

from running import until

pytestmark = [pytest.mark.browser, pytest.mark.servers]


@pytest.fixture
def page(browser):
    context = browser.new_context()
    yield context.new_page()
    context.close()


def test_a_browser_reads_the_second_page_against_the_first(site, page):
    answered = {}
    page.on("response", lambda response: answered.update({response.url: response}))
    page.goto(f"{site.url}/")
    links = page.eval_on_selector_all("a[data-story]", "nodes => nodes.map(node => node.getAttribute('href'))")
    for link in links[1:6]:
        # The browser keeps a page as a dictionary some moments after it has shown it.
        page.wait_for_timeout(1500)
        page.goto(site.url + link)
        if answered[site.url + link].all_headers().get("content-encoding") == "dcz":
            break
    else:
        pytest.fail("no page was compressed against the page before")
    # It is the very page that a reader without dictionaries gets.
    headline = re.search(r"<title>([^|]*) \|", httpx.get(site.url + link).text)[1]
    assert page.title().startswith(headline)
    assert page.locator("article[data-story]").count() == 1
    assert page.locator("body > footer").count() == 1


def test_a_browser_fetches_the_editions_own_dictionary(site, browser):
    until(lambda: httpx.get(f"{site.url}/assets/ja.dictionary").status_code == 302, 60)
    context = browser.new_context()
    page = context.new_page()
    with page.expect_response(lambda response: response.url.endswith(".dictionary"), timeout=20_000) as fetched:
        page.goto(f"{site.url}/about")
    assert fetched.value.status == 200
    context.close()


def test_the_next_story_is_fetched_ahead_when_a_reader_points_at_it(site, page):
    front = httpx.get(f"{site.url}/live/ranking.json?language=ja").json()["items"]
    page.goto(site.url + front[0]["url"])
    link = page.locator("[data-slot=next] a").first
    with page.context.expect_event("request", lambda request: "prefetch" in request.headers.get("sec-purpose", ""), timeout=15_000):
        link.scroll_into_view_if_needed()
        link.hover()
