"""JSON Lines in and out."""

import gzip
import json
import re

import click
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from wagtail.actions.move_page import MovePageAction
from wagtail.models import Page, PageLogEntry, Site

from kawaraban.exchange.formats.jsonl.exporting import export_file
from kawaraban.exchange.formats.jsonl.importing import FORMAT, JsonLines
from kawaraban.exchange.formats.jsonl.reading import WrongLineError, story_of
from kawaraban.exchange.formats.ninjs.exporting import export_file as export_ninjs
from kawaraban.exchange.importing import Options
from kawaraban.exchange.importing import bring_in as bring_source_in
from kawaraban.exchange.proving.proof import prove
from kawaraban.newsroom.actions.withdraw_story import withdraw_story
from kawaraban.newsroom.models import FrontPage, SectionPage, StoryPage
from kawaraban.newsroom.queries.texts import body_text
from kawaraban.press.models import PrintJob
from kawaraban.project.commands.sites import told_in_a_sentence
from kawaraban.sheetlog.shapes import Document, Kind, Redirect, Sheet, StoryList

pytestmark = pytest.mark.django_db

LINES = [
    {
        "id": 1,
        "title": "最初の記事",
        "body": "第一段落。続き。\n\n第二段落。",
        "section": "政治",
        "topics": ["橋", "選挙"],
        "byline": "佐登はるか",
    },
    {
        "id": "b-2",
        "title": "Second",
        "body": "One.",
        "language": "en",
        "published_at": "2024-05-01T10:00:00+09:00",
        "url": "https://example.com/2",
    },
    {"id": 3, "title": "題だけ"},
]


def bring_in(path, source="wire"):
    return bring_source_in(JsonLines([path]), options=Options(source_name=source))


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "stories.jsonl"
    path.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in LINES), encoding="utf-8")
    return path


def test_stories_come_over_with_revision_log_entry_and_reprint(newspaper, file):
    report = bring_in(file)
    assert (report.new, report.problems) == (3, [])
    story = StoryPage.objects.get(import_source="wire", import_id="1")
    assert [block.block_type for block in story.body] == ["paragraph", "paragraph"]
    assert story.get_parent().slug == "politics"
    assert story.reader_path == f"/politics/{story.story_id}"
    assert {topic.name for topic in story.topics.all()} == {"橋", "選挙"}
    assert story.live
    assert story.latest_revision is not None
    assert PageLogEntry.objects.filter(page=story.pk, action="wagtail.publish").exists()
    assert PrintJob.objects.filter(subject="story", key=story.story_id).exists()
    english = StoryPage.objects.get(import_id="b-2")
    assert english.language == "en"
    assert english.published_at.isoformat() == "2024-05-01T01:00:00+00:00"


def test_stories_found_an_edition_that_is_not_there_yet(db, file):
    report = bring_in(file)
    assert (report.new, report.problems) == (3, [])
    assert {front.language for front in FrontPage.objects.all()} == {"ja", "en"}
    assert Site.objects.get(is_default_site=True).root_page.specific.language == "ja"


def test_the_same_file_twice_changes_nothing(newspaper, file):
    bring_in(file)
    before = list(StoryPage.objects.order_by("pk").values_list("story_id", "latest_revision", "published_at"))
    report = bring_in(file)
    assert (report.new, report.updated, report.unchanged) == (0, 0, 3)
    assert list(StoryPage.objects.order_by("pk").values_list("story_id", "latest_revision", "published_at")) == before


def test_ids_are_the_same_in_every_newsroom(newspaper, file):
    bring_in(file)
    ids = set(StoryPage.objects.values_list("story_id", flat=True))
    for story in StoryPage.objects.all():
        story.delete()
    bring_in(file)
    assert set(StoryPage.objects.values_list("story_id", flat=True)) == ids


def test_a_newer_file_updates_what_changed_and_nothing_that_was_edited_here(newspaper, file, cast):
    bring_in(file)
    edited = StoryPage.objects.get(import_id="3")
    edited.title = "手を入れた題"
    edited.save_revision(user=cast["desk"]).publish()
    changed = [{**line, "title": line["title"] + "(続報)"} for line in LINES]
    file.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in changed), encoding="utf-8")
    report = bring_in(file)
    assert (report.updated, report.kept) == (2, 1)
    assert StoryPage.objects.get(import_id="3").title == "手を入れた題"
    assert StoryPage.objects.get(import_id="1").title == "最初の記事(続報)"


