"""A sheet log as large as one likes, for benches of the reader plane: real pages, printed by the real plates, told again and again.

    python bench/sheets.py DATA --stories 10000              make the data directory DATA with 10,000 stories
    python bench/sheets.py DATA --publish 60 --every 1.0     publish 60 more into it, one a second

A few stories with photos, topics and bylines are published and printed as everywhere; what was printed is cut where a story's own
words stand, and filled with other words: 100,000 stories in a few minutes, at about 20 KB each. Every story has all that the press
gives it (sheet, facts, six cards, four feed entries, document, lists, day pages, sitemaps) and related stories. A story's page,
composed, is about 40 KB.

From another bench::

    paths = sheets.make(env, 10_000)        # env: ground.environment(data, …); returns the stories' paths, newest first
    process = sheets.publish(env, 60, 1.0)  # a process of its own; its lines are "path seconds-since-1970"

DATA then holds what `kawaraban serve --role reader` needs; the editorial database knows nothing of the stories.
"""

from __future__ import annotations

import argparse
import html
import os
import random
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from kawaraban.audience.tokens import load_or_make_key, read_token
from kawaraban.demo.stories_reading import HERE, pictures, stories
from kawaraban.discovery.related_store import RelatedWriter
from kawaraban.language.dates import date_in_words, moment_in_words, short_moment
from kawaraban.language.phrases import phrase_html
from kawaraban.project.django import migrate, start_django
from kawaraban.project.env import read_environment
from kawaraban.sheetlog.log import Change, SheetLog
from kawaraban.sheetlog.shapes import Card, Document, Kind, Sheet, Slot, Story, StoryList

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SECTIONS = (("politics", "政治"), ("economy", "経済"), ("society", "社会"), ("world", "国際"), ("culture", "文化"), ("sports", "スポーツ"))
TOPICS = 24
PEOPLE = 12
PARAGRAPHS = 44
SENTENCES_A_PARAGRAPH = 3
PARAGRAPHS_SEARCHED = 3
PHOTOS = 6
STORIES_A_DAY = 100
RELATED = 12
NEXT_IN_SECTION = 12
ROUND = 400
PATHS = "bench-paths.txt"

# What stands in the printed moulds where a story's own words will stand. Nothing in them is escaped in HTML, XML or JSON.
TITLE = "見本の見出しが紙面のこの場所に立つ"
SUMMARY = "見本の要約はこの一行に続き次の行には及ばない"
PARAGRAPH = "見本の段落{:02}番"
ID = "zzzzzzzz"
NEXT = tuple(f"zzzzzz{letter}z" for letter in "23456789bcdf")
TIME = "2001-02-03T04:05:06+09:00"
_ALPHABET = "23456789bcdfghjkmnpqrstvwxyz"


def make(env: dict[str, str], count: int) -> list[str]:
    """Make a data directory with so many stories, in a process of its own; return their paths, newest first."""
    subprocess.run([sys.executable, __file__, env["KAWARABAN_DATA"], "--stories", str(count)], env=env, check=True)
    return Path(env["KAWARABAN_DATA"], PATHS).read_text(encoding="ascii").split()


