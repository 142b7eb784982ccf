"""A topic gathers stories by a rule and by hand; its page, its feeds and the stories' own pages follow."""

import json
import re
import time

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from screens import forms_of
from wagtail.actions.move_page import MovePageAction

from kawaraban.language.registry_csv import read
from kawaraban.newsroom.actions.register_names import register_names
from kawaraban.newsroom.actions.withdraw_story import withdraw_story
from kawaraban.newsroom.models import Name, SectionPage, StoryGathered, StoryPage, Topic
from kawaraban.newsroom.queries.gathering import _words_in, rule_of, words_of_stories, words_of_story, would_gather
from kawaraban.sheetlog.shapes import Card, Document, Kind, PressedSheet, Story, StoryList

pytestmark = pytest.mark.django_db


def topic_of(**fields) -> Topic:
    return Topic.objects.create(**{"slug": "bridge", "name": "橋の話", "name_en": "The bridge", **fields})


def gathered(log, language: str = "ja") -> set[str]:
    """The stories of the topic's page, by headline; the page is there."""
    assert log.get(Kind.SHEET, "/topics/bridge", PressedSheet) is not None
    rows = log.get(Kind.LIST, f"{language}/topic/bridge", StoryList)
    return {log.get(Kind.STORY, story, Story).title for story in rows.stories}


# ------------------------------------------------------------------ by rule


def test_what_is_published_is_gathered_and_a_correction_takes_it_out_again(publish, press):
    topic_of(any_words="大橋\n架け替え", not_words="架空")
    story = publish("汐見大橋が開通")
    publish("港の祭り")
    publish("架空の大橋の話")
    log = press()
    assert gathered(log) == {"汐見大橋が開通"}
    assert log.get(Kind.STORY, story.story_id, Story).topics == ("bridge",)
    assert log.get(Kind.DOCUMENT, story.story_id, Document).topic_names == ("橋の話",)
    assert "橋の話" in log.get(Kind.CARD, f"{story.story_id}/rss", Card).html
    assert not story.topics.exists()
    story.title = "汐見トンネルが開通"
    story.save_revision().publish()
    log = press()
    assert gathered(log) == set()
    assert "橋の話" not in log.get(Kind.CARD, f"{story.story_id}/rss", Card).html


def test_another_rule_gathers_the_archive_anew(publish, press):
    stories = [publish("汐見大橋が開通"), publish("港の祭り", body="大<b>橋</b>の下で開く。"), publish("The bridge opens", language="en")]
    topic = topic_of()
    assert gathered(press()) == set()
    topic.any_words = "大橋\nBRIDGE"
    topic.save()
    log = press()
    assert gathered(log) == {"汐見大橋が開通", "港の祭り"}
    assert gathered(log, "en") == {"The bridge opens"}
    assert all(log.get(Kind.STORY, story.story_id, Story).topics == ("bridge",) for story in stories)
    topic.any_words = "港"
    topic.save()
    log = press()
    assert gathered(log) == {"港の祭り"}
    assert log.get(Kind.STORY, stories[0].story_id, Story).topics == ()
    assert "橋の話" not in log.get(Kind.CARD, f"{stories[0].story_id}/rss", Card).html


def test_a_rule_looks_into_its_sections_alone_and_a_story_that_moves_is_looked_at_again(publish, press):
    topic_of(any_words="大橋", sections=["sports"])
    story = publish("大橋の駅伝", section="politics")
    assert gathered(press()) == set()
    sports = SectionPage.objects.get(slug="sports", locale__language_code="ja")
    MovePageAction(story, sports, pos="last-child", user=None).execute(skip_permission_checks=True)
    assert gathered(press()) == {"大橋の駅伝"}


def test_a_rule_follows_a_section_that_is_renamed(publish, press, django_capture_on_commit_callbacks):
    topic = topic_of(any_words="大橋", sections=["politics", "sports"])
    publish("大橋が開通", section="politics")
    publish("The 大橋 opens", section="politics", language="en")
    assert gathered(press()) == {"大橋が開通"}

    def rename(language, slug):
        section = SectionPage.objects.get(slug="politics", locale__language_code=language)
        section.slug = slug
        with django_capture_on_commit_callbacks(execute=True):
            section.save_revision().publish()
        topic.refresh_from_db()
        return topic.sections

    assert rename("ja", "seiji") == ["politics", "seiji", "sports"], "the English edition has its own yet"
    log = press()
    assert (gathered(log), gathered(log, "en")) == ({"大橋が開通"}, {"The 大橋 opens"})
    assert rename("en", "seiji") == ["seiji", "sports"]
    publish("大橋の祭り", section="seiji")
    log = press()
    assert (gathered(log), gathered(log, "en")) == ({"大橋が開通", "大橋の祭り"}, {"The 大橋 opens"})


