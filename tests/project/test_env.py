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
        ("KAWARABAN_TIMEZONE", "Tokyo"),
        ("KAWARABAN_READER_WORKERS", "0"),
        ("KAWARABAN_WEATHER", "crystal-ball"),
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
