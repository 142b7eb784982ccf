"""When an open page tells that it is read, and what it tells when it is left: seen, not seen, rendered ahead, come back to."""

import json
import shutil
import subprocess

import pytest

from journeys.ahead import Way
from kawaraban.delivery.vitals import vitals_of
from kawaraban.project.env import read_environment
from running import until

pytestmark = [pytest.mark.browser, pytest.mark.servers]

BROWSERS = ["chromium", "chromium-browser", "google-chrome"]
AGENT = "Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36 Chrome/156.0.0.0 Mobile Safari/537.36 Reading/1"
# What a browser says of a page that it keeps in the background; the test says when that ends.
HIDDEN = """
let hidden = true;
Object.defineProperty(document, "visibilityState", { get: () => (hidden ? "hidden" : "visible") });
window.show = (on) => { hidden = !on; document.dispatchEvent(new Event("visibilitychange")); };
"""
# Timers that come before their time, from before the page's own scripts begin.
EARLY = """
document.addEventListener("readystatechange", () => {
  const later = window.setTimeout;
  window.setTimeout = (work, wait, ...more) => later(work, Math.max(0, wait - 20), ...more);
}, { once: true });
"""
COME_BACK = "dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))"


def found_browser():
    return next(path for name in BROWSERS if (path := shutil.which(name)))


@pytest.fixture
def reading(browser, site, paths):
    """Opens a story and returns the page and the messages that it sends, as they come."""
    contexts = []

    def one(script="", **options):
        context = browser.new_context(
            viewport={"width": 390, "height": 844}, locale="ja", user_agent=AGENT, service_workers="block", **options
        )
        contexts.append(context)
        told = []
        context.on("request", lambda request: request.url.endswith("/read") and told.append(json.loads(request.post_data or "null")))
        page = context.new_page()
        if script:
            page.add_init_script(script)
        # Hours go by without anybody waiting for them.
        page.clock.install()
        page.goto(site.url + paths["story", "ja"])
        return page, told

    yield one
    for context in contexts:
        context.close()


def pass_time(page, seconds):
    page.clock.run_for(seconds * 1000)
    page.wait_for_timeout(100)


def test_a_page_tells_once_when_it_was_visible_for_three_seconds(reading):
    page, told = reading()
    pass_time(page, 2)
    assert told == []
    pass_time(page, 2)
    until(lambda: page.wait_for_timeout(20) or told)
    assert (told[0]["scrolled"], told[0]["visible_ms"] >= 3000, told[0].get("left")) == (False, True, None)
    pass_time(page, 60)
    assert len(told) == 1


def test_a_timer_that_comes_early_is_no_read_that_is_lost(reading):
    """Browsers cut a wait to whole milliseconds; a page that told of 2,999 would not be counted."""
    page, told = reading(EARLY)
    pass_time(page, 4)
    until(lambda: page.wait_for_timeout(20) or told)
    assert [one["visible_ms"] >= 3000 for one in told] == [True]


def test_a_page_that_is_scrolled_tells_at_once(reading):
    page, told = reading()
    page.evaluate("scrollTo(0, 600)")
    until(lambda: page.wait_for_timeout(20) or told)
    assert told[0]["scrolled"] is True


def test_a_page_in_the_background_tells_when_it_was_looked_at_for_three_seconds_in_all(reading):
    page, told = reading(HIDDEN)
    pass_time(page, 60)
    assert told == []
    for _ in range(2):
        page.evaluate("show(true)")
        pass_time(page, 1)
        page.evaluate("show(false)")
        pass_time(page, 30)
    assert told == []
    page.evaluate("show(true)")
    pass_time(page, 2)
    until(lambda: page.wait_for_timeout(20) or told)
    assert 3000 <= told[0]["visible_ms"] < 5000


