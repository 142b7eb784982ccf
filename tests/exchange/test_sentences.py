"""Reports speak the language of who reads them, to the last sentence."""

import copy
import json
import re
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from wagtail.users.models import UserProfile

import kawaraban.exchange
from kawaraban.exchange.formats import format_named
from kawaraban.exchange.importing import Options, bring_in
from kawaraban.exchange.models import ImportRun
from kawaraban.exchange.proving.proof import prove
from kawaraban.exchange.proving.writing import write_report
from kawaraban.exchange.sentences import Said, line_of, sentences_in, told
from kawaraban.exchange.shapes import ImportReport, Problem

pytestmark = pytest.mark.django_db
ROOM = Path(kawaraban.exchange.__file__).parent
_MARKED = re.compile(r"""(?<![\w.])_\(\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\s*\)""")
_LATIN = re.compile(r"[A-Za-z]{3,}(?: [A-Za-z]+){2,}")


def test_a_sentence_is_english_and_knows_how_it_is_said_elsewhere():
    said = Problem(line_of("a.xml", 7), Said("it is no XML (%(why)s)", why="100 % wrong\n <a>")).said
    assert said == "a.xml, line 7: it is no XML (100 % wrong <a>)"
    known = json.loads(json.dumps(sentences_in({"x": [said, copy.deepcopy(said)]})))
    with translation.override("ja"):
        assert told(said, known) == "a.xml、7行目：XMLではありません（100 % wrong <a>）"
        assert told("of an older report", known) == "of an older report"
    with translation.override("ko"):
        assert told(said, known) == "a.xml, 7행: XML이 아닙니다(100 % wrong <a>)"
    with translation.override("en"):
        assert told(said, known) == said


def test_what_a_file_says_is_no_pattern():
    for text in ("%(why)s", "100%", "%s %d", "", "\x00a"):
        said = Said.of(text)
        assert told(said, sentences_in([said])) == said


def test_several_things_are_listed():
    several = Said.several([Said("links in tables"), Said("kept as HTML: %(what)s", what=Said("too deep"))])
    with translation.override("ja"):
        assert told(several, sentences_in([several])) == "表の中のリンク、HTMLのまま保管：深すぎる入れ子"


def test_every_sentence_is_in_the_catalogues():
    marked = {eval(found[1]) for path in ROOM.rglob("*.py") for found in _MARKED.finditer(path.read_text(encoding="utf-8"))}  # noqa: S307 - our own literals
    assert len(marked) > 90
    for language in ("ja", "ko"):
        with translation.override(language):
            untold = [
                pattern for pattern in marked if translation.gettext(pattern) == pattern and pattern not in {"%(where)s: %(text)s", ", "}
            ]
            # Patterns of marks and numbers alone are the same everywhere.
            assert [pattern for pattern in untold if _LATIN.search(pattern) or "," not in pattern] == []
            for pattern in marked:
                assert set(re.findall(r"%\(\w+\)s", pattern)) == set(re.findall(r"%\(\w+\)s", translation.gettext(pattern))), pattern


@pytest.fixture
def reported(newspaper, tmp_path):
    """The report of an export with something wrong of every kind, as it is kept."""
    from exports import attachment, item, wxr

    path = tmp_path / "export.xml"
    path.write_text(
        wxr(
            item(1, "記事", "<p>本文。</p><script>x()</script><table><tr><td colspan='2'>あ</td></tr></table>[toc]<p>[gallery]</p>"),
            item(2, "", "<p>見出しのない記事。</p>"),
            item(3, "ゴミ", status="trash"),
            item(4, "鍵", "<p>本文。</p>", post_password="x"),
            item(5, "製品", post_type="product"),
            attachment(6, "lost.jpg"),
            item(7, "頁", "<p>紹介。</p><img src='https://old.example.jp/x.jpg'>", post_type="page"),
            item(8, "感想付き", "<p>本文。</p>", comments=[(1, "よい", "1"), (2, "悪い", "spam")]),
            "<item><title>壊れ</title><wp:post_id>9</wp:post_id><b></item>",
        ),
        encoding="utf-8",
    )
    kind, options = format_named("wordpress"), Options(source_name="old", archive_dir=tmp_path / "archive")
    report = bring_in(kind.open([path], options), options=options)
    proof = prove(kind.count([path]), source="old", format_name="wordpress", report=report, ask=None)
    run = ImportRun.objects.create(source="old", format="wordpress", report=proof.as_dict())
    return ImportRun.objects.get(pk=run.pk), proof


def test_the_screen_says_all_of_it_in_the_language_of_who_looks(reported, cast):
    run, _ = reported
    profile = UserProfile.get_for_user(cast["chief"])
    client = Client()
    client.force_login(cast["chief"])

    def proof(language):
        profile.preferred_language = language
        profile.save()
        page = client.get(reverse("import_run", args=[run.pk])).content.decode()
        return page[page.index("proof-verdict") : page.index("proof-pair")]

    for language, words in (("ja", "ゴミ箱の中"), ("ko", "휴지통에 있음"), ("en", "in the trash")):
        assert words in proof(language)
        if language != "en":
            # What a parser or a file says stays in its own words.
            plain = re.sub(r"<[^>]*>", "\n", proof(language))
            rest = [line for line in plain.splitlines() if _LATIN.search(line) and "Opening and ending tag mismatch" not in line]
            assert rest == []
    # A report of an older version does not say what its sentences are made of.
    del run.report["sentences"]
    run.save()
    assert "in the trash" in proof("ja")


def test_the_file_speaks_the_editions_language_and_counts_right(reported, tmp_path):
    _, proof = reported
    _, page = write_report(proof, tmp_path / "report", language="ko")
    assert "휴지통에 있음" in page.read_text(encoding="utf-8")
    told = json.loads((tmp_path / "report" / "report.json").read_text(encoding="utf-8"))
    assert [(row["source_id"], row["said"]) for row in told["explained"]] == [
        ("3", "in the trash"),
        ("5", "of the type product: ask for it by --post-type product"),
        *((path, "no story that came over stands in it") for path in ("/category/town/bridge", "/tag/祭", "/author/mio")),
    ]
    # Comments have numbers of their own, and a page that lost a picture is here.
    assert told["kinds"]["comment"] == {"in_source": 2, "here": 2, "explained": 0, "lost": 0}
    assert told["kinds"]["page"] == {"in_source": 1, "here": 1, "explained": 0, "lost": 0}
    assert told["kinds"]["photo"] == {"in_source": 1, "here": 0, "explained": 1, "lost": 0}


def test_a_report_keeps_what_it_is_told():
    report = ImportReport()
    report.found.append(Problem("x", "y"))
    assert report.problems == ["x: y"]
    assert report.as_dict()["problems"] == ["x: y"]
