"""What shows a thing that changed in the newsroom is printed again."""

import pytest
from django.utils import timezone
from wagtail.models import Locale

from kawaraban.newsroom.actions.publish_story import CorrectionDraft
from kawaraban.newsroom.actions.withdraw_story import withdraw_story
from kawaraban.newsroom.models import AboutPage, FrontPage, Person, SectionPage, StoryPage, Topic
from kawaraban.sheetlog.shapes import Card, Gone, Kind, Redirect, Sheet, TimedPart

pytestmark = pytest.mark.django_db


def text(log, path: str) -> str:
    sheet = log.get(Kind.SHEET, path, Sheet)
    return "" if sheet is None else "".join(piece for piece in sheet.pieces if isinstance(piece, str)).replace("<wbr>", "")


@pytest.fixture
def change(django_capture_on_commit_callbacks):
    """Publishes a page with these fields changed. Wagtail tells of a new address after the commit."""

    def one(page, **fields):
        for name, value in fields.items():
            setattr(page, name, value)
        with django_capture_on_commit_callbacks(execute=True):
            page.save_revision().publish()

    return one


# ------------------------------------------------------------------ pages about the paper


@pytest.fixture
def about(newspaper):
    return AboutPage.objects.get(locale__language_code="ja")


def test_an_unpublished_page_about_the_paper_is_gone(about, press, change):
    assert "港町の新聞です。" in text(press(), "/about")
    about.unpublish()
    log = press()
    assert text(log, "/about") == ""
    assert log.get(Kind.GONE, "/about", Gone) == Gone("ja")
    change(about)
    log = press()
    assert "港町の新聞です。" in text(log, "/about")
    assert log.get(Kind.GONE, "/about", Gone) is None


def test_a_deleted_page_about_the_paper_is_gone(about, press):
    press()
    about.delete()
    log = press()
    assert text(log, "/about") == ""
    assert log.get(Kind.GONE, "/about", Gone) == Gone("ja")


def test_a_renamed_page_about_the_paper_leads_to_its_new_address(about, press, change):
    press()
    change(about, slug="who-we-are")
    log = press()
    assert "港町の新聞です。" in text(log, "/who-we-are")
    assert text(log, "/about") == ""
    assert log.get(Kind.REDIRECT, "/about", Redirect) == Redirect("/who-we-are")
    change(about, slug="about")
    log = press()
    assert "港町の新聞です。" in text(log, "/about")
    assert log.get(Kind.REDIRECT, "/who-we-are", Redirect) == Redirect("/about")


def test_a_page_about_the_paper_leaves_alone_what_took_its_address_over(about, press, change):
    from kawaraban.press.models import PrintJob

    press()
    about.unpublish()
    change(about, slug="who-we-are")
    change(SectionPage.objects.get(slug="society"), slug="about")
    press()
    # Tried again late.
    PrintJob.objects.create(subject="about", key="ja/about")
    assert "社会" in text(press(), "/about")


# ------------------------------------------------------------------ topics and people


@pytest.fixture
def topic(newspaper):
    return Topic.objects.create(slug="bridge", name="橋の話", name_en="The bridge")


def test_a_new_topic_stands_in_the_list_of_all_topics(press, newspaper):
    press()
    Topic.objects.create(slug="bridge", name="橋の話", name_en="The bridge")
    log = press()
    assert "橋の話" in text(log, "/topics")
    assert "The bridge" in text(log, "/en/topics")
    assert "橋の話" in text(log, "/topics/bridge/feed.xml")


