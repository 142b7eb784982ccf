"""A story's way, in a real browser: published, seen, read, ranked, corrected, found, withdrawn."""

import contextlib
import re

import httpx
import pytest
from playwright.sync_api import TimeoutError as StillBusyError

from running import Site, until

pytestmark = [pytest.mark.browser, pytest.mark.servers]


@pytest.fixture
def reader(shell):
    # A browser that calls itself headless is taken at its word, and not counted.
    agent = "Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36 Chrome/156.0.0.0 Mobile Safari/537.36"
    context = shell.new_context(viewport={"width": 390, "height": 844}, locale="ja", user_agent=agent)
    page = context.new_page()
    yield page
    context.close()


def settle(newsroom) -> None:
    """Let the newsroom's scripts end what they began; what they ask for again and again is not waited for."""
    newsroom.wait_for_load_state("load")
    with contextlib.suppress(StillBusyError):
        newsroom.wait_for_load_state("networkidle", timeout=5000)


def open_menu(newsroom, paper: str):
    """Open the menu of pages and return the paper's two actions there: edit it, and open its own pages."""
    settle(newsroom)
    newsroom.get_by_role("button", name="ページ").first.click()
    actions = newsroom.locator(".c-page-explorer__item", has_text=paper).locator(".c-page-explorer__item__action")
    actions.first.wait_for()
    newsroom.wait_for_timeout(700)  # the menu slides in; what is clicked meanwhile is lost
    return actions


def open_section(newsroom, paper: str, section: str) -> None:
    """Click through the menu to a section's list of stories."""
    open_menu(newsroom, paper).last.click()
    newsroom.locator(".c-page-explorer__item__link", has_text=section).click()
    newsroom.wait_for_url(re.compile(r"/admin/pages/\d+/$"))
    settle(newsroom)


def publish(newsroom) -> None:
    # The editor saves by itself half a second after the last key: an editor looks before she publishes.
    newsroom.wait_for_timeout(800)
    settle(newsroom)
    newsroom.get_by_role("button", name="他のアクション").click()
    newsroom.wait_for_timeout(500)  # the menu unfolds; what is clicked meanwhile is lost
    with newsroom.expect_navigation():
        newsroom.get_by_role("button", name="公開", exact=True).click()
    newsroom.locator(".messages").get_by_text("公開しました").wait_for()
    settle(newsroom)


def appears(page, selector: str, seconds: float = 60) -> None:
    """Wait until something stands in a page that is open and is not loaded again; its live blocks are asked for anew meanwhile."""

    def there() -> bool:
        page.evaluate("dispatchEvent(new Event('kawaraban:refresh'))")
        page.wait_for_timeout(200)
        return page.locator(selector).count() > 0

    try:
        until(there, seconds)
    except AssertionError as error:
        asked = "fetch('/live/page.json?path=' + location.pathname).then(async a => [a.status, await a.text()], e => [0, String(e)])"
        state = page.evaluate(f"async () => [document.visibilityState, document.activeElement?.outerHTML.slice(0, 100), await {asked}]")
        raise AssertionError(f"{selector} does not come: {state}") from error


