"""Takes the screenshots of the documents from a running demo: ``make demo`` in one terminal, this in another.

.venv/bin/python docs/screenshots/take.py
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).parent
SITE, NEWSROOM = "http://127.0.0.1:8000", "http://127.0.0.1:8001"
WIDE, MIDDLE, PHONE = (1440, 1000), (820, 1000), (390, 844)


def main() -> None:
    found = next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        story = first_story(browser)
        shots = {
            "front-wide": (WIDE, "light", "/"),
            "front-middle": (MIDDLE, "light", "/"),
            "front-phone": (PHONE, "dark", "/"),
            "front-korean": (WIDE, "light", "/ko"),
            "front-english": (WIDE, "dark", "/en"),
            "story-wide": (WIDE, "light", story),
            "story-phone": (PHONE, "light", story),
            "story-dark": (PHONE, "dark", story),
            "section": (MIDDLE, "light", "/society"),
            "section-dark": (WIDE, "dark", "/society"),
            "topic": (MIDDLE, "light", "/topics/poor-catch"),
            "byline": (MIDDLE, "dark", "/by/kurose-jun"),
            "archive": (MIDDLE, "light", "/archive"),
            "day": (MIDDLE, "light", first_day(browser)),
            "search": (MIDDLE, "light", "/search?q=橋"),
            "search-vain": (PHONE, "light", "/search?q=qqqqzzzz"),
            "corrections": (MIDDLE, "light", "/corrections"),
            "about": (MIDDLE, "light", "/about"),
            "nothing-here": (MIDDLE, "dark", "/nothing-here"),
            "offline": (PHONE, "light", "/offline"),
        }
        for name, (size, scheme, path) in shots.items():
            page = open_page(browser, size, scheme, SITE + path)
            take(page, name)
        vertical = open_page(browser, (1000, 844), "light", SITE + story)
        vertical.get_by_role("button", name="縦書き").click()
        # Past the photo, to the text: it begins at the right.
        vertical.evaluate(
            """() => {
            let region = document.querySelector(".body");
            while (region.scrollWidth <= region.clientWidth && region.parentElement) region = region.parentElement;
            region.scrollIntoView(); region.scrollLeft -= 580;
            }"""
        )
        vertical.wait_for_timeout(400)
        take(vertical, "story-vertical")
        paper = open_page(browser, (794, 1123), "light", SITE + story)  # A4
        paper.emulate_media(media="print")
        take(paper, "story-print")
        newsroom(browser)
        browser.close()


def first_story(browser: Browser) -> str:
    page = open_page(browser, WIDE, "light", f"{SITE}/")
    return str(page.locator(".lead-card").get_attribute("href"))


def first_day(browser: Browser) -> str:
    page = open_page(browser, WIDE, "light", f"{SITE}/archive")
    return str(page.locator("main a[href^='/20']").last.get_attribute("href"))


def open_page(browser: Browser, size: tuple[int, int], scheme: str, url: str) -> Page:
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme, locale="ja")  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(url)
    page.wait_for_load_state("networkidle")
    return page


def newsroom(browser: Browser) -> None:
    page = open_page(browser, WIDE, "light", f"{NEWSROOM}/admin/login/")
    page.fill("#id_username", "desk")
    page.fill("#id_password", "kawaraban-demo")
    page.locator("button[type=submit]").first.click()
    page.wait_for_url(re.compile("/admin/$"))
    page.wait_for_timeout(800)
    take(page, "newsroom-home", close=False)
    page.goto(f"{NEWSROOM}/admin/audience/")
    page.wait_for_timeout(800)
    take(page, "audience", close=False)
    page.goto(f"{NEWSROOM}/admin/pages/search/?q=架け替え")
    page.locator(".listing td.title a").first.click()
    page.wait_for_url(re.compile("/edit/"))
    page.wait_for_timeout(2500)
    take(page, "newsroom", close=False)


def take(page: Page, name: str, *, close: bool = True) -> None:
    page.screenshot(path=HERE / f"{name}.png")
    if close:
        page.context.close()


if __name__ == "__main__":
    main()
