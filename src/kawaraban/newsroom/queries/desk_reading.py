"""Reads a story as the desk does: its words, and how it mentions its names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, cast

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from kawaraban.discovery.asking import topics_near
from kawaraban.language.mentions import Mention, State, mentions
from kawaraban.language.proof import OF_FORM, Level, Report, Style, Width, credit, lengths, proof
from kawaraban.newsroom.models import AcceptedWording, NewspaperSettings, Photo, Topic
from kawaraban.newsroom.queries.names import name_finder
from kawaraban.newsroom.queries.texts import body_text, photos_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from kawaraban.newsroom.models import StoryPage

_BETWEEN = "\n\n"


@dataclass(frozen=True)
class Field:
    """A field of a story as it stands in the editor."""

    key: str
    text: str
    body: bool = False  # of the body: names are mentioned first there, not in the headline


@dataclass(frozen=True)
class Remark:
    """Something to look at in a field; places count its characters."""

    field: str
    start: int
    end: int
    rule: str
    level: str
    text: str
    message: str
    suggestion: str | None

    @property
    def is_of_form(self) -> bool:
        """Whether it is about form alone, and its proposal may be taken together with others of its kind."""
        return self.rule in OF_FORM and self.suggestion is not None


@dataclass(frozen=True)
class Named:
    """A name as a story mentions it."""

    field: str
    start: int
    end: int
    text: str
    name: str
    state: State
    suggestion: str | None


@dataclass(frozen=True)
class Reading:
    """All that is to be told of a story."""

    remarks: Sequence[Remark]
    names: Sequence[Named]
    topics: Sequence[Topic]  # that its names propose, or the stories nearest to it
    language: str = "ja"

    @property
    def errors(self) -> list[Remark]:
        """Return what asks for a reason to publish over it."""
        return [remark for remark in self.remarks if remark.level == Level.ERROR]


def read_fields(
    fields: Sequence[Field],
    *,
    day: date,
    story: int | None,
    topics: frozenset[int] = frozenset(),
    photos: Mapping[str, int] | None = None,
    language: Literal["ja", "ko"] = "ja",
) -> Reading:
    """Read the fields of a Japanese or Korean story; ``topics`` are the keys of those that it has, ``photos`` the numbers of its own by field.

    How a story mentions its names, its photos' credits and the lengths of its heads are looked at in Japanese alone.
    """
    style = house_style(day=day, story=story)
    remarks = [_remark(fields, report) for report in proof(_BETWEEN.join(field.text for field in fields), style, language)]
    body = [field for field in fields if field.body]
    text = _BETWEEN.join(field.text for field in body)
    found: list[Mention] = []
    if language == "ja":
        by_length = {"title": lengths.headline, "short_headline": lengths.headline, "summary": lengths.summary}
        remarks += [
            _remark([field], report) for field in fields if field.key in by_length for report in by_length[field.key](field.text, style)
        ]
        remarks += _credits(photos or {})
        found = mentions(text, name_finder("ja"), day)
    forms = {mention.name.form for mention in found}
    title = next((field.text for field in fields if field.key == "title"), "")
    near = topics_near(settings.KAWARABAN_SEARCH_SOCKET, title=title, body=text, language=language)
    others = Topic.objects.exclude(pk__in=topics).exclude(gathered__story=story) if story else Topic.objects.exclude(pk__in=topics)
    proposed = [topic for topic in others if topic.slug in near or _is_about(topic.name, forms)]
    return Reading(remarks, [_named(body, mention, text) for mention in found], proposed, language)


def read_story(story: StoryPage, *, day: date) -> Reading:
    """Read a story as it would be published now."""
    heads = [Field(name, str(getattr(story, name))) for name in ("title", "short_headline", "summary", "standfirst", "lead_caption")]
    photos = {f"photo{number}": photo.pk for number, photo in enumerate(photos_of(story))}
    body = Field("body", body_text(story), body=True)
    return read_fields([*heads, body], day=day, story=story.pk, photos=photos, language=cast("Literal['ja', 'ko']", story.language))


def day_of(story: StoryPage) -> date:
    """Return the day on which a story came out, or is to come out; today if nobody has said. By it titles hold, and dates without a year are told."""
    return timezone.localdate(story.published_at or story.go_live_at)


def house_style(*, day: date, story: int | None) -> Style:
    """Return what this newsroom told its proofreader."""
    newspaper = NewspaperSettings.load()
    accepted = AcceptedWording.objects.filter(Q(story=None) | Q(story=story)).values_list("rule", "text")
    return Style(
        unwanted=newspaper.words_not_used,
        longest_sentence=newspaper.longest_sentence,
        longest_headline=newspaper.longest_headline,
        accepted=frozenset(accepted),
        digits=Width(newspaper.digits),
        latin=Width(newspaper.latin),
        brackets=Width(newspaper.brackets),
        comma=newspaper.comma,
        day=day,
    )


def _credits(photos: Mapping[str, int]) -> Iterator[Remark]:
    known = Photo.objects.in_bulk(photos.values())
    for key, number in photos.items():
        if (photo := known.get(number)) is not None:
            yield from (_remark([Field(key, "")], report) for report in credit.photo(photo.title, photo.credit))


def _is_about(topic: str, forms: set[str]) -> bool:
    return any(form in topic for form in forms if len(form) > 1)


def _remark(fields: Sequence[Field], report: Report) -> Remark:
    key, start, end = _place(fields, report.start, report.end)
    return Remark(key, start, end, report.rule, report.level, report.text, report.message, report.suggestion)


def _named(fields: Sequence[Field], mention: Mention, text: str) -> Named:
    key, start, end = _place(fields, mention.start, mention.end)
    return Named(key, start, end, text[mention.start : mention.end], mention.name.form, mention.state, mention.suggestion)


def _place(fields: Sequence[Field], start: int, end: int) -> tuple[str, int, int]:
    """Return the field in which a place of the joined text begins, and where in it."""
    begin = 0
    for field in fields:
        if start <= begin + len(field.text):
            return field.key, start - begin, min(end - begin, len(field.text))
        begin += len(field.text) + len(_BETWEEN)
    return fields[-1].key, 0, 0