def change(file, lines=LINES, **fields):
    """Write the file anew, with these fields of every line and another title."""
    changed = [{**line, "title": f"{line['title']}(続報)", **fields} for line in lines]
    file.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in changed), encoding="utf-8")


def test_a_newer_file_brings_back_nothing_that_was_withdrawn_here(newspaper, file, cast):
    bring_in(file)
    withdraw_story(story=StoryPage.objects.get(import_id="1"), actor=cast["desk"])
    # Its own end, which no person brought about.
    withdraw_story(story=StoryPage.objects.get(import_id="b-2"), actor=None)
    change(file)
    report = bring_in(file)
    assert (report.updated, report.kept) == (1, 2)
    assert "2 kept as edited or withdrawn here" in report.sentence()
    assert list(StoryPage.objects.live().values_list("import_id", flat=True)) == ["3"]


def test_a_newer_file_leaves_alone_what_somebody_here_acted_on_without_a_revision(newspaper, file, cast):
    bring_in(file)
    story = StoryPage.objects.get(import_id="1")
    MovePageAction(story, SectionPage.objects.get(slug="society"), pos="last-child", user=cast["chief"]).execute()
    change(file)
    assert bring_in(file).kept == 1
    story = StoryPage.objects.get(import_id="1")
    assert (story.title, story.get_parent().slug) == ("最初の記事", "society")


def test_a_changed_story_without_a_time_keeps_the_one_that_it_was_given(newspaper, file):
    bring_in(file)
    given = dict(StoryPage.objects.values_list("import_id", "published_at"))
    change(file)
    assert bring_in(file).updated == 3
    assert dict(StoryPage.objects.values_list("import_id", "published_at")) == given


def test_a_story_goes_to_the_section_that_its_source_moved_it_to(newspaper, file, press):
    bring_in(file)
    press()
    story = StoryPage.objects.get(import_id="1")
    old = story.reader_path
    # The last story leaves a section and the first comes to one, with others for both in the same batch.
    moved = [{**LINES[0], "section": "社会"}, {"id": 4, "title": "新", "section": "政治"}, {"id": 5, "title": "新", "section": "社会"}]
    file.write_text("\n".join(json.dumps(line) for line in moved), encoding="utf-8")
    report = bring_in(file)
    assert (report.new, report.updated, report.problems) == (2, 1, [])
    story = StoryPage.objects.get(import_id="1")
    assert story.reader_path == f"/society/{story.story_id}"
    log = press()
    assert log.get(Kind.REDIRECT, old, Redirect) == Redirect(story.reader_path)
    assert log.get(Kind.SHEET, old, Sheet) is None
    assert story.story_id not in log.get(Kind.LIST, "ja/section/politics", StoryList).stories
    assert not Page.find_problems()[4]


def test_a_story_goes_to_the_edition_that_its_source_moved_it_to(newspaper, file, press):
    bring_in(file)
    press()
    old = StoryPage.objects.get(import_id="3").reader_path
    change(file, lines=LINES[2:], language="en")
    assert bring_in(file).updated == 1
    story = StoryPage.objects.get(import_id="3")
    assert (story.language, story.reader_path) == ("en", f"/en/news/{story.story_id}")
    log = press()
    assert log.get(Kind.REDIRECT, old, Redirect) == Redirect(story.reader_path)
    assert log.get(Kind.SHEET, story.reader_path, Sheet) is not None


def test_a_section_that_was_renamed_here_keeps_its_stories(newspaper, file):
    bring_in(file)
    section = SectionPage.objects.get(slug="politics", locale__language_code="ja")
    section.title = "政治・経済"
    section.save_revision().publish()
    change(file)
    assert bring_in(file).updated == 3
    assert StoryPage.objects.get(import_id="1").get_parent().pk == section.pk
    assert not SectionPage.objects.filter(title="政治").exists()


def test_a_wrong_line_is_named_and_the_rest_comes_over(newspaper, tmp_path):
    path = tmp_path / "mixed.jsonl"
    path.write_bytes(
        b'{"id":1,"title":"good"}\n{"id":2,\n\xff\xfe\n{"id":4,"title":""}\n{"id":5,"title":"x","published_at":"soon"}\n{"id":6,"title":"fine"}\n'
    )
    report = bring_in(path)
    assert report.new == 2
    assert [problem.split(":")[0] for problem in report.problems] == [f"mixed.jsonl, line {number}" for number in (2, 3, 4, 5)]


