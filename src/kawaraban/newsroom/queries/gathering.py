"""Which stories a topic gathers: by the words of its rule, its sections, and what was put in and taken out by hand."""

from __future__ import annotations

import html
import json
import re
import time
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Count, Max, TextField
from django.db.models.functions import Cast

from kawaraban.language.words import normal
from kawaraban.newsroom.models import Name, SectionPage, StoryPutIn, StoryTakenOut, Topic
from kawaraban.newsroom.models.topics import words_in
from kawaraban.newsroom.queries.names import names_by_slug
from kawaraban.newsroom.queries.stories import published_stories

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from django.db.models import QuerySet

    from kawaraban.newsroom.models import StoryPage

# So many stories' words are in memory at once.
_AT_ONCE = 200
# Each part ends where another begins, so that text of signs alone is looked through once.
_TAG = re.compile(r"<(r[tp])\b[^<>]*>(?:[^<]|<(?!/?r[tp]\b)){0,200}</\1\s*>|<[^<>]*>")
_ENDS_A_WORD = re.compile(r"</?(?:p|li|ul|ol|h\d|br|hr|div|blockquote)\b")
_FIELDS = ("title", "short_headline", "summary", "standfirst")
# What a block has of these holds markup; the rest are letters, of which < is one.
_MARKUP = frozenset({"paragraph", "markup", "box.text"})
# Of a block these are no words; and of these blocks readers see nothing.
_NO_WORDS = frozenset({"id", "type"})
_UNSEEN = frozenset({"missing_photo"})


@dataclass(frozen=True)
class Rule:
    """What a topic gathers by itself."""

    wanted: re.Pattern[str]
    unwanted: re.Pattern[str] | None
    sections: frozenset[str]  # slugs; none: all

    def found(self, words: Words) -> str:
        """Return the word for which a story is gathered, as it stands there folded; "" if it is not."""
        if self.sections and words.section not in self.sections:
            return ""
        found = self.wanted.search(words.text)
        return "" if found is None or (self.unwanted is not None and self.unwanted.search(words.text)) else found[0]


class Words(NamedTuple):
    """What a rule looks at of a story."""

    pk: int
    text: str  # folded
    section: str  # slug


def rule_of(*, any_words: str, not_words: str, sections: Iterable[str]) -> Rule | None:
    """Return a rule as a topic's fields tell it; None for a topic that has none."""
    wanted = _pattern(words_in(any_words))
    return Rule(wanted, _pattern(words_in(not_words)), frozenset(sections)) if wanted else None


@contextmanager
def one_set_of_rules() -> Iterator[None]:
    """Have the rules asked for once for all stories of a transaction, in which nobody else writes."""
    token = _kept.set(rules())
    try:
        yield
    finally:
        _kept.reset(token)


_kept: ContextVar[dict[int, Rule] | None] = ContextVar("the rules of a transaction", default=None)


def rules() -> dict[int, Rule]:
    """Return the rules of all topics that have one, by their keys. They are made once for as long as topics and names stay as they are."""
    if (kept := _kept.get()) is not None:
        return kept
    version = (Topic.objects.aggregate(count=Count("pk"), changed=Max("changed_at")), _names_version())
    return _rules(repr(version))


@lru_cache(2)
def _rules(version: str) -> dict[int, Rule]:
    topics = Topic.objects.exclude(any_words="")
    made = {topic.pk: rule_of(any_words=topic.any_words, not_words=topic.not_words, sections=topic.sections) for topic in topics}
    return {key: rule for key, rule in made.items() if rule is not None}


def _names_version() -> Any:
    return Name.objects.aggregate(count=Count("pk"), changed=Max("changed_at"))


def topics_of(story: StoryPage) -> set[int]:
    """Return the keys of the topics that gather a story as it stands now."""
    rows = rules()
    words = words_of_story(story) if rows else None
    found = {key for key, rule in rows.items() if words is not None and rule.found(words)}
    if story.is_being_born:
        return found
    found -= set(StoryTakenOut.objects.filter(story=story).values_list("topic", flat=True))
    return found | set(StoryPutIn.objects.filter(story=story).values_list("topic", flat=True))


def words_of_story(story: StoryPage) -> Words:
    """Return what rules look at of a story."""
    heads = [str(getattr(story, name)) for name in _FIELDS]
    return Words(story.pk, _folded([*heads, *_words_in(story.body.get_prep_value())]), story.reader_path.strip("/").split("/")[-2])


