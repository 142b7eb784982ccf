"""A story's way, in a real browser: published, seen, read, ranked, corrected, found, withdrawn."""

import re
import subprocess
import sys

import httpx
import pytest

from running import Site, free_port, until

pytestmark = [pytest.mark.browser, pytest.mark.servers]


@pytest.fixture
def newsroom(site: Site, browser):
    """A browser in which the desk is logged in."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="ja")
    page = context.new_page()
    page.goto(f"{site.newsroom_url}/admin/login/")
    page.fill("#id_username", "desk")
    page.fill("#id_password", "kawaraban-demo")
    page.locator("button[type=submit]").first.click()
    page.wait_for_url(re.compile("/admin/$"))
    yield page
    context.close()


@pytest.fixture
def reader(browser):
    # A browser that calls itself headless is taken at its word, and not counted.
    agent = "Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36 Chrome/156.0.0.0 Mobile Safari/537.36"
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="ja", user_agent=agent)
    page = context.new_page()
    yield page
    context.close()


def press_button(page, name: str) -> None:
    # Wagtail hides the further actions in a menu; the button itself is there.
    page.wait_for_load_state("networkidle")
    with page.expect_navigation():
        page.evaluate("name => document.querySelector(`[name=${name}]`).click()", name)


def section_id(site: Site) -> str:
    words = "from kawaraban.project.django import start_django; start_django();"
    words += (
        "from kawaraban.newsroom.models import SectionPage; print(SectionPage.objects.get(slug='society', locale__language_code='ja').pk)"
    )
    return subprocess.run([sys.executable, "-c", words], env=site.environment, capture_output=True, text=True, check=True).stdout.strip()


def test_from_the_desk_to_the_ranking_and_back(site, newsroom, reader):
    newsroom.goto(f"{site.newsroom_url}/admin/pages/add/newsroom/storypage/{section_id(site)}/")
    newsroom.fill("#id_title", "灯台の見学会に長い列")
    newsroom.fill("#id_summary", "沖ノ鼻灯台が十年ぶりに開いた。")
    press_button(newsroom, "action-publish")

    def path_of_it() -> str | None:
        found = httpx.get(f"{site.url}/search.json", params={"q": "灯台の見学会"}).json()["items"]
        return next((item["url"] for item in found if item["title"].startswith("灯台の見学会")), None)

    path = until(path_of_it, 10)
    assert re.fullmatch(r"/society/[a-z0-9]{8}", path)
    story_id = path.rsplit("/", 1)[-1]

    # Seen: on its own page, on the front, in its section and in the feed.
    for place in ("/", "/society", "/feed.xml"):
        assert story_id in until(lambda place=place: story_id in (text := httpx.get(site.url + place).text) and text, 5)
    reader.goto(site.url + path)
    assert reader.locator("h1").inner_text().replace("\n", "") == "灯台の見学会に長い列"

    # Read: once it was visible for three seconds; ranked a moment later, also in a page that is open.
    def ranked() -> bool:
        rows = httpx.get(f"{site.url}/live/ranking.json", params={"window": "1h", "language": "ja"}).json()["items"]
        return any(row["id"] == story_id and row["score"] >= 1 for row in rows)

    assert not ranked()
    until(ranked, 15)
    open_page = reader.context.new_page()
    open_page.goto(f"{site.url}/")
    # In the ranking's rows; or, where it stands in another list of the page already, with its rank beside it.
    ranks = open_page.locator(f'[data-slot="ranking"] [data-story="{story_id}"], [data-story="{story_id}"] .badge')
    ranks.first.wait_for(timeout=30_000)

    # Corrected in the open.
    newsroom.goto(f"{site.newsroom_url}/admin/pages/{_page_id(site, story_id)}/edit/")
    newsroom.wait_for_load_state("networkidle")
    newsroom.evaluate("document.querySelector('#id_corrections-ADD').click()")
    newsroom.evaluate(
        """() => {
        const set = (name, value) => { document.querySelector(`#id_corrections-0-${name}`).value = value; };
        set("made_at", "2026-11-24 10:00"); set("text", "年数を直しました。"); set("wrong", "二十年ぶり"); set("right", "十年ぶり");
        }"""
    )
    press_button(newsroom, "action-publish")
    until(lambda: "二十年ぶり" in httpx.get(site.url + path).text, 5)
    assert "二十年ぶり" in httpx.get(f"{site.url}/corrections").text

    # Withdrawn: gone from everywhere.
    newsroom.goto(f"{site.newsroom_url}/admin/pages/{_page_id(site, story_id)}/unpublish/")
    with newsroom.expect_navigation():
        newsroom.locator("main form button[type=submit], main form input[type=submit]").first.click()
    until(lambda: httpx.get(site.url + path).status_code == 410, 5)
    for place in ("/", "/society", "/feed.xml", "/live/ranking.json"):
        until(lambda place=place: story_id not in httpx.get(site.url + place).text, 5)
    until(lambda: path_of_it() is None, 5)


def test_readers_notice_nothing_when_the_newsroom_is_gone(tmp_path):
    """A site of its own: its newsroom is stopped and its database removed."""
    lonely = Site(tmp_path / "data", free_port(), free_port())
    words = "from kawaraban.project.django import start_django, migrate; start_django(); migrate();"
    words += "from kawaraban.newsroom.actions.found_newspaper import *; from kawaraban.press.actions import ask_to_print_everything;"
    words += "found_newspaper(editions=[EditionDraft(language='ja', nameplate='孤島新報', sections=[('news', 'ニュース')])]);"
    words += "ask_to_print_everything()"
    subprocess.run([sys.executable, "-c", words], env=lonely.environment, check=True, timeout=120)
    (tmp_path / "one.jsonl").write_text('{"id": 1, "title": "残る記事", "body": "読める。", "section": "ニュース"}\n', encoding="utf-8")
    lonely.kawaraban("import", "jsonl", str(tmp_path / "one.jsonl"))
    for file in (lonely.data / "newsroom").glob("newsroom.sqlite3*"):
        file.unlink()
    lonely.start("reader")
    try:
        (item,) = until(lambda: httpx.get(f"{lonely.url}/live/ranking.json").json()["items"], 10)
        page = httpx.get(lonely.url + item["url"])
        assert (page.status_code, "読める。" in page.text) == (200, True)
        token = re.search(r'data-read-token="([^"]+)"', page.text)[1]
        headers = {"user-agent": "Mozilla/5.0 (Windows NT 10.0) Chrome/156.0"}
        assert httpx.post(f"{lonely.url}/read", json={"story": "jsonl:1", "token": token}, headers=headers).status_code == 204
        until(lambda: httpx.get(f"{lonely.url}/live/ranking.json").json()["items"][0]["score"] == 1.0, 5)
        assert httpx.get(f"{lonely.url}/search.json", params={"q": "残る"}).json()["total"] == 1
    finally:
        lonely.stop()


def _page_id(site: Site, story_id: str) -> str:
    words = "from kawaraban.project.django import start_django; start_django();"
    words += f"from kawaraban.newsroom.models import StoryPage; print(StoryPage.objects.get(story_id='{story_id}').pk)"
    return subprocess.run([sys.executable, "-c", words], env=site.environment, capture_output=True, text=True, check=True).stdout.strip()
