"""Every kind of page, in a real browser: no error, no repeat, nothing shifted, accessible, within its promised size."""

import gzip
import re

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe

from running import Site

pytestmark = [pytest.mark.browser, pytest.mark.servers]


@pytest.fixture(scope="module")
def kinds(site: Site):
    """A path of each kind of page."""
    story = httpx.get(f"{site.url}/live/ranking.json?language=ko").json()["items"][0]["url"]
    day = re.search(r'href="(/ko/\d{4}/\d\d/\d\d)"', httpx.get(f"{site.url}/ko/archive").text)[1]
    person = re.search(r'href="(/ko/by/[^"]+)"', httpx.get(site.url + story).text)[1]
    return {
        "front": "/",
        "front-ko": "/ko",
        "front-en": "/en",
        "section": "/en/society",
        "story": story,
        "topic": "/ko/topics/sister-city",
        "topics": "/topics",
        "byline": person,
        "day": day,
        "archive": "/archive",
        "search": "/en/search?q=harbour",
        "corrections": "/en/corrections",
        "about": "/about",
        "404": "/nothing-here",
    }


NAMES = [
    "front",
    "front-ko",
    "front-en",
    "section",
    "story",
    "topic",
    "topics",
    "byline",
    "day",
    "archive",
    "search",
    "corrections",
    "about",
    "404",
]


def _note_problems(page, problems: list[str]) -> None:
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" and "404" not in message.text else None)


@pytest.mark.parametrize("name", NAMES)
def test_a_page_is_whole_and_accessible(site, browser, kinds, name):
    problems: list[str] = []
    for width, scheme in ((390, "light"), (1440, "dark")):
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        page = context.new_page()
        _note_problems(page, problems)
        page.goto(site.url + kinds[name])
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} is wider than {width} px"
        stories = page.eval_on_selector_all("[data-story]", "nodes => nodes.map(node => node.dataset.story)")
        assert len(stories) == len(set(stories))
        assert page.evaluate("document.querySelectorAll('main a, main form').length") > 0
        found = Axe().run(page)
        problems += [f"{rule['id']}: {node['html'][:120]}" for rule in found.response["violations"] for node in rule["nodes"][:3]]
        context.close()
    assert not problems


def test_a_page_keeps_its_promised_size(site, kinds):
    html = httpx.get(site.url + kinds["story"]).text
    sizes = {"html": len(gzip.compress(html.encode()))}
    for name, pattern in (("css", r'href="(/assets/[^"]+\.css)"'), ("js", r'src="(/assets/[^"]+\.js)"')):
        sizes[name] = len(gzip.compress(httpx.get(site.url + re.search(pattern, html)[1]).content))
    assert sizes["html"] <= 14_000
    assert sizes["css"] <= 12_000
    assert sizes["js"] <= 4_000


def test_no_cookie_no_third_party_no_web_font(site, browser, kinds):
    context = browser.new_context()
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(site.url + kinds["story"])
    page.wait_for_load_state("networkidle")
    assert not context.cookies()
    assert all(url.startswith(site.url) for url in asked)
    assert not [url for url in asked if url.endswith((".woff", ".woff2"))]
    assert len([url for url in asked if "/media/" not in url]) <= 5
    context.close()


def test_nothing_moves_while_a_page_loads(site, browser, kinds):
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.add_init_script(
        "window.shift = 0; new PerformanceObserver(list => { for (const each of list.getEntries()) window.shift += each.value; })"
        ".observe({type: 'layout-shift', buffered: true});"
    )
    page.goto(site.url + kinds["story"])
    page.wait_for_load_state("networkidle")
    assert page.evaluate("window.shift") < 0.01
    context.close()


def test_all_slots_are_refreshed_together_without_a_repeat(site, browser):
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{site.url}/en")
    page.evaluate("dispatchEvent(new Event('kawaraban:refresh'))")
    page.wait_for_load_state("networkidle")
    stories = page.eval_on_selector_all("[data-story]", "nodes => nodes.map(node => node.dataset.story)")
    assert stories
    assert len(stories) == len(set(stories))
    context.close()


def test_without_script_everything_can_be_read_and_found(site, browser, kinds):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site.url}/en")
    page.locator('[data-slot="lead"] a').first.click()
    assert page.locator("article h1").count() == 1
    page.fill("#q", "harbour")
    page.press("#q", "Enter")
    assert page.locator('[data-slot="sentence"]').inner_text()
    context.close()