WRONG_VALUES = {
    "published_at": [
        *("9999-12-31T23:59:59Z", "9999-12-31T23:59:59-12:00", "9999-01-01", "0001-01-01T00:00:00Z", "1000-01-01T00:00:00+14:00"),
        *(
            "2024-01-01T00:00:00+25:00",
            "2024-01-01T00:00:00+99:99",
            "2024-13-01",
            "99999-01-01",
            "\x00",
            "NaN",
            1700000000,
            1e400,
            [],
            True,
        ),
    ],
    "id": [10**4000, 1e400, float("nan"), float("inf"), 1.5, None, True, [], {}, "", "\x00", "\ud800", "\udc00", "i" * 201],
    "title": [None, 1, "\x00\x01", "\udfff", " "],
    "body": [None, 1, [], "\ud83d"],
    "topics": [1, [1], [None], {"a": 1}],
    "byline": [1, [["a"]]],
    "section": [1, [], "面" * 300],
    "language": ["xx", "ja\x00", 1],
    "url": [1, "http://[::1", "https://example.com/" + "a" * 600],
}


def test_no_value_ends_an_import(newspaper, tmp_path, press):
    path = tmp_path / "odd.jsonl"
    odd = [
        {"id": f"{name}-{number}", "title": "題", name: value} for name in WRONG_VALUES for number, value in enumerate(WRONG_VALUES[name])
    ]
    fine = [
        {"id": 10**30, "title": "題", "published_at": "1000-01-03T00:00:00Z"},
        {"id": "f1", "title": "\x00題\uffff", "published_at": "9998-12-30T23:59:59Z", "topics": ["題" * 90, "\x00"]},
        {"id": "f2", "title": "題", "published_at": "2024-01-01T00:00:00+23:59", "url": "javascript:alert(1)", "body": "本文"},
    ]
    path.write_text("\n".join(json.dumps(line) for line in [*odd, *fine]), encoding="utf-8")
    report = bring_in(path)
    named = [int(problem.split(":")[0].removeprefix("odd.jsonl, line ")) for problem in report.problems]
    assert sorted(named) == list(range(1, len(odd) + 1))
    assert all("\n" not in problem for problem in report.problems)
    assert report.new == len(fine)
    # What came over can be printed.
    press()
    assert not PrintJob.objects.exclude(error="").exists()


def test_long_ids_that_differ_late_are_not_one_story(newspaper, tmp_path):
    path = tmp_path / "long.jsonl"
    path.write_text("\n".join(json.dumps({"id": "i" * length, "title": "題"}) for length in (200, 201, 202)), encoding="utf-8")
    report = bring_in(path)
    assert (report.new, report.updated, len(report.problems)) == (1, 0, 2)
    assert report.problems[0] == 'long.jsonl, line 2: "id" has 201 characters: at most 200 can be kept.'


def test_what_went_in_comes_out_and_goes_in_again_equal(newspaper, file, tmp_path):
    bring_in(file)
    first, second = tmp_path / "out.jsonl", tmp_path / "again.jsonl"
    assert export_file(first) == 3
    for story in StoryPage.objects.all():
        story.delete()
    bring_in(first)
    export_file(second)
    assert first.read_text(encoding="utf-8") == second.read_text(encoding="utf-8")


def test_stories_of_several_sources_come_out_under_ids_of_their_own(newspaper, tmp_path, publish):
    def exported():
        export_file(out)
        return {row["title"]: row["id"] for row in map(json.loads, out.read_text(encoding="utf-8").splitlines())}

    path, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    ours = publish("自社")
    longest = "i" * 200
    for source, ids in (("a", ["1", longest]), ("b", ["1", "a:1", longest, ours.story_id])):
        path.write_text("\n".join(json.dumps({"id": name, "title": f"{source} {name[:8]}"}) for name in ids), encoding="utf-8")
        bring_in(path, source)
    ids = exported()
    assert len(set(ids.values())) == StoryPage.objects.count() == 7
    assert (ids["自社"], ids["a 1"], ids["b 1"], ids["b a:1"]) == (ours.story_id, "1", "b:1", "a:1")
    # A story that is withdrawn gives its id to no other.
    withdraw_story(story=StoryPage.objects.get(title="a 1"), actor=None)
    assert exported() == {title: name for title, name in ids.items() if title != "a 1"}
    # Another newsroom gets as many stories, and they go on from there under the same ids.
    for story in StoryPage.objects.all():
        story.delete()
    assert bring_in(out, "c").new == 6
    assert bring_in(out, "c").unchanged == 6
    assert set(exported().values()) == set(ids.values()) - {"1"}