def test_a_deleted_topic_is_gone_from_all_that_showed_it(press, topic, publish):
    story = publish("橋が架かる", topics=[topic])
    log = press()
    assert "/topics/bridge" in text(log, story.reader_path)
    topic.delete()
    log = press()
    assert "橋の話" not in text(log, "/topics")
    assert "/topics/bridge" not in text(log, story.reader_path)
    assert "橋の話" not in log.get(Kind.CARD, f"{story.story_id}/rss", Card).html
    for path in ("/topics/bridge", "/topics/bridge/feed.xml", "/topics/bridge/feed.json"):
        assert text(log, path) == ""
        assert log.get(Kind.GONE, path, Gone) == Gone("ja")
        assert log.get(Kind.GONE, f"/en{path}", Gone) == Gone("en")
    assert "list:ja/topic/bridge" not in str(log.get(Kind.SHEET, "/", Sheet))


def test_a_topic_takes_its_pages_and_feeds_along_to_a_new_address(press, topic, publish):
    story = publish("橋が架かる", topics=[topic])
    press()
    for new, olds in (("harbour-bridge", ["bridge"]), ("great-bridge", ["bridge", "harbour-bridge"]), ("bridge", ["harbour-bridge"])):
        topic.slug = new
        topic.save()
        log = press()
        assert f'href="/topics/{new}"' in text(log, "/topics")
        assert f"/topics/{new}" in text(log, story.reader_path)
        for edition in ("", "/en"):
            for page in ("", "/feed.xml", "/feed.json"):
                path = f"{edition}/topics/{new}{page}"
                assert text(log, path)
                assert log.get(Kind.REDIRECT, path, Redirect) is None
                for old in olds:
                    assert text(log, f"{edition}/topics/{old}{page}") == ""
                    assert log.get(Kind.REDIRECT, f"{edition}/topics/{old}{page}", Redirect) == Redirect(path)


def test_a_person_takes_pages_and_feeds_along_and_their_name_is_right_everywhere(press, publish):
    person = Person.objects.create(slug="sato", name="佐登")
    story = publish("署名のある記事", bylines=[(person, "text")])
    press()
    person.slug, person.name = "mori", "森"
    person.save()
    log = press()
    assert 'href="/by/mori"' in text(log, story.reader_path)
    for shape in ("rss", "jsonfeed"):
        assert "森" in log.get(Kind.CARD, f"{story.story_id}/{shape}", Card).html
    for page in ("", "/feed.xml", "/feed.json"):
        assert "森" in text(log, f"/by/mori{page}")
        assert text(log, f"/by/sato{page}") == ""
        assert log.get(Kind.REDIRECT, f"/by/sato{page}", Redirect) == Redirect(f"/by/mori{page}")


# ------------------------------------------------------------------ sections


def test_a_renamed_section_takes_all_its_feeds_and_their_entries_along(press, publish, change):
    story = publish("面ごと移る記事")
    press()
    change(SectionPage.objects.get(slug="politics", locale__language_code="ja"), slug="city-hall")
    log = press()
    for shape in ("rss", "jsonfeed", "sitemap", "news"):
        assert f"/city-hall/{story.story_id}" in log.get(Kind.CARD, f"{story.story_id}/{shape}", Card).html
    for feed in ("feed.xml", "feed.json"):
        assert text(log, f"/politics/{feed}") == ""
        assert log.get(Kind.REDIRECT, f"/politics/{feed}", Redirect) == Redirect(f"/city-hall/{feed}")
        assert text(log, f"/city-hall/{feed}")


def test_a_renamed_section_is_followed_by_what_links_to_its_stories_from_elsewhere(press, publish, change):
    made = CorrectionDraft(made_at=timezone.now(), text="金額を直しました。")
    original = publish("原文", corrections=[made])
    translated = publish("Translated", language="en", translation_of=original)
    press()
    change(SectionPage.objects.get(slug="politics", locale__language_code="ja"), slug="city-hall")
    log = press()
    assert f"/city-hall/{original.story_id}" in text(log, "/corrections")
    assert f"/city-hall/{original.story_id}" in text(log, translated.reader_path)
    assert f"/city-hall/{original.story_id}" in log.get(Kind.CARD, f"{translated.story_id}/sitemap", Card).html


