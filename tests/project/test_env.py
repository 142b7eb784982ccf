"""The environment: a wrong value stops the start with a sentence that says what to set."""

import pytest
from click.testing import CliRunner

from kawaraban.project.cli import cli
from kawaraban.project.env import WrongSettingError, read_environment


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KAWARABAN_DEBUG", "maybe"),
        ("KAWARABAN_BASE_URL", "news.example.com"),
        ("KAWARABAN_BASE_URL", "https://news.example.com/path"),
        ("KAWARABAN_BASE_URL", "http://[::1"),
        ("KAWARABAN_NEWSROOM_URL", "http://desk.example.com:none"),
        ("KAWARABAN_BUS", "nats://[::1"),
        ("KAWARABAN_TIMEZONE", "Tokyo"),
        ("KAWARABAN_READER_WORKERS", "0"),
        ("KAWARABAN_READ_TOGETHER", "1.5"),
        ("KAWARABAN_READ_TOGETHER", "nan"),
        ("KAWARABAN_WEATHER", "crystal-ball"),
        ("KAWARABAN_BUS", "http://bus.example.com:4222"),
        ("KAWARABAN_BUS", "bus.example.com"),
        ("KAWARABAN_BUS", "nats://one.example.com,redis://two.example.com"),
        ("KAWARABAN_BUS_CA", "/nowhere/authority.pem"),
        ("KAWARABAN_SECRET_KEY_FILE", "/nowhere/key"),
    ],
)
def test_a_wrong_value_is_named_with_what_to_set(name, value):
    with pytest.raises(WrongSettingError, match=rf"^{name} is .+: set it to "):
        read_environment({name: value})


def test_a_secret_may_lie_in_a_file(tmp_path):
    file = tmp_path / "key"
    file.write_text("long and secret\n", encoding="ascii")
    assert read_environment({"KAWARABAN_SECRET_KEY_FILE": str(file)}).secret_key == "long and secret"


def test_sockets_lie_in_a_short_directory_when_the_data_lies_deep():
    deep = read_environment({"KAWARABAN_DATA": "/" + "deep/" * 40})
    assert len(str(deep.collector_socket)) < 100


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_every_command_helps(name):
    assert CliRunner().invoke(cli, [name, "--help"]).exit_code == 0


@pytest.mark.parametrize(
    "words", [["nonsense"], ["import"], ["search"], ["related"], ["serve", "--port", "x"], ["ranking", "--window", "year"]]
)
def test_words_that_are_off_exit_with_two(words):
    assert CliRunner().invoke(cli, words).exit_code == 2


def test_a_wrong_address_of_the_bus_is_told_without_its_password():
    with pytest.raises(WrongSettingError) as wrong:
        read_environment({"KAWARABAN_BUS": "http://reader:secret@bus.example.com"})
    assert "secret" not in str(wrong.value)


def test_with_a_bus_the_planes_do_not_run_in_one_place(monkeypatch, tmp_path):
    monkeypatch.setenv("KAWARABAN_BUS", "nats://bus.example.com:4222")
    monkeypatch.setenv("KAWARABAN_DATA", str(tmp_path))
    told = CliRunner().invoke(cli, ["serve"])
    assert told.exit_code == 2
    assert "--role newsroom or --role reader" in told.output
