"""The registry of names: its screens, its file, and the names of published stories."""

import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from kawaraban.language.names import Name as Shape
from kawaraban.language.registry_csv import COLUMNS, read
from kawaraban.newsroom.actions import note_names
from kawaraban.newsroom.actions.note_names import look_for_changed_names
from kawaraban.newsroom.actions.register_names import Registered, begin_registry, register_names
from kawaraban.newsroom.models import Name, NameInStory
from kawaraban.newsroom.queries.names import registry
from kawaraban.pages.plates.names import look_for_names
from kawaraban.press.actions import ask_to_print
from kawaraban.press.models import PrintJob
from kawaraban.press.registry import Wanted
from kawaraban.sheetlog.shapes import Document, Kind, PressedSheet, Story, StoryList

pytestmark = pytest.mark.django_db

CSV = """form,kind,form_en,reading,short_forms,wrong_forms,titles,wikidata
港湾都市連盟,organisation,Harbour Cities League,こうわんとしれんめい,HCL,港湾都市同盟,,Q42
橘圭一,person,Keiichi Tachibana,たちばなけいいち,,,市長 2024-04-01..2028-03-31,
"""


@pytest.fixture
def names(newspaper):
    """Two names."""
    register_names(entries=read(CSV)[0], actor=None)
    return {name.slug: name for name in Name.objects.filter(slug__in=["harbour-cities-league", "keiichi-tachibana"])}


def looked_for() -> list[str]:
    """Looks for changed names; returns the ids of the stories that are told."""
    told: list[str] = []
    look_for_changed_names(tell=told.extend)
    return told


def slugs_in(story) -> list[tuple[str, bool]]:
    return list(NameInStory.objects.filter(story=story).values_list("name__slug", "prominent"))


def test_a_registry_begins_with_public_terms_and_is_left_as_it_is_afterwards(newspaper):
    begin_registry()
    count = Name.objects.count()
    Name.objects.filter(slug="oecd").get().delete()
    begin_registry()
    assert Name.objects.count() == count - 1
    assert Name.objects.filter(slug="nato", short_forms="NATO").exists()


def test_a_file_comes_once_and_changes_what_is_known(names):
    assert register_names(entries=read(CSV)[0], actor=None) == Registered(unchanged=2)
    assert register_names(entries=read(CSV.replace("市長", "知事"))[0], actor=None) == Registered(changed=1, unchanged=1)
    assert [title.text for title in Name.objects.get(slug="keiichi-tachibana").titles.all()] == ["知事"]


def test_a_file_changes_only_what_it_has_columns_for(names):
    league = names["harbour-cities-league"]
    league.note, league.originals = "総会は六月", "Harbour League"
    league.save()
    # Without its kind it is known by its form alone.
    done = register_names(entries=read("form,wikidata\n港湾都市連盟,Q43\n橘圭一,\n")[0], actor=None)
    assert done == Registered(changed=1, unchanged=1)
    league = Name.objects.get(pk=league.pk)
    kept = (league.kind, league.name_en, league.reading, league.short_forms, league.wrong_forms, league.originals, league.note)
    wanted = ("organisation", "Harbour Cities League", "こうわんとしれんめい", "HCL", "港湾都市同盟", "Harbour League", "総会は六月")
    assert (league.wikidata, kept) == ("Q43", wanted)
    assert Name.objects.get(slug="keiichi-tachibana").titles.get().text == "市長"
    # A column that is there and empty empties.
    assert register_names(entries=read("form,note,titles\n港湾都市連盟,,\n橘圭一,,\n")[0], actor=None) == Registered(changed=2)
    assert Name.objects.get(pk=league.pk).note == ""
    assert not Name.objects.get(slug="keiichi-tachibana").titles.exists()


def test_the_whole_registry_goes_out_and_comes_in_again(names):
    before = registry()
    assert register_names(entries=before, actor=None) == Registered(unchanged=len(before))