def test_the_feeds_of_an_unpublished_section_are_gone(press, publish):
    press()
    SectionPage.objects.get(slug="society").unpublish()
    log = press()
    for page in ("", "/feed.xml", "/feed.json"):
        assert text(log, f"/society{page}") == ""
        assert log.get(Kind.GONE, f"/society{page}", Gone) == Gone("ja")


# ------------------------------------------------------------------ stories


def test_a_translation_is_named_in_the_sitemap_entries_of_its_partners_as_long_as_it_stands(press, publish):
    original = publish("原文")
    press()
    translated = publish("Translated", language="en", translation_of=original)
    log = press()
    entry = f"{original.story_id}/sitemap"
    assert translated.reader_path in log.get(Kind.CARD, entry, Card).html
    withdraw_story(story=translated, actor=None)
    press()
    assert translated.reader_path not in log.get(Kind.CARD, entry, Card).html


@pytest.fixture
def corrected(publish, press):
    story = publish("訂正のある記事", corrections=[CorrectionDraft(made_at=timezone.now(), text="金額を直しました。")])
    assert "金額を直しました。" in text(press(), "/corrections")
    return story


def test_the_last_correction_of_a_story_leaves_the_log_of_corrections(corrected, press, change):
    corrected.corrections.clear()
    change(corrected)
    assert "金額を直しました。" not in text(press(), "/corrections")


@pytest.mark.parametrize("way", ["withdrawn", "deleted"])
def test_a_withdrawn_storys_corrections_leave_the_log_of_corrections(corrected, press, way):
    if way == "deleted":
        corrected.delete()
    else:
        withdraw_story(story=corrected, actor=None)
    assert "金額を直しました。" not in text(press(), "/corrections")


def test_a_story_without_corrections_leaves_their_log_alone(corrected, press, publish):
    log = press()
    before = log.last_seq()
    publish("訂正のない記事")
    press()
    assert "/corrections" not in {entry.key for entry in log.changed_keys(before)}


def breaking(log) -> str:
    return "".join(variant.html for variant in log.get(Kind.PART, "ja/breaking", TimedPart).variants)


@pytest.mark.parametrize("way", ["withdrawn", "deleted"])
def test_breaking_news_leads_to_no_story_that_is_withdrawn(newspaper, press, publish, change, way):
    story = publish("速報の記事")
    change(newspaper["ja"], breaking_text="津波注意報", breaking_story=story)
    assert story.reader_path in breaking(press())
    if way == "deleted":
        story.delete()
    else:
        withdraw_story(story=story, actor=None)
    line = breaking(press())
    assert "津波注意報" in line
    assert "href" not in line


def test_breaking_news_leads_to_the_new_address_of_its_story(newspaper, press, publish, change):
    story = publish("速報の記事")
    change(newspaper["ja"], breaking_text="津波注意報", breaking_story=story)
    press()
    change(story, slug="tsunami")
    assert 'href="/politics/tsunami"' in breaking(press())


# ------------------------------------------------------------------ what every page bears


def pages_of(log, edition: str) -> dict[str, str]:
    """All pages of an edition that are printed now."""
    sheets = {path: log.get(Kind.SHEET, path, Sheet) for path in log.keys(Kind.SHEET)}
    return {
        path: text(log, path) for path, sheet in sheets.items() if sheet.language == edition and sheet.content_type.startswith("text/html")
    }


@pytest.fixture
def printed(newspaper, topic, publish, press):
    """A paper with all kinds of pages."""
    from kawaraban.press.actions import ask_to_print_everything

    publish("記事", bylines=[(Person.objects.create(slug="sato", name="佐登"), "text")])
    publish("Story", language="en")
    ask_to_print_everything()
    return press()


