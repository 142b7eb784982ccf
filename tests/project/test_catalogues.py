"""The catalogues of messages: nothing that the newsroom says is left to another language."""

import ast
import gettext
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import django
import pytest
from django.apps import apps
from django.conf import settings

LANGUAGES = ["ja", "ko"]
ROOMS = Path(__file__).parent.parent.parent / "src/kawaraban"
OURS = sorted(ROOMS.glob("*/locale/*/LC_MESSAGES/*.po"))
# Names of apps that are not installed, and of the API's fields, which no screen shows: nobody can read them.
NEVER_SHOWN = {"Wagtail API v2", "Wagtail API v3", "Wagtail frontend cache", "Wagtail routablepage", "Wagtail sitemaps"}
NEVER_SHOWN |= {
    'Expected a list of items but got type "{input_type}".',
    "Invalid json list. A tag list submitted in string form must be valid json.",
    "All list items must be of string type.",
}
# Said only of a page without child pages, where theirs tells how many those are; and where all kinds are searched, whose name is "None".
TELLS_LESS = {
    "Deleting this page will also delete %(translation_count)s translation of this page.",
    "%(start_index)s-%(end_index)s of %(items_count)s %(model_name)s",
}
_FILLED = re.compile(r"%\(\w+\)[sd]|\{\w*\}|</?\w[^>]*>")


@dataclass(frozen=True)
class Message:
    """A message as it stands in a catalogue's source."""

    context: str
    english: str
    plural: str
    said: tuple[str, ...]
    fuzzy: bool

    @property
    def key(self) -> str:
        return f"{self.context}\x04{self.english}" if self.context else self.english


def messages(path: Path) -> list[Message]:
    found = []
    for paragraph in path.read_text(encoding="utf-8").split("\n\n"):
        lines = [line for line in paragraph.splitlines() if not line.startswith("#")]
        parts: dict[str, str] = {}
        word = ""
        for line in lines:
            if line.startswith('"'):
                parts[word] += ast.literal_eval(line)
            else:
                word, _, text = line.partition(" ")
                parts[word] = ast.literal_eval(text)
        if parts.get("msgid"):
            said = tuple(text for name, text in parts.items() if name.startswith("msgstr"))
            fuzzy = re.search(r"^#,.*\bfuzzy\b", paragraph, re.MULTILINE) is not None
            found.append(Message(parts.get("msgctxt", ""), parts["msgid"], parts.get("msgid_plural", ""), said, fuzzy))
    return found


def others() -> list[Path]:
    """Return where Django's, Wagtail's and the other installed apps' catalogues lie."""
    installed = [Path(app.path) for app in apps.get_app_configs() if not app.name.startswith("kawaraban.")]
    return [folder for place in [Path(django.__file__).parent / "conf", *installed] if (folder := place / "locale").is_dir()]


def compiled(path: Path) -> dict[str, str]:
    """Return the messages of a compiled catalogue: a plural's under its singular."""
    with path.open("rb") as file:
        catalogue = gettext.GNUTranslations(file)._catalog  # what Django reads, too
    return {key[0] if isinstance(key, tuple) else key: text for key, text in catalogue.items()}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_what_the_installed_apps_say_is_said_in_each_language_by_them_or_by_us(domain, language):
    english = {
        message.key: message.english
        for folder in others()
        for path in (folder / "en/LC_MESSAGES").glob(f"{domain}.po")
        for message in messages(path)
    }
    rooms = [path.parent.parent.parent for path in OURS if path.stem == domain]
    said: set[str] = set()
    for folder in [*others(), *rooms]:
        if (path := folder / language / f"LC_MESSAGES/{domain}.mo").exists():
            said |= compiled(path).keys()
    assert len(english) > (80 if domain == "djangojs" else 2000)
    assert {text for key, text in english.items() if key not in said} - NEVER_SHOWN == set()


def test_the_exceptions_are_exceptions():
    said = {message.english for folder in others() for path in folder.glob("en/LC_MESSAGES/*.po") for message in messages(path)}
    assert said >= NEVER_SHOWN | TELLS_LESS
    assert [str(ROOMS / "project/locale")] == settings.LOCALE_PATHS


@pytest.mark.parametrize("path", OURS, ids=lambda path: "-".join((path.parts[-5], path.parts[-3], path.stem)))
def test_our_own_messages_are_all_said_and_keep_what_is_filled_in(path):
    ours = messages(path)
    assert len({message.key for message in ours}) == len(ours) > 10
    assert [message.english for message in ours if message.fuzzy or not message.said or not all(message.said)] == []
    wrong = {
        message.english: said
        for message in ours
        for said in message.said
        if message.english not in TELLS_LESS
        and Counter(_FILLED.findall(message.plural or message.english)) != Counter(_FILLED.findall(said))
    }
    assert wrong == {}
    assert {message.key: message.said[0] for message in ours} == {
        key: text for key, text in compiled(path.with_suffix(".mo")).items() if key
    }, "make locales"


@pytest.mark.parametrize("room", sorted({path.parts[-5] for path in OURS} - {"project"}))
def test_a_room_says_the_same_in_each_language(room):
    japanese, korean = (
        {message.key for message in messages(ROOMS / room / "locale" / language / "LC_MESSAGES/django.po")} for language in LANGUAGES
    )
    assert japanese ^ korean == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_room_says_is_not_said_otherwise_by_the_catalogue_that_stands_before_all(language):
    before_all = {message.key: message.said for message in messages(ROOMS / f"project/locale/{language}/LC_MESSAGES/django.po")}
    otherwise = [
        (path.parts[-5], message.key)
        for path in OURS
        if path.parts[-3] == language and path.stem == "django" and path.parts[-5] != "project"
        for message in messages(path)
        if before_all.get(message.key, message.said) != message.said
    ]
    assert otherwise == []
