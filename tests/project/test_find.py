"""The commands that answer as the search and the related lists do: what others measure us by."""

import json
import time

import pytest
from click.testing import CliRunner

from kawaraban.project.cli import cli
from kawaraban.project.commands import find
from kawaraban.sheetlog.log import Change, SheetLog
from kawaraban.sheetlog.shapes import Document, Kind, Story

NOW = time.time()
TEXTS = {
    "lamp": "沖ノ鼻の灯台が開く。望楼の修理が終わった。",
    "lamp2": "沖ノ鼻の灯台で望楼の修理が始まる。",
    "port": "港の祭りに屋台が並ぶ。",
    "rite": "港の祭りの神輿を直す。",
}


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Runs a command over a small archive of stories without headlines worth the name."""
    monkeypatch.setenv("KAWARABAN_DATA", str(tmp_path / "data"))
    public = tmp_path / "data" / "public"
    public.mkdir(parents=True)
    log = SheetLog(public / "sheets.sqlite3", writable=True)
    told = {"title": "記事", "language": "ja", "section": "news", "published_at": NOW, "source": "wire"}
    for number, (name, text) in enumerate(TEXTS.items()):
        fields = {"id": name, "source_id": str(number), **told}
        story = Story(url=f"/news/{name}", section_name="ニュース", updated_at=NOW, **fields)
        log.append([Change(Kind.STORY, name, story), Change(Kind.DOCUMENT, name, Document(body=text, is_dated=False, **fields))])

    def one(*words, status=0):
        result = CliRunner().invoke(cli, list(words))
        assert result.exit_code == status, result.output
        return result

    return one


def test_related_is_told_of_every_story_in_the_shape_that_is_documented(run, tmp_path):
    run("related", "--all", "--limit", "3", "--json", str(tmp_path / "related.json"))
    told = json.loads((tmp_path / "related.json").read_text(encoding="utf-8"))
    assert list(told) == ["items"]
    items = {item["id"]: item for item in told["items"]}
    assert set(items) == set(TEXTS)
    assert all(set(item) == {"id", "source_id", "related"} and len(item["related"]) == 3 for item in items.values())
    assert {name: item["related"][0] for name, item in items.items()} == {"lamp": "lamp2", "lamp2": "lamp", "port": "rite", "rite": "port"}


@pytest.mark.parametrize("name", ["lamp", "wire:0"])
def test_a_story_is_asked_for_by_its_id_or_by_where_it_comes_from(run, name):
    told = json.loads(run("related", name, "--json", "-").stdout)["items"]
    assert [(item["id"], item["source_id"], item["related"][0]) for item in told] == [("lamp", "0", "lamp2")]


def test_people_are_told_the_headlines_of_what_is_related(run):
    lines = run("related", "lamp", "--limit", "3").stdout.splitlines()
    assert [len(lines), lines[0][10:]] == [3, "  記事  /news/lamp2"]


def test_an_id_of_nothing_is_told(run):
    assert "no published story has the id wire:9" in run("related", "wire:9", status=1).output


def test_questions_of_a_file_are_answered_a_line_each(run, tmp_path):
    file = tmp_path / "queries.jsonl"
    file.write_text('{"query": "灯台の望楼", "n": 1}\n\n{"query": ""}\n{"query": "港 祭り"}\n', encoding="utf-8")
    answers = [json.loads(line) for line in run("search", "--queries", str(file), "--json", "--limit", "10").stdout.splitlines()]
    assert [answer["n"] for answer in answers[:1]] == [1]
    assert [{item["id"] for item in answer["items"]} for answer in answers] == [{"lamp", "lamp2"}, set(), {"port", "rite"}]
    wanted = {"id", "url", "title", "section", "language", "published_at", "source", "source_id"}
    assert all(wanted <= set(item) for answer in answers for item in answer["items"])


def test_a_search_waits_for_the_index_and_for_no_related_stories(run, monkeypatch):
    monkeypatch.setattr(find, "WORTH_TELLING", 2)
    assert run("search", "灯台").stderr == "4 of 4 stories indexed\n"


def test_long_work_is_told_by_the_tenth(run, monkeypatch):
    monkeypatch.setattr(find, "WORTH_TELLING", 2)
    assert run("related", "lamp").stderr == "4 of 4 stories indexed\n4 of 4 stories compared with the others\n"