def test_a_new_nameplate_stands_on_every_page_of_its_edition_and_in_its_feeds(newspaper, printed, press, change):
    assert len(pages_of(printed, "ja")) > 10
    change(newspaper["ja"], nameplate="新しい題字", motto="港から")
    pages = pages_of(press(), "ja")
    assert [path for path, page in pages.items() if "試験新報" in page or "港から" not in page] == []
    assert "新しい題字" in text(printed, "/topics/bridge/feed.xml")
    assert "新しい題字" in printed.get(Kind.CARD, f"{StoryPage.objects.get(title='記事').story_id}/news", Card).html


def test_an_edition_that_a_chief_founds_has_all_its_pages_and_the_others_lead_to_it(newspaper, printed, press):
    locale = Locale.objects.create(language_code="ko")
    front = FrontPage(title="시험신보", nameplate="시험신보", slug="edition-ko", locale=locale, live=False)
    newspaper["ja"].get_parent().add_child(instance=front)
    front.save_revision().publish()
    log = press()
    for path in ("", "/search", "/corrections", "/topics", "/archive", "/offline"):
        assert "시험신보" in text(log, f"/ko{path}"), path
    assert all(text(log, f"/_{status}/ko") for status in (404, 410))
    assert [path for path, page in pages_of(log, "ja").items() if 'href="/ko' not in page] == []


@pytest.mark.parametrize("end", ["unpublish", "delete"])
def test_of_an_edition_that_ends_nothing_stays_and_nothing_leads_to_it(newspaper, printed, press, end):
    story = StoryPage.objects.get(title="Story")
    getattr(newspaper["en"], end)()
    log = press()
    assert pages_of(log, "en") == {}
    assert [
        key for kind in Kind for key in log.keys(kind) if kind is not Kind.GONE and key.startswith(("/en", "en/", story.story_id))
    ] == []
    assert log.get(Kind.GONE, "/en/feed.xml", Gone) == log.get(Kind.GONE, "/en", Gone) == Gone("en")
    assert [path for path, page in pages_of(log, "ja").items() if 'href="/en' in page] == []
    assert all(text(log, path) for path in ("/", "/feed.xml", "/worker.js", "/sitemap.xml", "/robots.txt"))


def test_an_edition_that_is_taken_up_again_has_all_that_it_had(newspaper, printed, press, change):
    before = set(pages_of(printed, "en"))
    newspaper["en"].unpublish()
    press()
    change(newspaper["en"])
    assert set(pages_of(press(), "en")) == before


def test_when_the_first_edition_ends_what_serves_the_whole_site_stays(newspaper, printed, press):
    newspaper["ja"].unpublish()
    log = press()
    assert pages_of(log, "ja") == {}
    assert all(text(log, path) for path in ("/en", "/worker.js", "/sitemap.xml", "/robots.txt", "/llms.txt"))


def test_a_front_page_that_keeps_its_names_asks_for_no_other_page(newspaper, printed, press, change):
    before = printed.last_seq()
    change(newspaper["ja"], breaking_text="速報")
    press()
    assert {
        entry.key for entry in printed.changed_keys(before) if entry.kind is Kind.SHEET and not entry.key.endswith((".xml", ".json"))
    } <= {"/"}


def test_every_page_links_to_the_page_about_the_paper_as_it_is_now(about, printed, press, change):
    change(about, title="わたしたち", slug="who-we-are")
    assert [path for path, page in pages_of(press(), "ja").items() if '<a href="/who-we-are">わたしたち</a>' not in page] == []
    change(about, body="<p>本文だけが変わる。</p>")
    before = printed.last_seq()
    press()
    assert {entry.key for entry in printed.changed_keys(before)} == {"/who-we-are"}
    about.unpublish()
    assert [path for path, page in pages_of(press(), "ja").items() if "who-we-are" in page] == []
    change(about)
    assert [path for path, page in pages_of(press(), "ja").items() if "who-we-are" not in page] == []
    about.delete()
    assert [path for path, page in pages_of(press(), "ja").items() if "who-we-are" in page] == []