def test_a_page_that_is_rendered_ahead_tells_when_it_was_opened_and_looked_at(site, paths, tmp_path):
    """By Chromium's own prerender, in a browser that nobody drives: the story is there at once, and not read before it is opened."""
    after = 4.5
    way = Way(site.url, paths["story", "ja"], after)
    words = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", f"--user-data-dir={tmp_path}", f"{way.url}/start"]
    browser = subprocess.Popen([found_browser(), *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until(lambda: way.of("/read"), 30)
        opened, read = way.of("/start")[0].at + after, way.of("/read")[0]
    finally:
        browser.terminate()
        browser.wait()
        way.close()
    # Asked for once, ahead: what is opened is what was rendered then.
    assert [one.purpose for one in way.of(way.path)] == ["prefetch;prerender"]
    assert read.at > opened + 2.9
    assert read.purpose == ""
    assert 3000 <= read.body["visible_ms"] < 4500


def test_a_page_that_is_gone_back_to_goes_on_and_tells_again(launch, site, paths):
    """From Chromium's own back-forward cache, which Playwright turns off unless it is told to leave it."""
    browser = launch(BROWSERS, ignore_default_args=["--disable-back-forward-cache"])
    try:
        context = browser.new_context(viewport={"width": 390, "height": 844}, locale="ja", user_agent=AGENT, service_workers="block")
        told = []
        context.on("request", lambda request: request.url.endswith("/read") and told.append(json.loads(request.post_data or "null")))
        page = context.new_page()
        page.goto(site.url + paths["story", "ja"])
        page.evaluate("addEventListener('pageshow', (event) => { window.persisted = event.persisted; })")
        page.evaluate("scrollTo(0, 600)")
        until(lambda: page.wait_for_timeout(20) or told)
        page.goto(site.url + "/corrections")
        page.evaluate("setTimeout(() => history.back())")
        page.wait_for_url(site.url + paths["story", "ja"], wait_until="commit")
        page.wait_for_function("window.persisted === true")
        # Within half an hour it is the same reading; the server calls it a repeat.
        until(lambda: page.wait_for_timeout(50) or len([one for one in told if "left" not in one]) == 2)
        first, second = (one for one in told if "left" not in one)
        assert (second["view"], second["story"]) == (first["view"], first["story"])
        assert second["visible_ms"] < first["visible_ms"] + 4500
    finally:
        browser.close()


def test_a_page_that_is_left_tells_how_long_and_how_far_and_a_restored_one_goes_on(reading):
    page, told = reading(HIDDEN)
    page.evaluate("show(true)")
    pass_time(page, 5)
    page.evaluate("scrollTo(0, document.querySelector('.story > .body').offsetTop + 99999)")
    page.wait_for_timeout(200)
    # Nobody reads for an hour without doing anything: twenty seconds of it count.
    pass_time(page, 3600)
    page.evaluate("show(false)")
    until(lambda: page.wait_for_timeout(20) or len(told) == 2)
    read, left = told
    assert left["left"] is True
    assert (left["view"], left["token"]) == (read["view"], read["token"])
    assert 24_000 <= left["engaged_ms"] <= 27_000
    assert left["scroll"] == 1
    # Ended by the phone after that: no second word.
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")
    page.wait_for_timeout(100)
    assert len(told) == 2
    # Come back to after more than half an hour, it is another reading.
    page.evaluate(COME_BACK)
    page.evaluate("show(true)")
    pass_time(page, 4)
    until(lambda: page.wait_for_timeout(20) or len(told) == 3)
    assert told[2]["view"] != read["view"]
    page.evaluate("show(false)")
    until(lambda: page.wait_for_timeout(20) or len(told) == 4)
    assert told[3]["engaged_ms"] < 6000


def test_a_page_that_is_come_back_to_at_once_is_the_same_reading(reading):
    page, told = reading(HIDDEN)
    page.evaluate("show(true)")
    pass_time(page, 5)
    page.evaluate("show(false)")
    until(lambda: page.wait_for_timeout(20) or len(told) == 2)
    page.evaluate(COME_BACK)
    page.evaluate("show(true)")
    pass_time(page, 5)
    page.evaluate("show(false)")
    until(lambda: page.wait_for_timeout(20) or len(told) == 4)
    assert {message["view"] for message in told} == {told[0]["view"]}
    assert told[3]["engaged_ms"] >= told[1]["engaged_ms"] + 4000


def test_a_page_that_is_left_by_a_link_tells_so_to_the_server(reading, site):
    """Who drives the browser hears nothing of what a page sends when it is gone: the server is asked."""
    sockets = read_environment({"KAWARABAN_DATA": str(site.data)}).socket_dir

    def left() -> int:
        return sum((vitals_of(sockets, process) or {"reads": {}})["reads"].get("left", 0) for process in site.pids("reader-"))

    page, told = reading()
    pass_time(page, 4)
    until(lambda: page.wait_for_timeout(20) or told)
    before = left()
    page.goto(site.url)
    until(lambda: page.wait_for_timeout(20) or left() > before)


def test_without_a_script_nothing_is_told(reading):
    page, told = reading(java_script_enabled=False)
    assert page.locator("h1").inner_text()
    page.wait_for_timeout(500)
    assert told == []
