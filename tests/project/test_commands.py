"""The commands as an operator uses them: processes of their own, over a data directory of their own."""

import json
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from running import Site, free_port


@pytest.fixture(scope="module")
def stopped(tmp_path_factory):
    """A small newspaper that nobody serves."""
    site = Site(tmp_path_factory.mktemp("commands") / "data", free_port(), free_port())
    site.kawaraban("found", "--name", "港町新聞", "--section", "politics=政治", "--chief", "hanako", words="correct horse battery\n")
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


def test_names_come_in_and_go_out_as_the_same_file(stopped, tmp_path):
    lines = b"form,kind,reading\n\xe6\xa9\x98\xe5\x9c\xad\xe4\xb8\x80,person,\xe3\x81\x9f\xe3\x81\xa1\xe3\x81\xb0\xe3\x81\xaa\n\xe6\xa9\x8b,bridge,\n"
    file, out = tmp_path / "names.csv", tmp_path / "out.csv"
    file.write_bytes(lines)
    done = stopped.kawaraban("names", "import", str(file), check=False)
    assert done.returncode == 1
    assert done.stdout == "1 added, 0 changed, 0 as they were\n"
    assert f"{file}, line 3, column kind: “bridge”" in done.stderr
    stopped.kawaraban("names", "export", str(out))
    assert "person,橘圭一," in out.read_text(encoding="utf-8-sig")


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
    # The stories were published by the import, today: on that day only the one stood that was read.
    then = json.loads(stopped.kawaraban("ranking", "--at", "2026-11-01T10:10:00Z", "--window", "1h", "--json").stdout)
    assert [(item["source_id"], item["reads"], item["filled"]) for item in then["items"]] == [("2", 5, False)]
    before = json.loads(stopped.kawaraban("ranking", "--at", "2026-11-01T10:00:00Z", "--window", "1h", "--json").stdout)
    assert [item["reads"] for item in before["items"]] == [1]
    assert json.loads(stopped.kawaraban("ranking", "--at", "2026-11-01T09:59:59Z", "--json").stdout)["items"] == []
    assert "Nothing that fits this" in stopped.kawaraban("ranking", "--section", "nonsense").stderr
    month = json.loads(stopped.kawaraban("ranking", "--window", "30d", "--json").stdout)
    assert {item["source_id"] for item in month["items"]} == {"1", "2", "3"}


def test_a_newsroom_judges_a_window_on_its_own_log(stopped, tmp_path):
    clicks, probes, out = tmp_path / "clicks.jsonl", tmp_path / "probes.jsonl", tmp_path / "scores.jsonl"
    lines = [{"at": 1000 + 60 * n, "story": "ab"[n % 3 == 0], "visitor": n} for n in range(60)]
    clicks.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    moments = ["1970-01-01T00:50:00Z", 1000, 4600]
    probes.write_text("\n".join(json.dumps({"at": at, "stories": ["a", "b", "c"]}) for at in moments), encoding="utf-8")
    words = ("replay", str(clicks), "--any-story", "--dry", "--probe", str(probes))
    told = stopped.kawaraban(*words, "--window", "1h", "--json", str(out)).stdout
    assert told.startswith("60 reads counted")
    scores = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    # At a moment, from the reads before it: the one at 1000 itself is not among them.
    assert scores == [{"at": moments[0], "scores": [22, 12, 0]}, {"at": 1000, "scores": [0, 0, 0]}, {"at": 4600, "scores": [40, 20, 0]}]
    short = [json.loads(line)["scores"] for line in stopped.kawaraban(*words, "--half-life", "5", "--json").stdout.splitlines()]
    long = [json.loads(line)["scores"] for line in stopped.kawaraban(*words, "--json").stdout.splitlines()]
    assert short[2][0] < long[2][0] < 40
    assert not list((stopped.data / "reads").glob("log/1970*"))


def test_a_server_log_of_readers_without_a_script_is_counted_apart(stopped, tmp_path):
    url = json.loads(stopped.kawaraban("search", "灯台", "--json").stdout)["items"][0]["url"]
    file = tmp_path / "access.log"
    when = datetime.now(UTC).strftime("%d/%b/%Y:%H:%M:%S +0000")
    file.write_text(f'203.0.113.5 - - [{when}] "GET {url} HTTP/1.1" 200 5000 "-" "Lynx/2.9"\n' * 2, encoding="utf-8")
    before = json.loads(stopped.kawaraban("ranking", "--json").stdout)
    assert json.loads(stopped.kawaraban("replay", str(file), "--apart", "--json").stdout)["counted"] == 1
    assert json.loads(stopped.kawaraban("ranking", "--json").stdout) == before
    apart = json.loads(stopped.kawaraban("ranking", "--apart", "--json").stdout)
    assert (apart["apart"], apart["items"][0]["url"], apart["items"][0]["score"]) == (True, url, 1.0)


def test_reads_are_judged_again(stopped):
    outcome = json.loads(stopped.kawaraban("audience", "recount", "--since", "2026-01-01T00:00:00Z", "--json").stdout)
    assert outcome["withdrawn"] == {}
    assert outcome["reads"] >= 5
    assert stopped.kawaraban("audience", "recount", "--since", "yesterday", check=False).returncode == 2


def test_a_site_that_is_whole_says_so_and_one_that_is_not_says_what_is_wrong(stopped, tmp_path):
    assert stopped.kawaraban("check").returncode == 0
    archive = tmp_path / "site.tar"
    stopped.kawaraban("backup", str(archive))
    copy = Site(tmp_path / "copy", free_port(), free_port())
    copy.kawaraban("restore", str(archive))
    assert copy.kawaraban("check").returncode == 0
    assert copy.kawaraban("search", "灯台", "--json").stdout == stopped.kawaraban("search", "灯台", "--json").stdout
    assert not list((copy.data / "reads" / "salts").glob("*"))
    assert not list((copy.data / "reads" / "apart" / "salts").glob("*"))
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
    site = tmp_path / "site"
    written = stopped.kawaraban("export", "site", str(site)).stdout
    files = [path for path in site.rglob("*") if path.is_file()]
    assert written.startswith(f"{len(files) - len(list(site.rglob('404.html')))} files written to {site}. ")
    assert {"index.html", "feed.xml", "sitemap.xml", "robots.txt", "404.html"} <= {path.name for path in site.iterdir()}
    refused = stopped.kawaraban("export", "site", str(site), check=False)
    assert (refused.returncode, "Traceback" in refused.stderr) == (1, False)
    assert "name an empty directory" in refused.stderr


def test_a_newspaper_of_an_older_version_is_told_apart_and_left_as_it_is(stopped):
    def say(what: str) -> None:
        script = (
            "from kawaraban.project.django import start_django; start_django()\n"
            "from django.db import connection; from django.db.migrations.recorder import MigrationRecorder\n"
            f"MigrationRecorder(connection).{what}('press', '0001_initial')"
        )
        subprocess.run([sys.executable, "-c", script], env=stopped.environment, check=True)

    say("record_unapplied")
    try:
        for words in (["print", "--all"], ["export", "jsonl", str(stopped.data.parent / "out.jsonl")]):
            told = stopped.kawaraban(*words, check=False)
            assert told.returncode == 1
            assert "older version" in told.stderr
            assert "Traceback" not in told.stderr
    finally:
        say("record_applied")
    stopped.kawaraban("export", "jsonl", str(stopped.data.parent / "out.jsonl"))
