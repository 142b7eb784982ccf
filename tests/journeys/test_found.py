"""A story's way through search, in a real browser: published, found, corrected, found by its new word, withdrawn, gone."""

import subprocess
import sys

import httpx
import pytest

from running import until

pytestmark = [pytest.mark.browser, pytest.mark.servers]

HEADLINE = "沖ノ鼻灯台の望楼を公開"
START = "from kawaraban.project.django import start_django; start_django();"
CHIEF = "from django.contrib.auth import get_user_model; chief = get_user_model().objects.get(username='chief');"
WRITE = f"""
from kawaraban.newsroom.models import SectionPage, StoryPage
section = SectionPage.objects.get(slug="society", locale__language_code="ja")
story = StoryPage(title="{HEADLINE}", slug="gazebo", live=False, locale=section.locale, body=[("paragraph", "<p>潮見杉の柱が残る。</p>")])
section.add_child(instance=story)
story.save_revision(user=chief).publish(user=chief)
print(story.story_id)
"""
CORRECT = """
from kawaraban.newsroom.models import StoryPage
story = StoryPage.objects.get(slug="gazebo")
story.body = [("paragraph", "<p>潮見檜の柱が残る。</p>")]
story.save_revision(user=chief).publish(user=chief)
"""
WITHDRAW = """
from kawaraban.newsroom.actions.withdraw_story import withdraw_story
from kawaraban.newsroom.models import StoryPage
withdraw_story(story=StoryPage.objects.get(slug="gazebo"), actor=chief)
"""


def newsroom(site, words: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", f"{START}{CHIEF}{words}"], env=site.environment, capture_output=True, text=True, check=True
    ).stdout.strip()


def test_published_found_corrected_found_by_the_new_word_withdrawn_gone(site, shell):
    def found(query: str) -> list[str]:
        return [item["id"] for item in httpx.get(f"{site.url}/search.json", params={"q": query}).json()["items"]]

    context = shell.new_context(viewport={"width": 390, "height": 844}, locale="ja")
    page = context.new_page()
    name = newsroom(site, WRITE)
    until(lambda: name in found("潮見杉"))
    # By the keyboard alone: kana are typed, the suggestion is chosen by an arrow key, and leads to the story.
    page.goto(f"{site.url}/search")
    page.locator("#query").focus()
    page.locator("find-box input[role=combobox]").nth(1).wait_for()
    page.keyboard.type("ぼうろう", delay=30)
    page.get_by_role("option", name=HEADLINE).wait_for()
    page.keyboard.press("ArrowDown")
    assert page.get_by_role("option", selected=True).inner_text() == HEADLINE
    page.keyboard.press("Enter")
    page.wait_for_url("**/society/gazebo")
    # By words, on the page that can be shared; the place where they stand is marked.
    page.goto(f"{site.url}/search?q=潮見杉")
    assert page.locator(f'[data-slot="results"] [data-story="{name}"] mark').all_inner_texts() == ["潮見杉"]
    page.get_by_role("link", name="新しい順").click()
    page.wait_for_url("**order=new")
    assert page.locator(f'[data-slot="results"] [data-story="{name}"]').count() == 1

    newsroom(site, CORRECT)
    until(lambda: name in found("潮見檜"))
    assert name not in found("「潮見杉」")

    newsroom(site, WITHDRAW)
    until(lambda: httpx.get(f"{site.url}/society/gazebo").status_code == 410)
    until(lambda: name not in found("潮見檜"))
    assert HEADLINE not in httpx.get(f"{site.url}/suggest.json", params={"q": "ぼうろう", "language": "ja"}).text
    context.close()


def test_the_search_page_works_without_javascript(site, shell):
    context = shell.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(f"{site.url}/search")
    page.fill("#query", "橋")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=*")
    whole = page.locator('[data-slot="results"] [data-story]').count()
    page.locator('[data-slot="section"] a').first.click()
    page.wait_for_url("**section=*")
    assert 0 < page.locator('[data-slot="results"] [data-story]').count() < whole
    # Other words keep the choice.
    page.fill("#query", "汐見")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "section=" in url and "q=%E6%B1%90%E8%A6%8B" in url)
    context.close()
