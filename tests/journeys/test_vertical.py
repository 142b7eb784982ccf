"""Vertical reading as a screenshot shows it: columns of text from right to left, and what stays upright or as it is."""

import io

import numpy as np
import pytest
from PIL import Image

pytestmark = [pytest.mark.browser, pytest.mark.servers]

# Three paragraphs, one with what stands upright, and a table that stays as it is.
VERTICAL = """
const body = document.querySelector('.story > .body');
const lines = Array.from({length: 3}, () => '<p>市は十二月に港の橋を架け替え、住民に計画を説明した。工事は来年の春に始まり、二年で終わる。</p>').join('');
body.innerHTML = lines + '<p id="short">12日のEUの会議</p><div class="table"><table><tr><th>年</th><th>人口</th></tr><tr><td>2026</td><td>31,500</td></tr></table></div>';
document.querySelector('[data-act=vertical]').click();
"""


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_screenshot_vertical_lines_are_columns(site, browser, paths, width, scheme):
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    page.goto(site.url + paths["story", "ja"])
    page.wait_for_load_state("networkidle")
    page.evaluate(VERTICAL)
    for vertical in (True, False):
        box = page.evaluate(
            """() => { const body = document.querySelector('.story > .body'); body.scrollIntoView({ block: 'center', behavior: 'instant' });
            const ranges = [...body.querySelectorAll('p:not(#short)')].map((p) => p.getBoundingClientRect()), edge = body.getBoundingClientRect();
            return { x: Math.max(edge.left, ...[Math.min(...ranges.map((r) => r.left))]), y: Math.min(...ranges.map((r) => r.top)),
              right: Math.min(edge.right, Math.max(...ranges.map((r) => r.right))), bottom: Math.max(...ranges.map((r) => r.bottom)) }; }"""
        )
        clip = {
            "x": box["x"],
            "y": max(0, box["y"]),
            "width": box["right"] - box["x"],
            "height": min(box["bottom"], 900) - max(0, box["y"]),
        }
        shot = Image.open(io.BytesIO(page.screenshot(clip=clip))).convert("L")
        # What most of it is: a letter may stand on any single place.
        paper = int(np.bincount(np.asarray(shot).ravel()).argmax())
        assert (paper < 80) == (scheme == "dark")
        ink = np.abs(np.asarray(shot, dtype=int) - paper) > 60
        columns, rows = (~ink.any(axis=0)).mean(), (~ink.any(axis=1)).mean()
        # Between lines there is paper from end to end: between columns in one way to read, between rows in the other.
        assert (columns > 0.25 > rows) if vertical else (rows > 0.25 > columns), (vertical, columns, rows)
        if vertical:
            size = page.evaluate("parseFloat(getComputedStyle(document.querySelector('.story > .body')).fontSize)")
            digits = page.locator("#short .tcy").bounding_box()
            assert digits["height"] <= size * 1.1
            assert page.locator("#short .upright").inner_text() == "EU"
            # At one moment: the page may still be on its way to where it was sent.
            year, people = page.evaluate("[...document.querySelectorAll('.body th')].map((cell) => cell.getBoundingClientRect().toJSON())")
            assert year["y"] == people["y"]
            assert year["right"] <= people["x"]
            page.locator("[data-act=vertical]").click()
    context.close()


def test_a_swipe_at_the_end_of_a_vertical_story_stays_there(site, browser, paths):
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(site.url + paths["front", "ja"])
    page.goto(site.url + paths["story", "ja"])
    page.locator("[data-act=vertical]").click()
    body = page.locator(".story > .body")
    body.evaluate("(body) => body.scrollIntoView({ block: 'center', behavior: 'instant' })")
    assert body.evaluate("(body) => body.scrollWidth - body.clientWidth") > 0
    # The compositor moves what a finger touches: it has to know how the story is set now.
    page.evaluate("() => new Promise((told) => requestAnimationFrame(() => requestAnimationFrame(told)))")
    page.wait_for_timeout(500)
    finger = context.new_cdp_session(page)

    def swipe(begin, end):
        y = body.evaluate("(body) => { const box = body.getBoundingClientRect(); return box.top + box.height / 2; }")
        for step in range(11):
            point = {"x": begin + (end - begin) * step / 10, "y": y}
            finger.send("Input.dispatchTouchEvent", {"type": "touchMove" if step else "touchStart", "touchPoints": [point]})
        finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        page.wait_for_timeout(600)
        return body.evaluate("(body) => body.scrollLeft")

    assert swipe(60, 330) < -100, "a finger moves the story on"
    end = body.evaluate("(body) => { body.scrollLeft = -body.scrollWidth; return body.scrollLeft; }")
    # Without a hand on it Chromium goes back to the page before.
    assert swipe(60, 330) == end
    assert page.url == site.url + paths["story", "ja"]
    assert swipe(330, 60) > end, "and back"
    context.close()
