"""The demo's stories are as stories/FORMAT.md says."""

import re

import pytest

from kawaraban.demo.stories_reading import HERE, newspaper, pictures, stories

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