def test_a_name_stands_for_all_its_forms_but_for_its_reading(publish, press):
    register_names(entries=read("form,kind,reading,originals\n韓世珍,person,はん,한세진\n")[0], actor=None)
    topic_of(any_words="韓世珍")
    publish("한세진이 왔다")
    publish("はんこを押す")
    assert gathered(press()) == {"한세진이 왔다"}
    name = Name.objects.get(name="韓世珍")
    name.short_forms = "世珍氏"
    name.save()
    press()
    publish("世珍氏の来訪")
    assert gathered(press()) == {"한세진이 왔다", "世珍氏の来訪"}
    name.originals = ""
    name.save()
    assert gathered(press()) == {"世珍氏の来訪"}


@pytest.mark.parametrize(
    ("word", "text", "is_found"),
    [
        ("AI", "生成ＡＩの時代", True),
        ("AI", "air mail", False),
        ("G7", "G7サミット", True),
        ("핵", "핵을 만들다", True),
        ("핵", "북핵 문제", False),
        ("米韓", "米韓首脳会談", True),
        ("竜", "龍の年", True),
        ("Yoon Suk", "Yoon\u3000Suk Yeol", True),
        ("href", '<a href="https://example.com/href">橋</a>', False),
        ("かんじ", "漢字<ruby>漢字<rt>かんじ</rt></ruby>", False),
        ("橋港", "橋</p><p>港", False),
    ],
)
def test_how_words_stand_in_texts(publish, word, text, is_found):
    story = publish("題", body=text)
    rule = rule_of(any_words=word, not_words="", sections=[])
    assert bool(rule.found(words_of_story(story))) is is_found
    # What is read from the database without making a page is the same.
    assert list(words_of_stories([story.pk])) == [words_of_story(StoryPage.objects.get(pk=story.pk))]


def test_markup_is_looked_for_where_there_is_some(publish):
    story = publish("題")
    story.title, story.summary = "1 < 2 で 3 > 2", "&amp;"
    story.body = [
        {"type": "subheading", "value": "a<b>c"},
        {"type": "box", "value": {"title": "<x>", "text": "<p>箱<i>の</i>中</p>"}},
        {"type": "quotation", "value": {"text": "<言う>", "speaker": ""}},
        {"type": "markup", "value": "<ruby>橋<rp>(</rp><rt class='x'><b>はし</b></rt><rp>)</rp></ruby>&lt;港"},
    ]
    assert words_of_story(story).text.split() == ["1", "<", "2", "で", "3", ">", "2", "&amp;", "a<b>c", "<x>", "箱の中", "<言う>", "橋<港"]


@pytest.mark.parametrize(
    "hostile",
    ["<" * 40_000, "<rt " * 10_000, "<rt>" * 10_000, "<rt>" + "<b" * 20_000, "<rt><" * 10_000],
    ids=["signs", "open", "readings", "within one", "mixed"],
)
def test_signs_of_markup_alone_are_looked_through_in_no_time(hostile):
    began = time.process_time()
    list(_words_in([{"type": "markup", "value": hostile}]))
    assert time.process_time() - began < 1


def test_a_photo_that_did_not_come_over_has_no_words(publish):
    story = publish("題")
    missing = {"address": "photos/bridge.jpg", "caption": "渡り初め", "credit": "橋本", "alt_text": "人の列"}
    story.body = [{"type": "paragraph", "value": "<p>開通</p>"}, {"type": "missing_photo", "value": missing}]
    assert words_of_story(story).text.split() == ["題", "開通"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"not_words": "橋"}, "何がある記事を集めるか"),
        ({"any_words": "橋", "not_words": "橋"}, "「橋」"),
        ({"any_words": "a"}, "「a」"),
        ({"any_words": "橋" * 61}, "60"),
        ({"any_words": "\n".join(f"橋{number}" for number in range(101))}, "100"),
    ],
)
def test_a_rule_that_cannot_be_meant_is_refused(newspaper, fields, said):
    with pytest.raises(ValidationError, match=said):
        Topic(slug="bridge", name="橋の話", **fields).full_clean()


# ------------------------------------------------------------------ by hand