def publish(env: dict[str, str], count: int, every: float) -> subprocess.Popen[str]:
    """Start a process that publishes stories into the log, one every so many seconds, and writes a line for each when it is there."""
    words = [sys.executable, __file__, env["KAWARABAN_DATA"], "--publish", str(count), "--every", str(every)]
    return subprocess.Popen(words, env=env, stdout=subprocess.PIPE, text=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--stories", type=int, default=0)
    parser.add_argument("--publish", type=int, default=0)
    parser.add_argument("--every", type=float, default=1.0, help="seconds between two publications")
    arguments = parser.parse_args()
    os.environ["KAWARABAN_DATA"] = str(arguments.data)
    os.environ.setdefault("KAWARABAN_WEATHER", "sample")
    start_django()
    environment = read_environment()
    environment.make_directories()
    moulds_file = environment.newsroom_dir / "bench-moulds.msgpack"
    log = SheetLog(environment.sheet_log, writable=True)
    if arguments.stories:
        started = time.perf_counter()
        migrate()
        save_moulds(moulds_file, cast_moulds(log))
        paths = fill(log, Press(load_moulds(moulds_file), environment.reads_dir), arguments.stories, environment.discovery_dir)
        Path(arguments.data, PATHS).write_text("\n".join(paths), encoding="ascii")
        size = environment.sheet_log.stat().st_size
        print(f"{len(paths)} stories in {time.perf_counter() - started:.0f} s; sheet log {size / 1e6:.0f} MB", file=sys.stderr)
    press = Press(load_moulds(moulds_file), environment.reads_dir)
    number = sum(1 for _ in log.keys(Kind.STORY)) if arguments.publish else 0
    due = time.time()
    for _ in range(arguments.publish):
        path = publish_one(log, press, number)
        print(path, time.time(), flush=True)
        number += 1
        due += arguments.every
        time.sleep(max(0.0, due - time.time()))
    log.close()


# ---------------------------------------------------------------------- moulds


@dataclass(frozen=True)
class Mould:
    """A story as it was printed."""

    facts: Story
    sheet: Sheet
    cards: dict[str, Card]
    document: Document
    token: str


def cast_moulds(log: SheetLog) -> list[Mould]:
    """Found a newspaper, publish stories in all sections, most of them with photos, print all, and keep what was printed."""
    from django.core.files.images import ImageFile

    from kawaraban.newsroom.actions.found_newspaper import EditionDraft, found_newspaper
    from kawaraban.newsroom.actions.publish_story import StoryDraft, publish_new_story
    from kawaraban.newsroom.actions.withdraw_story import withdraw_story
    from kawaraban.newsroom.models import Person, Photo, SectionPage, Topic
    from kawaraban.press.actions import ask_to_print_everything
    from kawaraban.press.printing import print_round

    found_newspaper(editions=[EditionDraft(language="ja", nameplate="試験新報", sections=SECTIONS)])
    topics = [Topic.objects.create(slug=f"topic-{number}", name=f"話題その{number}") for number in range(TOPICS)]
    people = [Person.objects.create(slug=f"person-{number}", name=f"記者{number}号") for number in range(PEOPLE)]
    photos = []
    for row in pictures()[:PHOTOS]:
        with (HERE / "pictures" / f"{row['id']}.jpg").open("rb") as file:
            photo = Photo(title=row["title"], credit=row["credit"], caption=row["caption"], alt_text=row["alt"]["ja"])
            photo.file = ImageFile(file, name=f"{row['id']}.jpg")
            photo.save()
            photos.append(photo)
    ask_to_print_everything()
    moulds = []
    for number in range(TOPICS):
        section = SectionPage.objects.select_related("locale").get(slug=SECTIONS[number % len(SECTIONS)][0])
        body: list[tuple[str, Any]] = [("paragraph", f"<p>{PARAGRAPH.format(at)}</p>") for at in range(PARAGRAPHS)]
        uses = [{"photo": photos[(number + at) % len(photos)], "caption": "", "alt_text": ""} for at in range(PHOTOS)]
        body[8:8] = [("subheading", "その後の経過"), ("photo", uses[0])]
        body[16:16] = [("subheading", "これからの見通し"), ("gallery", {"photos": uses, "caption": "現地のようす"})]
        body[24:24] = [("photo", use) for use in uses[1 : number % 3 + 1]]
        draft = StoryDraft(
            headline=TITLE,
            section=section,
            body=body,
            story_id=ID,
            summary=SUMMARY,
            lead_photo=photos[number % len(photos)] if number % 4 else None,
            topics=[topics[number], topics[(number * 5 + 1) % TOPICS]],
            bylines=[(people[number % PEOPLE], "text")],
            published_at=datetime.fromisoformat(TIME),
        )
        story = publish_new_story(draft=draft, actor=None)
        while print_round(log).jobs:
            pass
        moulds.append(_cast(log))
        withdraw_story(story=story, actor=None)
        while print_round(log).jobs:
            pass
        story.delete()
    while print_round(log).jobs:
        pass
    return moulds


def _cast(log: SheetLog) -> Mould:
    facts = log.get(Kind.STORY, ID, Story)
    document = log.get(Kind.DOCUMENT, ID, Document)
    sheet = log.get(Kind.SHEET, facts.url, Sheet) if facts else None
    assert facts is not None
    assert document is not None
    assert sheet is not None
    cards = {
        key.partition("/")[2]: card for key in log.keys(Kind.CARD) if key.startswith(f"{ID}/") and (card := log.get(Kind.CARD, key, Card))
    }
    # The mould is the only story of its section: those to go on with are the archive's.
    pieces = tuple(
        msgspec.structs.replace(piece, stories=NEXT) if not isinstance(piece, str) and piece.name == "next" else piece
        for piece in sheet.pieces
    )
    token = read_token(load_or_make_key(read_environment().reads_dir / "token.key"), ID)
    return Mould(facts, msgspec.structs.replace(sheet, pieces=pieces), cards, document, token)


def save_moulds(path: Path, moulds: list[Mould]) -> None:
    path.write_bytes(msgspec.msgpack.encode(moulds))


def load_moulds(path: Path) -> list[Mould]:
    return msgspec.msgpack.decode(path.read_bytes(), type=list[Mould])


# ---------------------------------------------------------------------- made-up stories


class Press:
    """Fills moulds with made-up words; the same number gives the same story."""

    def __init__(self, moulds: Sequence[Mould], reads_dir: Path) -> None:
        self._key = load_or_make_key(reads_dir / "token.key")
        self._moulds = [_Cut(mould) for mould in moulds]
        texts = "".join(value for story in stories() if story.language == "ja" for kind, value in story.blocks if kind == "paragraph")
        sentences = (re.sub(r"<[^>]+>", "", sentence) for sentence in re.findall(r"[^。]+。", texts))
        self._sentences = sorted({sentence for sentence in sentences if len(sentence) > 15 and not set(sentence) & set("&\"'\\")})

    def facts(self, number: int, at: float) -> Story:
        """What every process knows of the story with this number."""
        return self._mould(number).facts(story_id(number), self._title(number), at)

    def changes(self, number: int, at: float, older: Sequence[str]) -> Iterator[Change]:
        """Everything that the press prints of one story but the lists."""
        dice = random.Random(number)
        texts = ["".join(dice.choices(self._sentences, k=SENTENCES_A_PARAGRAPH)) for _ in range(PARAGRAPHS)]
        yield from self._mould(number).filled(story_id(number), self._title(number), texts, at, older, self._key)

    def _mould(self, number: int) -> _Cut:
        return self._moulds[random.Random(number * 3 + 1).randrange(len(self._moulds))]

    def _title(self, number: int) -> str:
        sentence = random.Random(number * 7 + 5).choice(self._sentences).rstrip("。")
        return f"{sentence[:24]} {number}"


class _Cut:
    """A mould, cut where a story's own words stand, so that filling it is one join."""

    def __init__(self, mould: Mould) -> None:
        self._mould = mould
        marks = [
            (phrase_html(TITLE, "ja"), "title_html"),
            (TITLE, "title"),
            (phrase_html(SUMMARY, "ja"), "summary_html"),
            (SUMMARY, "summary"),
            (mould.token, "token"),
            (ID, "id"),
            *((other, f"next{at}") for at, other in enumerate(NEXT)),
            *((PARAGRAPH.format(at), f"paragraph{at}") for at in range(PARAGRAPHS)),
            *((text, f"time{at}") for at, text in enumerate(_times(datetime.fromisoformat(TIME).timestamp()))),
        ]
        self._names = dict(marks)
        self._pattern = re.compile("(" + "|".join(re.escape(mark) for mark, _ in marks) + ")")
        self._sheet = [self._cut(piece) for piece in mould.sheet.pieces]
        self._cards = {shape: (self._cut(card.html), self._cut(card.html_after_badge)) for shape, card in mould.cards.items()}

    def facts(self, story: str, title: str, at: float) -> Story:
        own = self._mould.facts
        return msgspec.structs.replace(own, id=story, url=own.url.replace(ID, story), title=title, published_at=at, updated_at=at)

    def filled(self, story: str, title: str, texts: Sequence[str], at: float, older: Sequence[str], key: bytes) -> Iterator[Change]:
        summary = texts[0].partition("。")[0][:60] + "。"
        words = {
            "title": html.escape(title),
            "title_html": _phrases(title),
            "summary": summary,
            "summary_html": _phrases(summary),
            "token": read_token(key, story),
            "id": story,
            **{f"next{number}": older[number] if number < len(older) else "" for number in range(NEXT_IN_SECTION)},
            **{f"paragraph{number}": text for number, text in enumerate(texts)},
            **{f"time{number}": text for number, text in enumerate(_times(at))},
        }
        facts = self.facts(story, title, at)
        pieces = tuple(_joined(piece, words) for piece in self._sheet)
        keys = tuple(name.replace(ID, story) for name in self._mould.sheet.keys)
        sheet = msgspec.structs.replace(self._mould.sheet, path=facts.url, story=story, pieces=pieces, modified_at=at, keys=keys)
        # What search reads of it is short: its first work on an archive is measured elsewhere, and waited for here.
        body = "\n\n".join(texts[:PARAGRAPHS_SEARCHED])
        document = msgspec.structs.replace(self._mould.document, id=story, title=title, summary=summary, body=body, published_at=at)
        yield Change(Kind.STORY, story, facts)
        yield Change(Kind.SHEET, facts.url, sheet)
        for shape, (before, after) in self._cards.items():
            yield Change(Kind.CARD, f"{story}/{shape}", Card(_joined(before, words), _joined(after, words)))
        yield Change(Kind.DOCUMENT, story, document)

    def _cut(self, piece: str | Slot) -> Any:
        """Return a text as a list of texts (even places) and names of words (odd places); a slot with such lists in its fields."""
        if isinstance(piece, str):
            parts = self._pattern.split(piece)
            return [self._names[part] if place % 2 else part for place, part in enumerate(parts)]
        fields = {}
        for name in piece.__struct_fields__:
            value = getattr(piece, name)
            if isinstance(value, str) and self._pattern.search(value):
                fields[name] = self._cut(value)
            elif isinstance(value, tuple) and any(self._pattern.search(item) for item in value):
                fields[name] = tuple(self._cut(item) for item in value)
        return (piece, fields)


def _phrases(text: str) -> str:
    words, blank, number = text.partition(" ")
    return _sentence_phrases(words) + blank + number


@cache
def _sentence_phrases(text: str) -> str:
    return phrase_html(text, "ja")


def _joined(cut: Any, words: dict[str, str]) -> Any:
    if isinstance(cut, list):
        return "".join(words[part] if place % 2 else part for place, part in enumerate(cut))
    slot, fields = cut
    if not fields:
        return slot
    made = {
        name: tuple(text for item in value if (text := _joined(item, words))) if isinstance(value, tuple) else _joined(value, words)
        for name, value in fields.items()
    }
    return msgspec.structs.replace(slot, **made)


def _times(at: float) -> list[str]:
    """Every form in which a page, a card or a feed writes a story's time, the longest first."""
    from django.utils.timezone import get_current_timezone

    here = datetime.fromtimestamp(int(at), get_current_timezone())
    utc = here.astimezone(UTC)
    return [
        here.isoformat(timespec="seconds"),
        utc.isoformat(),
        utc.isoformat().replace("+00:00", "Z"),
        format_datetime(utc),
        moment_in_words(here, "ja"),
        date_in_words(here.date(), "ja"),
        short_moment(here, "ja"),
    ]


def story_id(number: int) -> str:
    """A story's id, from its number: ids of neighbours are far apart, as real ones are."""
    rest, letters = (number * 226_403_513_429 + 91_237_411) % len(_ALPHABET) ** 8, ""
    for _ in range(8):
        rest, letter = divmod(rest, len(_ALPHABET))
        letters += _ALPHABET[letter]
    return letters


# ---------------------------------------------------------------------- the archive


def fill(log: SheetLog, press: Press, count: int, discovery_dir: Path) -> list[str]:
    """Write so many stories, oldest first, with their lists, days, sitemaps and related stories; return their paths, newest first."""
    from rich.console import Console
    from rich.progress import track

    from kawaraban.pages.plates.memberships import LIST_LENGTH, memberships

    now = time.time()
    step = 86400 / STORIES_A_DAY
    related = RelatedWriter(discovery_dir / "related.sqlite3")
    lists: dict[str, list[str]] = {}
    days: dict[str, list[str]] = {}
    paths: list[str] = []
    sections: dict[str, list[str]] = {}
    for first in track(range(0, count, ROUND), "Printing", console=Console(stderr=True)):
        changes: list[Change] = []
        for number in range(first, min(first + ROUND, count)):
            at = float(int(now - 3600 - step * (count - 1 - number)))
            facts = press.facts(number, at)
            before = sections.setdefault(facts.section, [])
            changes += press.changes(number, at, before[: -NEXT_IN_SECTION - 1 : -1])
            before.append(facts.id)
            del before[: -NEXT_IN_SECTION * 2]
            for _, kind, key in memberships(facts):
                if kind == "day":
                    days.setdefault(key, []).append(facts.id)
                else:
                    lists.setdefault(_list_key(kind, key), []).append(facts.id)
            paths.append(facts.url)
        log.append(changes)
        related.write(_related(range(first, min(first + ROUND, count)), count))
    log.append(_list_changes({key: ids[: -LIST_LENGTH - 1 : -1] for key, ids in lists.items()}))
    _print_days(log, days)
    related.close()
    return paths[::-1]


def publish_one(log: SheetLog, press: Press, number: int) -> str:
    """Publish one more story, now, with everything that a publication touches; return its path."""
    from kawaraban.pages.plates.memberships import LIST_LENGTH, memberships

    at = float(int(time.time()))
    facts = press.facts(number, at)

    def standing(key: str) -> tuple[str, ...]:
        found = log.get(Kind.LIST, key, StoryList)
        return found.stories if found else ()

    changes = list(press.changes(number, at, standing(_list_key("section", facts.section))[:NEXT_IN_SECTION]))
    for _, kind, key in sorted(memberships(facts)):
        if kind == "day":
            part = 1
            while standing(f"ja/day/{key}/{part + 1}"):
                part += 1
            changes.append(Change(Kind.LIST, f"ja/day/{key}/{part}", StoryList((*standing(f"ja/day/{key}/{part}"), facts.id))))
        else:
            name = _list_key(kind, key)
            changes.append(Change(Kind.LIST, name, StoryList((facts.id, *standing(name))[:LIST_LENGTH])))
    log.append(changes)
    return facts.url


def _list_key(kind: str, key: str) -> str:
    return f"ja/{kind}/{key}" if key else f"ja/{kind}"


def _list_changes(lists: dict[str, list[str]]) -> list[Change]:
    return [Change(Kind.LIST, key, StoryList(tuple(ids))) for key, ids in lists.items()]


def _print_days(log: SheetLog, days: dict[str, list[str]]) -> None:
    from kawaraban.exchange.feeds.plates import print_sitemaps
    from kawaraban.pages.contexts.editions import edition_views
    from kawaraban.pages.plates.days import archive_sheets, day_sheets
    from kawaraban.pages.slots import PART_ROWS
    from kawaraban.press.registry import Wanted

    edition = edition_views()["ja"]
    all_days = [date.fromisoformat(day) for day in sorted(days)]
    for day in all_days:
        ids = days[day.isoformat()]
        parts = [ids[start : start + PART_ROWS] for start in range(0, len(ids), PART_ROWS)]
        lists = {f"ja/day/{day.isoformat()}/{number}": part for number, part in enumerate(parts, start=1)}
        log.append([*_list_changes(lists), *day_sheets(edition, day, len(parts), all_days)])
    log.append(archive_sheets(edition, all_days))
    log.append(print_sitemaps([Wanted("sitemap", f"ja/{day}") for day in sorted(days)], log))


def _related(numbers: range, count: int) -> dict[str, list[str]]:
    """Every story gets related ones from the whole archive, older ones and newer ones."""
    found = {}
    for number in numbers:
        dice = random.Random(number * 11 + 3)
        others = {dice.randrange(count) for _ in range(min(RELATED, count))} - {number}
        found[story_id(number)] = [story_id(other) for other in sorted(others)]
    return found


if __name__ == "__main__":
    main()
