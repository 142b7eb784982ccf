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


def test_a_browser_fetches_the_editions_own_dictionary_and_reads_another_page_against_what_it_has(site, page):
    until(lambda: httpx.get(f"{site.url}/assets/ja.dictionary").status_code == 302, 60)
    answered = {}
    page.on("response", lambda response: answered.update({response.url: response}))
    with page.expect_response(lambda response: response.url.endswith(".dictionary"), timeout=20_000) as fetched:
        page.goto(f"{site.url}/")
    assert fetched.value.status == 200
    links = page.eval_on_selector_all("a[data-story]", "nodes => nodes.map(node => node.getAttribute('href'))")

    for _ in range(5):
        # The browser keeps a file as a dictionary some moments after it has it.
        page.wait_for_timeout(1500)
        page.goto(site.url + links[1])
        headers = answered[site.url + links[1]].all_headers()
        if headers.get("content-encoding") == "dcz":
            break
    else:
        pytest.fail("no page was compressed against what the browser has")
    plain = httpx.get(site.url + links[1])
    assert int(headers["content-length"]) < len(plain.content) / 4
    # It is the very page that a reader without dictionaries gets.
    assert page.title().startswith(re.search(r"<title>([^|]*) \|", plain.text)[1])
    assert page.locator("article[data-story]").count() == 1
    assert page.locator("body > footer").count() == 1


def test_the_next_story_is_fetched_ahead_when_a_reader_points_at_it(site, page):
    front = httpx.get(f"{site.url}/live/ranking.json?language=ja").json()["items"]
    page.goto(site.url + front[0]["url"])
    link = page.locator("[data-slot=next] a").first
    with page.context.expect_event("request", lambda request: "prefetch" in request.headers.get("sec-purpose", ""), timeout=15_000):
        link.scroll_into_view_if_needed()
        link.hover()