def test_stories_are_put_in_and_taken_out_by_hand_in_the_topics_form(publish, press, cast, client):
    topic = topic_of(any_words="大橋")
    inside, outside = publish("大橋が開通"), publish("港の祭り")
    assert gathered(press()) == {"大橋が開通"}
    client.force_login(cast["desk"])
    address = reverse(Topic.snippet_viewset.get_url_name("edit"), args=(topic.pk,))
    form = next(form for form in forms_of(client.get(address).content.decode(), address) if "any_words" in form.values)
    data = {name: value for name, value in form.values.items() if "__prefix__" not in name}
    data |= {"put_in-TOTAL_FORMS": "1", "put_in-0-story": outside.pk, "put_in-0-ORDER": "1", "put_in-0-id": "", "put_in-0-DELETE": ""}
    both = data | {"taken_out-TOTAL_FORMS": "1", "taken_out-0-story": outside.pk, "taken_out-0-ORDER": "1", "taken_out-0-id": ""}
    assert "「港の祭り」" in client.post(address, both).content.decode()
    assert client.post(address, both | {"taken_out-0-story": inside.pk}).status_code == 302
    assert gathered(press()) == {"港の祭り"}
    # What is corrected stays where the hand put it.
    for story in (inside, outside):
        story.summary = "直した一行"
        story.save_revision().publish()
    assert gathered(press()) == {"港の祭り"}


def test_the_form_shows_what_the_rule_gathers_before_it_is_kept(publish, cast, client):
    story = publish("大橋が開通")
    publish("港の祭り")
    client.force_login(cast["desk"])
    asked = {"any_words": "大橋", "not_words": "", "taken_out-0-story": story.pk, "taken_out-0-DELETE": ""}
    shown = client.post(reverse("topic_gathers"), asked).content.decode()
    assert "大橋が開通" in shown
    assert "topic-rule__out" in shown
    assert "港の祭り" not in shown
    assert "いま1件の記事を集めます" in re.sub(r"\s+", " ", shown)
    assert "topic-rule__out" not in client.post(reverse("topic_gathers"), asked | {"taken_out-0-story": "²"}).content.decode()
    assert "「a」" in client.post(reverse("topic_gathers"), {"any_words": "a"}).content.decode()
    assert StoryGathered.objects.count() == 0
    client.force_login(cast["writer"])
    assert client.post(reverse("topic_gathers"), asked).status_code != 200


def test_of_a_large_archive_the_newest_are_looked_at_and_that_is_said(publish, monkeypatch):
    monkeypatch.setattr("kawaraban.newsroom.queries.gathering._AT_ONCE", 1)
    for number in range(3):
        publish(f"大橋 {number}")
    rule = rule_of(any_words="大橋", not_words="", sections=[])
    found = would_gather(rule, shown=1, seconds=0.0)
    assert ([story.title for story, _ in found.stories], found.total, found.looked_at, found.of) == (["大橋 2"], 1, 1, 3)


# ------------------------------------------------------------------ proposed


def test_a_topic_that_the_story_has_is_not_proposed(publish, cast, client):
    register_names(entries=read("form,kind\n汐見大橋,place\n")[0], actor=None)
    topic = topic_of(name="汐見大橋の架け替え")
    story = publish("題", body="汐見大橋が開通した。")
    client.force_login(cast["desk"])

    def is_proposed(**also) -> bool:
        asked = {"story": story.pk, "fields": [{"key": "body-0", "text": "汐見大橋が開通した。", "body": True}], **also}
        told = client.post(reverse("desk_read"), json.dumps(asked), content_type="application/json").json()
        return f'data-topic="{topic.pk}"' in told["html"]

    assert is_proposed()
    assert not is_proposed(topics=[str(topic.pk)])
    topic.any_words = "大橋"
    topic.save()
    story.save_revision().publish()
    assert not is_proposed()


def test_the_list_of_topics_tells_how_many_each_has_gathered_also_while_it_is_searched(publish, cast, client):
    topic_of(name="汐見大橋の話", any_words="大橋")
    Topic.objects.create(slug="harbour", name="港の話")
    publish("大橋が開通")
    publish("大橋の祭り")
    withdraw_story(story=publish("大橋が閉まる"), actor=None)
    client.force_login(cast["desk"])
    for query in ("", "?q=汐見", "?ordering=-name"):
        rows = client.get(reverse(Topic.snippet_viewset.get_url_name("list")) + query).content.decode()
        row = next(row for row in rows.split("<tr") if "汐見大橋の話" in row)
        assert re.search(r"<td[^>]*>\s*2\s*</td>", row), query