def test_angle_brackets_and_ampersands_are_words(newspaper, tmp_path, press):
    body = "映画 <Parasite> を見た。\n\nR&amp;D と R&D、 1 < 2 > 0、 <b>太字</b> と <!-- 注 -->。"
    path, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    path.write_text(json.dumps({"id": 1, "title": "<映画>", "body": body}), encoding="utf-8")
    bring_in(path)
    assert press().get(Kind.DOCUMENT, StoryPage.objects.get().story_id, Document).body == body
    for story in StoryPage.objects.all():
        export_file(out)
        story.delete()
    bring_in(out)
    assert body_text(StoryPage.objects.get()) == body


def test_stories_without_a_time_are_spread_over_the_days_before_newest_last(newspaper, file):
    bring_in(file)
    first, last = (StoryPage.objects.get(import_id=name).published_at for name in ("1", "3"))
    assert first < last


@given(st.binary(max_size=200))
def test_any_line_is_a_story_or_a_clear_refusal(line):
    try:
        sentence = story_of(line).title
    except WrongLineError as error:
        sentence = str(error)
    assert sentence


def test_a_story_that_cannot_be_written_takes_none_of_its_batch_with_it(newspaper, tmp_path):
    path = tmp_path / "batch.jsonl"
    lines = [
        {"id": 1, "title": "先の記事", "section": "新しい面", "topics": ["新しい話題"]},
        {"id": 2, "title": "長すぎる題" * 60},
        {"id": 3, "title": "後の記事", "section": "新しい面"},
    ]
    path.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    report = bring_in(path)
    assert (report.new, len(report.problems)) == (2, 1)
    assert "line 2" in report.problems[0]
    assert list(StoryPage.objects.order_by("import_id").values_list("import_id", flat=True)) == ["1", "3"]
    assert StoryPage.objects.get(import_id="1").get_parent().title == "新しい面"


def test_an_import_that_is_stopped_goes_on_where_it_was(newspaper, tmp_path, monkeypatch):
    path = tmp_path / "long.jsonl"
    path.write_text(
        "\n".join(json.dumps({"id": number, "title": f"記事{number}", "body": "本文。"}) for number in range(9)), encoding="utf-8"
    )
    monkeypatch.setattr("kawaraban.exchange.importing.BATCH", 4)
    told = []

    def stop_after_the_first_batch(done, total):
        told.append(done)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bring_source_in(JsonLines([path]), options=Options(source_name="wire"), on_progress=stop_after_the_first_batch)
    # What was told as done stands, whole, and is waiting to be printed.
    assert told == [4]
    assert StoryPage.objects.live().count() == PrintJob.objects.filter(subject="story").count() == 4
    report = bring_in(path)
    assert (report.new, report.unchanged) == (5, 4)
    assert [found.title for found in StoryPage.objects.search("記事8")] == ["記事8"]


def test_an_import_that_is_stopped_in_a_batch_leaves_nothing_of_it(newspaper, tmp_path, monkeypatch):
    from kawaraban.newsroom.actions import publish_stories

    path = tmp_path / "short.jsonl"
    path.write_text("\n".join(json.dumps({"id": number, "title": f"記事{number}"}) for number in range(3)), encoding="utf-8")

    def stopped_at_the_end(_):
        assert StoryPage.objects.live().count() == 3
        raise KeyboardInterrupt

    monkeypatch.setattr(publish_stories, "write_new_references", stopped_at_the_end)
    with pytest.raises(KeyboardInterrupt):
        bring_in(path)
    assert not StoryPage.objects.exists()
    assert not PrintJob.objects.filter(subject="story").exists()


