"""A newspaper in PostgreSQL, from the desk to its readers, into a backup and out of it again."""

import json
import re

import httpx
import pytest

from postgresql.conftest import python
from running import until

pytestmark = pytest.mark.servers

PUBLISH = """
from kawaraban.newsroom.actions.publish_story import StoryDraft, publish_new_story
from kawaraban.newsroom.models import SectionPage
home = SectionPage.objects.select_related("locale").get(slug="society")
draft = StoryDraft(headline="沖ノ鼻灯台を二十年ぶりに公開", section=home, body=[("paragraph", "<p>covid-19の後、初めて。</p>")])
print(publish_new_story(draft=draft, actor=None).reader_path)
"""


@pytest.fixture(scope="module")
def served(paper):
    paper.start()
    yield paper
    paper.stop()


@pytest.fixture(scope="module")
def story(served):
    """The path of a published story."""
    return python(served, PUBLISH).strip()


@pytest.fixture(scope="module")
def desk(served):
    """Somebody who is logged in to the newsroom."""
    with httpx.Client(base_url=served.newsroom_url, follow_redirects=True) as client:
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', client.get("/admin/login/").text)[1]
        words = {"csrfmiddlewaretoken": token, "username": "hanako", "password": "correct horse battery"}
        answer = client.post("/admin/login/", data=words, headers={"Origin": served.newsroom_url})
        assert answer.url.path == "/admin/"
        yield client


def test_what_is_published_is_seen(served, story):
    until(lambda: httpx.get(served.url + story).status_code == 200, 15)
    assert story in httpx.get(f"{served.url}/").text


@pytest.mark.parametrize("word", ["灯台", "公開", "台", "二十年ぶり", "covid-19", "COVID"])
def test_the_newsroom_finds_words_inside_japanese_sentences(story, desk, word):
    assert "沖ノ鼻灯台" in desk.get("/admin/pages/search/", params={"q": word}).text


def test_the_newsroom_does_not_find_what_is_not_there(story, desk):
    assert "沖ノ鼻灯台" not in desk.get("/admin/pages/search/", params={"q": "港湾"}).text


def test_a_backup_taken_while_stories_come_in_is_restored_whole(served, story, new_site, tmp_path):
    file = tmp_path / "stories.jsonl"
    lines = [{"id": number, "title": f"控え{number}", "body": "本文。" * 200, "section": "社会"} for number in range(120)]
    file.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    importing = served.begin("import", "jsonl", str(file), "--source", "backup")
    until(lambda: "控え" in httpx.get(f"{served.url}/society/feed.json").text, 60)
    archive = tmp_path / "site.tar"
    served.kawaraban("backup", str(archive))
    assert importing.wait(120) == 0
    copy = new_site("copy")
    copy.kawaraban("restore", str(archive))
    assert copy.kawaraban("check").stdout.strip() == "Everything is whole."
    assert "沖ノ鼻灯台" in copy.kawaraban("search", "灯台").stdout
    assert not list((copy.data / "newsroom").glob("newsroom.*"))
    # It goes on: ids go on too.
    assert python(copy, PUBLISH).strip() not in {"", story}
    copy.kawaraban("print")
    assert copy.kawaraban("check").returncode == 0
    until(lambda: served.kawaraban("check", check=False).returncode == 0, 60)


def test_what_postgresql_cannot_hold_stops_neither_an_import_nor_a_search(served, story, desk, tmp_path):
    file = tmp_path / "strange.jsonl"
    words = " ".join(f"word{number}x" for number in range(150_000))
    lines = [
        {"id": "a\0b", "title": "零\0の話", "body": "本\0文。", "url": "https://example.com/\0", "byline": "記\0者", "topics": ["話\0題"]},
        {"id": "long", "title": "長い話", "body": words},
        {"id": "deep", "title": "深い話", "body": "本文。", "section": "節" * 300},
        {"id": "last", "title": "最後の話", "body": "本文。"},
    ]
    file.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    report = json.loads(served.kawaraban("import", "jsonl", str(file), "--source", "strange", "--json", check=False).stdout)
    assert report["new"] == 3
    for word in ("長い話", "word149x", "最後"):
        assert "話" in desk.get("/admin/pages/search/", params={"q": word}).text
    for strange in ("a" * 3000, "\0", "'", "\\", "a & | ! ( ) : * b", "<->", "::", "%", "%s", "“”", "🏮", "ー", "ア" * 3000):
        assert desk.get("/admin/pages/search/", params={"q": strange}).status_code == 200, strange