def test_the_desk_brings_names_in_and_is_told_of_faulty_lines(cast, client):
    client.force_login(cast["desk"])
    text = CSV + "誰か,alien,,,,,,\n"
    answer = client.post(reverse("names_import"), {"file": SimpleUploadedFile("names.csv", text.encode("utf-8-sig"))}, follow=True)
    words = answer.content.decode()
    assert "追加2件、変更0件、変更なし0件。" in words
    assert "4行目" in words
    assert "alien" in words
    assert Name.objects.filter(name="橘圭一", reading="たちばなけいいち").exists()


def test_what_is_too_long_is_told_with_line_column_and_length(cast, client):
    client.force_login(cast["desk"])
    text = f"form,short_forms\n港の会,{'港' * 301}\n"
    answer = client.post(reverse("names_import"), {"file": SimpleUploadedFile("names.csv", text.encode())}, follow=True)
    assert "2行目、short_forms列は300字以内にしてください「港港" in answer.content.decode()
    assert not Name.objects.filter(name="港の会").exists()


@pytest.mark.parametrize(("content", "told"), [(b"\xff\xfe\x00", "UTF-8"), (b"", "空")])
def test_what_is_no_text_is_told(cast, client, content, told):
    client.force_login(cast["desk"])
    answer = client.post(reverse("names_import"), {"file": SimpleUploadedFile("names.csv", content)})
    assert answer.status_code == 200
    assert told in answer.content.decode()


def test_the_registry_goes_out_as_a_file(cast, client, names):
    client.force_login(cast["desk"])
    answer = client.get(reverse("names_export"))
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0] == ",".join(COLUMNS)
    assert any("橘圭一" in line and "市長 2024-04-01..2028-03-31" in line for line in lines)


def test_writers_do_not_change_the_registry(cast, client, names):
    client.force_login(cast["writer"])
    # Wagtail leads back to the first screen with a message.
    for address in (reverse("names_import"), reverse("names_export"), reverse("wagtailsnippets_newsroom_name:add")):
        assert client.get(address).status_code in {302, 403}


def test_a_form_that_is_right_and_wrong_at_once_is_refused(cast, client, names):
    client.force_login(cast["desk"])
    data = {"name": "架空連盟", "kind": "organisation", "brackets": "auto", "wrong_forms": "架空連盟"}
    data |= {f"titles-{part}_FORMS": "0" for part in ("TOTAL", "INITIAL")}
    words = client.post(reverse("wagtailsnippets_newsroom_name:add"), data).content.decode()
    assert "「架空連盟」は正しい表記と使わない表記の両方にはできません。" in words


def test_a_published_story_knows_its_names_and_a_draft_changes_none(publish, names):
    story = publish("橘圭一市長が会見", body="港湾都市連盟(HCL)の総会で。")
    assert slugs_in(story) == [("keiichi-tachibana", True), ("harbour-cities-league", False)]
    story.title = "市長が会見"
    revision = story.save_revision()
    assert slugs_in(story) == [("keiichi-tachibana", True), ("harbour-cities-league", False)]
    revision.publish()
    assert slugs_in(story) == [("harbour-cities-league", False)]


def test_a_name_that_is_registered_later_is_found_in_what_is_published(publish, names, press):
    story, other = publish("静かな朝", body="灯台守の湊屋が来た。"), publish("雨の朝")
    looked_for()
    assert slugs_in(story) == []
    register_names(entries=read("form,form_en\n湊屋,Minatoya\n")[0], actor=None)
    assert looked_for() == [story.story_id]
    assert slugs_in(story) == [("minatoya", False)]
    assert looked_for() == []
    assert slugs_in(other) == []
    Name.objects.filter(slug="minatoya").get().delete()
    assert slugs_in(story) == []


