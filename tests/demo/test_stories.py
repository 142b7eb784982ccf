"""The demo's stories are as stories/FORMAT.md says."""

import re
from datetime import date

import pytest

from kawaraban.demo.stories_reading import HERE, moved, newspaper, pictures, stories

LONGEST = {"ja": (30, 18, 60), "ko": (40, 24, 80), "en": (80, 45, 140)}
STORIES = {story.id: story for story in stories()}
PICTURES = {picture["id"]: picture for picture in pictures()}


def test_there_are_as_many_as_promised():
    count = {language: sum(story.language == language for story in STORIES.values()) for language in LONGEST}
    assert count["ja"] >= 60
    assert min(count["ko"], count["en"]) >= 15
    assert len(PICTURES) >= 40
    sections = {section["slug"] for section in newspaper()["sections"]}
    assert {story.fields["section"] for story in STORIES.values() if story.language == "ja"} == sections


@pytest.mark.parametrize("name", sorted(STORIES))
def test_a_story_is_as_its_format_says(name):
    story, paper = STORIES[name], newspaper()
    fields = story.fields
    for field, longest in zip(("headline", "short_headline", "summary"), LONGEST[story.language], strict=True):
        assert 0 < len(fields[field]) <= longest, field
    assert set(fields.get("topics", [])) <= {topic["slug"] for topic in paper["topics"]}
    assert {row["person"] for row in fields["bylines"]} <= {person["slug"] for person in paper["people"]}
    if "translation_of" in fields:
        assert STORIES[fields["translation_of"]].language != story.language
        assert "translation_of" not in STORIES[fields["translation_of"]].fields
    shown = re.findall(r"^!(?:photo|gallery) ([^|\n]+)", fields["body"], re.MULTILINE)
    named = {part.strip() for names in shown for part in names.split(",")} | ({fields["lead_photo"]} if "lead_photo" in fields else set())
    assert named <= set(PICTURES)
    for kind, value in story.blocks:
        if kind == "story":
            assert STORIES[value].fields["hours_ago"] > fields["hours_ago"]


@pytest.mark.parametrize("name", sorted(PICTURES))
def test_a_picture_has_its_file_and_its_words(name):
    picture = PICTURES[name]
    assert (HERE / "pictures" / f"{name}.jpg").stat().st_size < 400_000
    assert picture["title"]
    assert picture["credit"]
    assert set(picture["alt"]) == {"ja", "ko", "en"}


@pytest.mark.parametrize(
    ("language", "text", "told"),
    [
        (
            "ja",
            "市議会は24日の本会議で可決した。22日夜、12日で売り切れた。18日しかない。",
            "市議会は2日の本会議で可決した。30日夜、12日で売り切れた。18日しかない。",
        ),
        ("ja", "12月20日まで。1日6回、30日に一度、19日目。", "12月20日まで。1日6回、30日に一度、19日目。"),
        (
            "ko",
            "시의회는 24일 본회의에서 가결했다. 12월 20일까지. 90일 동안.",
            "시의회는 2일 본회의에서 가결했다. 12월 20일까지. 90일 동안.",
        ),
        ("en", "They voted on Tuesday. The Saturday market is held on.", "They voted on Wednesday. The Saturday market is held on."),
    ],
)
def test_the_days_of_a_story_are_those_of_the_demo(language, text, told):
    assert moved(text, language, date(2026, 11, 24), date(2026, 12, 2)) == told