def test_a_section_named_like_a_page_of_the_sites_own_stands_elsewhere(newspaper, tmp_path):
    names = ["Search", "Topics", "en", "2026", "About", "Politics"]
    path = tmp_path / "stories.jsonl"
    path.write_text(
        "\n".join(json.dumps({"id": name, "title": "記事", "body": "本文。", "section": name}) for name in names), encoding="utf-8"
    )
    for expected in ((6, 0), (0, 6)):
        report = bring_in(path)
        assert (report.new, report.unchanged, report.problems) == (*expected, [])
    slugs = [StoryPage.objects.get(import_id=name).get_parent().slug for name in names]
    assert all(re.fullmatch(r"section-[0-9a-f]{8}", slug) for slug in slugs[:5])
    assert len(set(slugs)) == 6
    assert slugs[5] == "politics"


def test_everything_that_was_put_in_comes_out_again(publish, cast, tmp_path, settings):
    """Export, import into an empty newsroom, export again: the same, byte for byte."""
    from exports import picture

    from kawaraban.exchange.drafting import Drafting
    from kawaraban.exchange.media.files import open_files
    from kawaraban.exchange.shapes import Box, Embed, Markup, Pictures, Quotation, SourcePhoto, Subheading, Table
    from kawaraban.newsroom.actions.publish_story import CorrectionDraft, StoryDraft, publish_new_story
    from kawaraban.newsroom.actions.take_in_photo import PhotoDraft, take_in_photo
    from kawaraban.newsroom.models import Person, Photo, Topic

    settings.MEDIA_ROOT = str(tmp_path / "originals")
    photos = {
        colour: take_in_photo(
            content=picture(colour), name=f"{colour}.jpg", draft=PhotoDraft(credit="海辺通信", caption="港。", alt_text=colour), actor=None
        )
        for colour in ("navy", "red")
    }
    first = publish("先の記事", body='<b>太字</b>と<br/><a href="https://example.com/">先</a>。')
    # In one story a photo is described otherwise than in the library: where it comes to there is that story alone.
    shown = tuple(SourcePhoto(address=colour, caption=colour, alt_text=f"{colour}の港") for colour in photos)
    blocks = (
        Subheading("見出し"),
        Quotation("言葉\n二行目", "市長"),
        Table(("年", "値"), (("2024", "1,200"), ("2025", "")), "水揚げ"),
        Box("背景", "<p>説明</p>"),
        Embed("https://www.youtube-nocookie.com/embed/abcdefghijk", "開通した橋と港の朝を写した映像"),
        Markup("<pre>a  b</pre>"),
        Pictures(shown, "二枚"),
    )
    body = Drafting(lambda photo: photos[photo.address], lambda _: None).body(blocks)
    person = Person.objects.create(slug="kei", name="橘 圭")
    moment = first.published_at.replace(year=2020)
    publish_new_story(
        draft=StoryDraft(
            headline="後の記事",
            section=SectionPage.objects.select_related("locale").get(slug="politics", locale__language_code="ja"),
            body=[*body, ("story", first), ("missing_photo", {"address": "/x.jpg", "caption": "欠", "credit": "誰か", "alt_text": ""})],
            short_headline="短く",
            summary="要約",
            standfirst="前文",
            lead_photo=photos["navy"],
            lead_caption="開通した橋",
            topics=[Topic.objects.create(slug="b", name="橋")],
            bylines=[(person, "text"), (person, "translation")],
            corrections=[CorrectionDraft(made_at=moment, text="直しました", kind="apology", wrong="誤", right="正")],
            source_name="聯合ニュース",
            source_url="https://example.com/1",
            published_at=moment,
            updated_at=moment.replace(month=12),
        ),
        actor=None,
    )
    out, again, media = tmp_path / "out.jsonl", tmp_path / "again.jsonl", tmp_path / "media"
    # Of photos of which nothing is known yet, too: while stories are read SQLite refuses what is written after somebody else has.
    Photo.objects.update(file_hash="")
    with CaptureQueriesContext(connection) as asked:
        assert export_file(out, media) == export_ninjs(tmp_path / "out.ninjs.jsonl", media) == 2
    assert [query["sql"] for query in asked if not query["sql"].startswith(("SELECT", "DECLARE"))] == []
    assert len(list(media.iterdir())) == 2
    for model in (StoryPage, Photo, Person, Topic):
        for row in model.objects.all():
            row.delete()
    report = bring_source_in(JsonLines([out]), options=Options(source_name="other"), media=[open_files(media)])
    assert (report.new, report.problems, list(report.missing_photos)) == (2, [], ["/x.jpg"])
    export_file(again)
    assert again.read_bytes() == out.read_bytes()
    proof = prove(FORMAT.count([out]), source="other", format_name="jsonl", report=report, ask=None)
    assert (proof.lengths, proof.is_complete) == ([], True)
    report = bring_source_in(JsonLines([again]), options=Options(source_name="other"), media=[open_files(media)])
    assert (report.new, report.updated, report.unchanged) == (0, 0, 2)


