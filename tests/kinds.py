"""A path of every kind of public page in every edition of the demo's newspaper."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from running import Site

LANGUAGES = ("ja", "ko", "en")
KINDS = (
    "front",
    "section",
    "story",
    "topic",
    "topics",
    "byline",
    "name",
    "day",
    "archive",
    "search",
    "search-empty",
    "search-vain",
    "corrections",
    "about",
    "404",
    "410",
    "offline",
)
_WORDS = {"ja": "橋", "ko": "다리", "en": "bridge"}


def paths_of_kinds(site: Site) -> dict[tuple[str, str], str]:
    """Return the paths by kind and language."""
    paths: dict[tuple[str, str], str] = {}
    withdrawn = _withdraw_one_in_each(site)
    for language in LANGUAGES:
        prefix = "" if language == "ja" else f"/{language}"
        # The longest way: a story with a photo, topics and translations.
        story = re.search(r'lead-card" href="([^"]+)"', httpx.get(f"{site.url}{prefix or '/'}").text)[1]
        text = httpx.get(site.url + story).text
        paths |= {
            ("front", language): prefix or "/",
            ("section", language): f"{prefix}/society",
            ("story", language): story,
            ("topic", language): re.search(rf'href="({prefix}/topics/[^"]+)"', text)[1],
            ("topics", language): f"{prefix}/topics",
            ("byline", language): re.search(rf'href="({prefix}/by/[^"]+)"', text)[1],
            ("name", language): re.search(rf'href="({prefix}/names/[^"]+)"', text)[1],
            ("day", language): re.search(rf'href="({prefix}/20\d\d/\d\d/\d\d)"', httpx.get(f"{site.url}{prefix}/archive").text)[1],
            ("archive", language): f"{prefix}/archive",
            ("search", language): f"{prefix}/search?q={_WORDS[language]}",
            ("search-empty", language): f"{prefix}/search",
            ("search-vain", language): f"{prefix}/search?q=qqqqzzzz",
            ("corrections", language): f"{prefix}/corrections",
            ("about", language): f"{prefix}/about",
            ("404", language): f"{prefix}/nothing-here",
            ("410", language): withdrawn[language],
            ("offline", language): f"{prefix}/offline",
        }
    return paths


def _withdraw_one_in_each(site: Site) -> dict[str, str]:
    words = "from kawaraban.project.django import start_django; start_django()\n"
    words += "from kawaraban.newsroom.actions.publish_story import StoryDraft, publish_new_story\n"
    words += "from kawaraban.newsroom.models import SectionPage\n"
    words += "for home in SectionPage.objects.filter(slug='society').select_related('locale'):\n"
    words += "    draft = StoryDraft(headline='Taken back', section=home, body=[('paragraph', '<p>…</p>')])\n"
    words += "    story = publish_new_story(draft=draft, actor=None)\n"
    words += "    print(home.language, story.reader_path, story.story_id)\n"
    told = subprocess.run([sys.executable, "-c", words], env=site.environment, capture_output=True, text=True, check=True, timeout=120)
    rows = [line.split() for line in told.stdout.splitlines()]
    from running import until

    for _, path, _ in rows:
        until(lambda path=path: httpx.get(site.url + path).status_code == 200)
    words = "from kawaraban.project.django import start_django; start_django()\n"
    words += "from kawaraban.newsroom.models import StoryPage\n"
    words += f"for story in StoryPage.objects.filter(story_id__in={[row[2] for row in rows]!r}): story.unpublish()\n"
    subprocess.run([sys.executable, "-c", words], env=site.environment, check=True, timeout=120)
    for _, path, _ in rows:
        until(lambda path=path: httpx.get(site.url + path).status_code == 410)
    return {language: path for language, path, _ in rows}