def test_from_the_desk_to_the_ranking_and_back(  # noqa: PLR0915 - a story's whole way, told in one go
    site, log_in, reader
):
    headline = "灯台の見学会に長い列"
    open_front = reader.context.new_page()
    open_front.goto(f"{site.url}/")
    open_front.evaluate("window.sameDocument = true")

    # Written and published by the desk, by clicks.
    newsroom = log_in("desk")
    open_section(newsroom, "潮路新報", "社会")
    newsroom.get_by_role("link", name="追加").first.click()
    newsroom.wait_for_url(re.compile("/admin/pages/add/newsroom/storypage/"))
    settle(newsroom)
    newsroom.fill("#id_title", headline)
    newsroom.get_by_role("textbox", name="一行の要約").fill("沖ノ鼻灯台が二十年ぶりに開いた。")
    newsroom.get_by_role("button", name="ブロックを挿入").first.click()
    newsroom.get_by_role("option", name="段落").click()
    newsroom.locator("[contenteditable=true]").first.click()
    newsroom.keyboard.type("沖ノ鼻灯台が二十年ぶりに開いた。")
    publish(newsroom)

    def path_of_it() -> str | None:
        found = httpx.get(f"{site.url}/search.json", params={"q": "灯台の見学会"}).json()["items"]
        return next((item["url"] for item in found if item["title"] == headline), None)

    path = until(path_of_it)
    assert re.fullmatch(r"/society/[a-z0-9]{8}", path)
    story_id = path.rsplit("/", 1)[-1]

    # Found: by its reading, typed before conversion; on the page that readers use, with the place where it stands.
    reader.goto(f"{site.url}/search")
    reader.locator("#query").click()
    reader.locator("#query").press_sequentially("とうだいのけん", delay=30)
    reader.get_by_role("option", name=headline).wait_for()
    reader.keyboard.press("Escape")
    reader.locator("#query").fill("沖ノ鼻灯台")
    reader.keyboard.press("Enter")
    reader.locator(f'[data-slot="results"] [data-story="{story_id}"] mark').first.wait_for()

    # Seen: on its own page, on the front, in its section and in the feed; and in a page that stood open all the while.
    for place in ("/", "/society", "/feed.xml"):
        assert story_id in until(lambda place=place: story_id in (text := httpx.get(site.url + place).text) and text)
    appears(open_front, f'[data-story="{story_id}"]')
    reader.goto(site.url + path)
    assert reader.locator("h1").inner_text().replace("\n", "") == headline
    assert reader.locator(".story .body").inner_text().strip() == "沖ノ鼻灯台が二十年ぶりに開いた。"

    # Read: once it was visible for three seconds; ranked a moment later, also in the page that is open.
    def ranked() -> bool:
        rows = httpx.get(f"{site.url}/live/ranking.json", params={"window": "1h", "language": "ja"}).json()["items"]
        return any(row["id"] == story_id and row["score"] >= 1 for row in rows)

    until(ranked)
    # In the ranking's rows; or, where it stands in another list of the page already, with its rank beside it.
    appears(open_front, f'[data-slot="ranking"] [data-story="{story_id}"], [data-story="{story_id}"] .badge')
    stories = open_front.eval_on_selector_all("[data-story]", "nodes => nodes.map(node => node.dataset.story)")
    assert len(stories) == len(set(stories))

    # Corrected in the open.
    newsroom.get_by_role("link", name=headline).first.click()
    newsroom.wait_for_url(re.compile("/edit/"))
    settle(newsroom)
    newsroom.get_by_role("heading", name="訂正・おわび").locator("xpath=..").get_by_role("button").first.click()
    newsroom.locator("#id_corrections-ADD").click()
    newsroom.fill("#id_corrections-0-made_at", "2026-11-24 10:00")
    newsroom.keyboard.press("Escape")
    newsroom.fill("#id_corrections-0-text", "年数を直しました。")
    newsroom.fill("#id_corrections-0-wrong", "二十年ぶり")
    newsroom.fill("#id_corrections-0-right", "十年ぶり")
    newsroom.get_by_role("textbox", name="一行の要約").fill("沖ノ鼻灯台が十年ぶりに開き、望遠鏡も据えられた。")
    publish(newsroom)
    until(lambda: "年数を直しました。" in httpx.get(site.url + path).text)
    reader.goto(site.url + path)
    assert reader.locator(".correction ins").inner_text() == "十年ぶり"
    # Found by its new word.
    until(lambda: story_id in httpx.get(f"{site.url}/search", params={"q": "望遠鏡"}).text)
    reader.get_by_role("contentinfo").get_by_role("link", name="訂正・おわび").click()
    assert reader.locator(f'[data-story="{story_id}"]').count() == 1

    # Withdrawn: gone from everywhere, from the open page too.
    newsroom.get_by_role("link", name=headline).first.click()
    newsroom.wait_for_url(re.compile("/edit/"))
    settle(newsroom)
    newsroom.get_by_role("button", name="他のアクション").click()
    newsroom.get_by_role("link", name="非公開", exact=True).click()
    with newsroom.expect_navigation():
        newsroom.get_by_role("button", name="はい、非公開に設定します。").click()
    until(lambda: httpx.get(site.url + path).status_code == 410)
    for place in ("/", "/society", "/feed.xml", "/live/ranking.json"):
        until(lambda place=place: story_id not in httpx.get(site.url + place).text)
    until(lambda: path_of_it() is None)
    assert story_id not in httpx.get(f"{site.url}/search", params={"q": "望遠鏡"}).text
    assert headline not in httpx.get(f"{site.url}/suggest.json", params={"q": "とうだいのけん", "language": "ja"}).text
    appears(open_front, f'body:not(:has([data-story="{story_id}"]))')
    assert open_front.evaluate("window.sameDocument")
    reader.goto(site.url + path)
    assert reader.locator("h1").inner_text() == "このページは取り下げられました"


def test_breaking_news_goes_from_the_chief_to_an_open_page_and_ends(site, log_in, reader):
    reader.goto(f"{site.url}/society")
    newsroom = log_in("chief")
    open_menu(newsroom, "潮路新報").first.click()
    newsroom.wait_for_url(re.compile("/edit/"))
    edit = newsroom.url
    settle(newsroom)
    newsroom.fill("#id_breaking_text", "汐見沖で震度四")
    publish(newsroom)
    appears(reader, '[role="status"] >> text=汐見沖で震度四')
    assert "汐見沖で震度四" in httpx.get(f"{site.url}/archive").text
    newsroom.goto(edit)
    settle(newsroom)
    newsroom.fill("#id_breaking_text", "")
    publish(newsroom)
    appears(reader, '[role="status"]:empty')


def test_readers_notice_nothing_when_the_newsroom_is_gone(newspaper_data, tmp_path):
    """A site of its own: its newsroom is stopped and its database removed."""
    lonely = Site.copy_of(newspaper_data, tmp_path / "data")
    (tmp_path / "one.jsonl").write_text('{"id": 1, "title": "残る記事", "body": "読める。", "section": "社会"}\n', encoding="utf-8")
    lonely.kawaraban("import", "jsonl", str(tmp_path / "one.jsonl"))
    for file in (lonely.data / "newsroom").glob("newsroom.sqlite3*"):
        file.unlink()
    lonely.start("reader")
    try:
        found = until(lambda: httpx.get(f"{lonely.url}/search.json", params={"q": "残る記事"}).json().get("items"))
        page = httpx.get(lonely.url + next(item["url"] for item in found if item.get("source_id") == "1"))
        assert (page.status_code, "読める。" in page.text) == (200, True)
        token = re.search(r'data-read-token="([^"]+)"', page.text)[1]
        headers = {"user-agent": "Mozilla/5.0 (Windows NT 10.0) Chrome/156.0"}
        assert httpx.post(f"{lonely.url}/read", json={"story": "jsonl:1", "token": token}, headers=headers).status_code == 204
        ranking = f"{lonely.url}/live/ranking.json?language=ja"
        until(lambda: (first := httpx.get(ranking).json()["items"][0])["score"] == 1.0 and first.get("source_id") == "1")
    finally:
        lonely.stop()