def test_nothing_that_acts_comes_with_blocks(newspaper, tmp_path):
    path = tmp_path / "odd.jsonl"
    blocks = [
        {"type": "paragraph", "html": "<p onclick=x()>本文<script>x()</script></p>"},
        {"type": "markup", "html": "<svg onload=x()><pre>a</pre>"},
        {"type": "embed", "address": "javascript:x()", "title": "映像"},
    ]
    path.write_text(json.dumps({"id": 1, "title": "題", "blocks": blocks}), encoding="utf-8")
    bring_in(path)
    assert [block["value"] for block in StoryPage.objects.get().body.raw_data] == ["<p>本文</p>", "<pre>a</pre>", "<p>映像</p>"]


def test_an_export_into_a_directory_that_is_not_there_is_told(newspaper, tmp_path):
    path = tmp_path / "nowhere" / "out.jsonl"
    with (
        pytest.raises(click.ClickException, match=r"out\.jsonl cannot be written: No such file or directory"),
        told_in_a_sentence(path, "written"),
    ):
        export_file(path)


@pytest.mark.parametrize(
    ("broken", "most"),
    [
        (lambda packed: packed[: len(packed) // 2], 299),
        (lambda packed: packed[:-4], 300),
        (lambda _: b"no gzip", 0),
    ],
    ids=["half of it", "without its end", "none"],
)
def test_of_a_packed_file_that_is_broken_comes_what_can_be_read_and_it_is_told_where_it_broke(newspaper, tmp_path, broken, most):
    path = tmp_path / "stories.jsonl.gz"
    lines = b"".join(b'{"id": %d, "title": "x%d"}\n' % (number, number * 7919) for number in range(300))
    path.write_bytes(broken(gzip.compress(lines)))
    report = bring_in(path)
    here = sorted(map(int, StoryPage.objects.values_list("import_id", flat=True)))
    # All that stands before the break, without a gap.
    assert here == list(range(report.new))
    assert min(most, 1) <= report.new <= most
    (problem,) = report.problems
    assert problem.startswith(f"stories.jsonl.gz, line {report.new + 1}: the packed file is broken from here on (")


def test_of_a_packed_file_that_is_damaged_each_line_that_can_be_read_comes_over(newspaper, tmp_path):
    path = tmp_path / "stories.jsonl.gz"
    packed = gzip.compress(b"".join(b'{"id": %d, "title": "x%d"}\n' % (number, number * 7919) for number in range(300)))
    path.write_bytes(packed[:1500] + b"\0" * 30 + packed[1530:])
    report = bring_in(path)
    assert report.new == StoryPage.objects.count() > 100
    assert any("the packed file is broken from here on (" in problem for problem in report.problems)


def test_a_packed_file_is_known_by_what_it_holds(newspaper, tmp_path):
    from kawaraban.exchange.formats.jsonl.counting import count

    packed, plain = tmp_path / "stories.jsonl", tmp_path / "stories.gz"
    packed.write_bytes(gzip.compress(json.dumps({"id": 1, "title": "包んだ記事"}).encode()))
    plain.write_text(json.dumps({"id": 2, "title": "包まない記事"}), encoding="utf-8")
    report = bring_source_in(JsonLines([packed, plain]), options=Options(source_name="wire"))
    assert (report.new, report.problems) == (2, [])
    assert [item.title for item in count([packed, plain])] == ["包んだ記事", "包まない記事"]


def test_what_is_told_of_a_source_holds_no_controls():
    from kawaraban.exchange.shapes import ImportReport, Problem

    report = ImportReport(found=[Problem("a\x1b[2J.xml", "no\x07 \ud83d story")], missing_photos={"/a\x1b.jpg": "gone\x00"})
    assert report.problems == ["a[2J.xml: no  story"]
    assert json.loads(json.dumps(report.as_dict()))["missing_photos"] == {"/a.jpg": "gone"}
