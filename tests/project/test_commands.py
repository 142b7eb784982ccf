"""The commands as an operator uses them: processes of their own, over a data directory of their own."""

import json

import pytest

from running import Site, free_port


@pytest.fixture(scope="module")
def stopped(tmp_path_factory):
    """A small newspaper that nobody serves."""
    site = Site(tmp_path_factory.mktemp("commands") / "data", free_port(), free_port())
    site.kawaraban("found", "--name", "港町新聞", "--section", "politics=政治", "--chief", "hanako", words="correct horse battery\n" * 2)
    lines = [
        {"id": 1, "title": "港の橋を架け替え", "body": "市議会が橋の予算を可決した。", "section": "政治"},
        {"id": 2, "title": "橋の予算に賛否", "body": "橋の予算を巡り討論会が開かれた。", "section": "政治"},
        {"id": 3, "title": "灯台に長い列", "body": "灯台が十年ぶりに公開された。"},
    ]
    file = site.data.parent / "stories.jsonl"
    file.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    site.kawaraban("import", "jsonl", str(file), "--source", "old")
    return site


def test_what_was_imported_is_found(stopped):
    found = json.loads(stopped.kawaraban("search", "灯台", "--json").stdout)
    assert [item["source_id"] for item in found["items"]] == ["3"]
    assert found["items"][0]["source"] == "old"


def test_related_stories_are_told_by_the_name_in_the_source(stopped):
    ids = {item["source_id"]: item["id"] for item in json.loads(stopped.kawaraban("related", "--all", "--json", "-").stdout)["items"]}
    (found,) = json.loads(stopped.kawaraban("related", "old:1", "--json", "-").stdout)["items"]
    assert found["related"][0] == ids["2"]


def test_recorded_clicks_make_a_ranking(stopped):
    file = stopped.data.parent / "clicks.jsonl"
    clicks = [{"at": f"2026-11-01T10:0{number}:00Z", "story": "old:2", "visitor": f"v{number}"} for number in range(5)]
    file.write_text("\n".join(json.dumps(click) for click in clicks), encoding="utf-8")
    outcome = json.loads(stopped.kawaraban("replay", str(file), "--json").stdout)
    assert outcome["counted"] == 5
    # The stories were published by the import, today: nothing of them stood on that day.
    then = json.loads(stopped.kawaraban("ranking", "--at", "2026-11-01T10:10:00Z", "--window", "1h", "--json").stdout)
    assert then["items"] == []
    month = json.loads(stopped.kawaraban("ranking", "--window", "30d", "--json").stdout)
    assert {item["source_id"] for item in month["items"]} == {"1", "2", "3"}


def test_a_site_that_is_whole_says_so_and_one_that_is_not_says_what_is_wrong(stopped, tmp_path):
    assert stopped.kawaraban("check").returncode == 0
    archive = tmp_path / "site.tar"
    stopped.kawaraban("backup", str(archive))
    copy = Site(tmp_path / "copy", free_port(), free_port())
    copy.kawaraban("restore", str(archive))
    assert copy.kawaraban("check").returncode == 0
    assert copy.kawaraban("search", "灯台", "--json").stdout == stopped.kawaraban("search", "灯台", "--json").stdout
    assert not list((copy.data / "reads" / "salts").glob("*"))
    assert copy.kawaraban("restore", str(archive), check=False).returncode == 1
    log = copy.data / "public" / "sheets.sqlite3"
    log.write_bytes(b"no database at all" * 1000)
    findings = copy.kawaraban("check", "--json", check=False)
    assert findings.returncode == 1
    assert "sheets.sqlite3" in findings.stdout


def test_what_goes_out_comes_in_again(stopped, tmp_path):
    file = tmp_path / "out.jsonl"
    stopped.kawaraban("export", "jsonl", str(file))
    other = Site(tmp_path / "data", free_port(), free_port())
    report = json.loads(other.kawaraban("import", "jsonl", str(file), "--json").stdout)
    assert report["new"] == 3
    assert other.kawaraban("check").returncode == 0