def words_of_stories(keys: Sequence[int]) -> Iterator[Words]:
    """Yield what rules look at of published stories, in the order of their keys, without making pages of them."""
    sections = dict(SectionPage.objects.values_list("path", "slug"))
    steps = {len(path) for path in sections}
    for at in range(0, len(keys), _AT_ONCE):
        some = keys[at : at + _AT_ONCE]
        rows = published_stories().filter(pk__in=some).annotate(words=Cast("body", TextField()))
        by_key = {row[0]: row for row in rows.values_list("pk", "path", "words", *_FIELDS)}
        for pk, path, body, *heads in (by_key[key] for key in some if key in by_key):
            section = next((sections[path[:step]] for step in steps if path[:step] in sections), "")
            yield Words(pk, _folded([*heads, *_words_in(json.loads(body or "[]"))]), section)


def published_keys() -> list[int]:
    """Return the keys of all published stories, newest first. All at once: a query that stays open pins SQLite to its moment."""
    return list(published_stories().values_list("pk", flat=True))


def topics_naming(name: Name) -> QuerySet[Topic]:
    """Return the topics whose rules have a form of a name among their words."""
    forms = _forms(name)
    topics = Topic.objects.exclude(any_words="")
    named = [topic.pk for topic in topics if forms.intersection(map(normal, words_in(topic.any_words + "\n" + topic.not_words)))]
    return topics.filter(pk__in=named)


class Gathers(NamedTuple):
    """What a rule gathers, looked at before it is kept."""

    stories: list[tuple[StoryPage, str]]  # the newest, each with the word for which it is gathered
    total: int
    looked_at: int  # stories, the newest ones
    of: int


def would_gather(rule: Rule, *, shown: int, seconds: float) -> Gathers:
    """Return what a rule gathers of the stories that are published, as many as can be looked at in so many seconds."""
    keys = published_keys()
    ends_at = time.monotonic() + seconds
    first: dict[int, str] = {}
    total = looked_at = 0
    for words in words_of_stories(keys):
        looked_at += 1
        if found := rule.found(words):
            total += 1
            if len(first) < shown:
                first[words.pk] = found
        if looked_at % _AT_ONCE == 0 and time.monotonic() > ends_at:
            break
    pages = published_stories().select_related("locale").in_bulk(first)
    return Gathers([(pages[key], found) for key, found in first.items() if key in pages], total, looked_at, max(looked_at, len(keys)))


def _pattern(words: Iterable[str]) -> re.Pattern[str] | None:
    """Find any of these words; one that is a form of a registered name is found by all of its forms."""
    asked = {normal(word): None for word in words}
    if not asked:
        return None
    for name in names_by_slug():
        forms = _forms(name)
        if asked.keys() & forms:
            asked |= dict.fromkeys(forms)
    return re.compile("|".join(_bounded(word) for word in sorted(asked, key=len, reverse=True) if word))


def _forms(name: Name) -> set[str]:
    """Return how stories may write a name. Its reading is for who types it: in a text the same kana are mostly another word's."""
    shape = name.shape
    forms = (shape.form, shape.form_ko, shape.form_en, *shape.originals, *shape.short_forms, *shape.wrong_forms)
    return {normal(form) for form in forms if len(form) > 1}


def _bounded(word: str) -> str:
    # Latin words have ends, Korean ones beginnings: particles follow. In Japanese a word may stand within another.
    before = "(?<![a-z0-9])" if word[0].isascii() and word[0].isalnum() else "(?<![가-힣])" if "가" <= word[0] <= "힣" else ""
    after = "(?![a-z0-9])" if word[-1].isascii() and word[-1].isalnum() else ""
    return before + r"\s+".join(map(re.escape, word.split())) + after


def _folded(parts: Iterable[str]) -> str:
    return normal("\n".join(parts))


def _words_in(value: Any, place: str = "") -> Iterator[str]:
    """Yield the words of a body in its stored form, without markup, readings above letters, and addresses."""
    if isinstance(value, str):
        if not value.startswith(("http://", "https://")):
            yield html.unescape(_TAG.sub(_gap, value)) if place in _MARKUP else value
    elif isinstance(value, dict) and "type" in value and "value" in value:
        if value["type"] not in _UNSEEN:
            yield from _words_in(value["value"], value["type"])
    elif isinstance(value, dict):
        for name, part in value.items():
            if name not in _NO_WORDS:
                yield from _words_in(part, f"{place}.{name}")
    elif isinstance(value, list):
        for part in value:
            yield from _words_in(part, place)


def _gap(tag: re.Match[str]) -> str:
    # A word goes on behind what makes it bold, and ends where a paragraph does.
    return "\n" if _ENDS_A_WORD.match(tag[0]) else ""
