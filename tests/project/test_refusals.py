"""What commands say when they cannot do their work: one sentence, exit status 1, and nothing left behind."""

import io
import json
import socket
import tarfile

import pytest
from click.testing import CliRunner

from kawaraban.project.cli import cli
from kawaraban.project.commands import proof
from kawaraban.sheetlog.log import SheetLog


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Runs a command over a data directory that is not there."""
    monkeypatch.setenv("KAWARABAN_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("KAWARABAN_DATABASE", raising=False)

    def one(*words: str, status: int = 1) -> str:
        done = CliRunner().invoke(cli, [str(word) for word in words])
        assert isinstance(done.exception, SystemExit), done.exception
        assert done.exit_code == status
        assert "Traceback" not in done.output
        return done.output

    return one


@pytest.fixture
def printed(tmp_path):
    """A data directory in which something may be printed."""
    SheetLog(tmp_path / "data" / "public" / "sheets.sqlite3", writable=True).close()
    return tmp_path / "data"


@pytest.mark.parametrize(
    "words",
    [
        *(["search", "灯台"], ["related", "--all"], ["ranking"], ["proof", "--all"], ["backup", "x.tar"]),
        *(["export", "jsonl", "x.jsonl"], ["print"], ["print", "--all"]),
    ],
)
def test_without_a_site_there_is_nothing_to_ask(run, words, tmp_path):
    told = run(*words)
    assert str(tmp_path / "data") in told
    assert len(told.splitlines()) == 1
    assert not (tmp_path / "data").exists()


def test_questions_that_are_none_are_named_by_their_line(run, printed, tmp_path):
    path = tmp_path / "queries.jsonl"
    for line in (b"{", b"[]", b'"x"', b"{}", b"[" * 100_000):
        path.write_bytes(b'{"query": "a"}\n' + line)
        assert "line 2: it is no question" in run("search", "--queries", path)
    path.write_bytes(b"\xff")
    assert "not UTF-8" in run("search", "--queries", path)


def test_a_text_that_is_not_utf8_is_not_proofread(run, tmp_path):
    path = tmp_path / "text.txt"
    path.write_bytes("灯台".encode("shift-jis"))
    assert "it is not UTF-8" in run("proof", "--file", path)


def test_lines_that_are_no_story_are_told_and_the_others_proofread(tmp_path):
    path = tmp_path / "stories.jsonl"
    right = '\ufeff{"id": "a", "body": "橋をを架ける。"}\n\n'.encode()
    path.write_bytes(right + b'{bad\n{"id": 2}\n{"body": 3}\n\xff\n[1]\n' + '{"body": "기자가 학생를 만났다."}'.encode())
    done = CliRunner().invoke(cli, ["proof", str(path), "--json"])
    assert done.exit_code == 1
    found = json.loads(done.stdout)["items"]
    assert [(item["id"], item["rule"], item["start"], item["suggestion"]) for item in found] == [
        ("a", "doubled", 1, "を"),
        (8, "particle", 4, "학생을"),
    ]
    told = done.stderr.splitlines()
    assert [line.partition("stories.jsonl, ")[2] for line in told] == [
        "line 3: it is no JSON",
        "line 4: it is no JSON object with a body",
        "line 5: its body is no text",
        "line 6: it is not UTF-8 (byte 0)",
        "line 7: it is no JSON object with a body",
    ]
    path.write_bytes(b"")
    done = CliRunner().invoke(cli, ["proof", str(path), "--json"])
    assert (done.exit_code, done.stdout, done.stderr) == (0, '{"items": []}\n', "kawaraban proof: there is no text in it\n")


def test_many_texts_are_read_on_all_cores_and_told_in_their_order(tmp_path, monkeypatch):
    monkeypatch.setattr("kawaraban.project.commands.proof._AT_ONCE", 30)
    path = tmp_path / "stories.jsonl"
    bodies = ["市は橋を直す。橋をを架ける。", "市長はは、橋を直す。", *(["港で船を見た。" * 5] * 5), "市の橋がが落ちた。"]
    path.write_text("\n".join(json.dumps({"id": number, "body": body}) for number, body in enumerate(bodies)), encoding="utf-8")
    found = json.loads(CliRunner().invoke(cli, ["proof", str(path), "--json"]).stdout)["items"]
    assert [(item["id"], item["text"]) for item in found] == [(0, "をを"), (1, "はは"), (7, "がが")]


def test_each_text_is_measured_once_however_many_are_short():
    measured = []

    class Text(str):
        __slots__ = ()

        def __len__(self) -> int:
            measured.append(self)
            return super().__len__()

    bundles = list(proof._bundles(proof._Text({"id": at}, Text("橋" if at % 2 else "")) for at in range(5_000)))
    assert len(measured) == 5_000
    assert [text.head["id"] for bundle in bundles for text in bundle] == list(range(5_000))
    assert max(map(len, bundles)) <= 1_000


def test_nothing_is_written_into_a_directory_that_is_not_there(run, printed, tmp_path):
    target = tmp_path / "nowhere" / "site.tar"
    assert f"{target} cannot be written: No such file" in run("backup", target)
    assert not list((printed / "run").glob("backup"))


def test_only_a_backup_is_restored(run, tmp_path):
    archive = tmp_path / "other.tar"
    contents = {"other": ("notes.txt", b"words"), "no log": ("public/sheets.sqlite3", b"no database" * 1000)}
    for name, content in contents.values():
        with tarfile.open(archive, "w") as tar:
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
        assert f"{archive} cannot be restored" in run("restore", archive)
        assert [path.name for path in tmp_path.iterdir()] == ["other.tar"]
    archive.write_bytes(b"no tar")
    run("restore", archive)
    assert [path.name for path in tmp_path.iterdir()] == ["other.tar"]


def test_who_may_not_write_beside_the_data_is_told_what_to_do(run, tmp_path, monkeypatch):
    archive = tmp_path / "site.tar"
    tarfile.open(archive, "w").close()

    def refused(*_, **__):
        raise PermissionError(13, "Permission denied", "x.restoring")

    monkeypatch.setattr("pathlib.Path.mkdir", refused)
    assert f"{tmp_path} cannot be written into: restore as root, then give {tmp_path / 'data'}" in run("restore", archive)


def test_a_source_is_named_shortly(run, tmp_path):
    path = tmp_path / "stories.jsonl"
    path.write_text(json.dumps({"id": 1, "title": "題"}), encoding="utf-8")
    assert "at most 60" in run("import", "jsonl", path, "--source", "s" * 61, status=2)


@pytest.mark.parametrize("option", ["--port", "--newsroom-port"])
def test_a_port_that_is_taken_is_told_before_the_demo_is_made(run, tmp_path, option):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        # The other one is free: the system gave it out a moment ago, and has it back.
        with socket.create_server(("127.0.0.1", 0)) as free:
            other = free.getsockname()[1]
        words = {"--port": other, "--newsroom-port": other, option: port}
        told = run("demo", *(str(word) for pair in words.items() for word in pair))
    assert told == f"Error: nobody can listen on 127.0.0.1, port {port}: it is taken. {option} names another\n"
    assert not list((tmp_path / "data" / "newsroom").glob("*.sqlite3"))