def test_each_slice_of_stories_is_noted_with_its_wish_to_print_or_not_at_all(publish, names, monkeypatch):
    monkeypatch.setattr(note_names, "_AT_ONCE", 1)
    monkeypatch.setattr(note_names, "_ONE_BY_ONE", 0)
    stories = [publish("静かな朝", body="灯台守の湊屋が来た。"), publish("雨の朝"), publish("風の朝", body="湊屋は来ない。")]
    looked_for()
    register_names(entries=read("form,form_en\n湊屋,Minatoya\n")[0], actor=None)
    PrintJob.objects.all().delete()

    def killed_the_second_time(changed):
        if PrintJob.objects.filter(subject="story").exists():
            raise KeyboardInterrupt
        ask_to_print(Wanted("story", story_id) for story_id in changed)

    with pytest.raises(KeyboardInterrupt):
        look_for_changed_names(tell=killed_the_second_time)
    noted = [story.story_id for story in stories if slugs_in(story)]
    assert len(noted) == 1
    assert list(PrintJob.objects.values_list("key", flat=True)) == noted
    # What was left is done the next time.
    assert {*looked_for(), *noted} == {stories[0].story_id, stories[2].story_id}
    assert [slugs_in(story) for story in stories] == [[("minatoya", False)], [], [("minatoya", False)]]


def test_readers_find_a_names_page_with_its_stories(publish, names, press):
    first = publish("橘圭一市長が会見")
    second = publish("港の朝", body="橘圭一氏が来た。")
    log = press()
    path = "/names/keiichi-tachibana"
    assert log.get(Kind.LIST, "ja/name/keiichi-tachibana", StoryList).stories == (second.story_id, first.story_id)
    page = "".join(text.plain.decode() for text in log.get(Kind.SHEET, path, PressedSheet).texts)
    assert "<h1>橘<wbr>圭一</h1>" in page or "橘圭一" in re.sub("<wbr>", "", page)
    assert "たちばなけいいち" in page
    assert log.get(Kind.SHEET, "/en" + path, PressedSheet) is None
    assert log.get(Kind.NAME, "keiichi-tachibana", Shape).reading == "たちばなけいいち"
    assert log.get(Kind.STORY, first.story_id, Story).names == ("keiichi-tachibana",)
    assert log.get(Kind.DOCUMENT, first.story_id, Document).names == ("keiichi-tachibana",)
    second.unpublish()
    first.unpublish()
    log = press()
    assert log.get(Kind.SHEET, path, PressedSheet) is None


def test_a_storys_page_leads_to_its_names_and_says_which_they_are(publish, names, press):
    story = publish("港湾都市連盟の総会", body="橘圭一市長が開いた。")
    page = "".join(text.plain.decode() for text in press().get(Kind.SHEET, story.reader_path, PressedSheet).texts)
    assert '<a href="/names/harbour-cities-league">港湾都市連盟</a>' in page
    data = json.loads(re.search(r'<script type="application/ld\+json">(.+?)</script>', page)[1])
    site = data["url"].removesuffix(story.reader_path)
    league = {"@type": "Organization", "name": "港湾都市連盟", "url": f"{site}/names/harbour-cities-league"}
    assert data["about"] == [league | {"sameAs": "https://www.wikidata.org/entity/Q42"}]
    assert data["mentions"] == [{"@type": "Person", "name": "橘圭一", "url": f"{site}/names/keiichi-tachibana"}]


def test_a_changed_name_is_printed_again_where_it_stands(publish, names, press):
    story = publish("橘圭一市長が会見")
    press()
    name = names["keiichi-tachibana"]
    name.name, name.slug = "立花圭一", "tachibana"
    name.save()
    look_for_names("changed")
    log = press()
    assert log.get(Kind.NAME, "keiichi-tachibana", Shape) is None
    assert log.get(Kind.STORY, story.story_id, Story).names == ()
    assert log.get(Kind.SHEET, "/names/keiichi-tachibana", PressedSheet) is None
