"""Days: weekdays that are not theirs, days that are in no calendar, days whose month nobody can know."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from kawaraban.language.proof.shapes import Level, Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kawaraban.language.proof.shapes import Style

_WEEKDAYS = "月火水木金土日"
_DIGITS = str.maketrans("０１２３４５６７８９元", "01234567891")
_YEAR = r"(?:(?P<western>[0-9０-９]{4})年|(?P<era>明治|大正|昭和|平成|令和)(?P<year>[0-9０-９]{1,2}|元)年)"
_DATE = re.compile(
    rf"(?<![0-9０-９.])(?:{_YEAR}\s?)?(?P<month>[0-9０-９]{{1,2}})月\s?(?P<day>[0-9０-９]{{1,2}})日"
    r"(?:\s?[(（](?P<weekday>[月火水木金土日])(?:曜日?)?(?:[・、,]?[祝休]日?)?[)）]|\s?(?P<spoken>[月火水木金土日])曜日?)?"
)
_LOCAL = re.compile(
    r"(?:現地時間|日本時間|米国時間|韓国時間)\s?(?:の)?(?P<day>[0-9０-９]{1,2}日)|(?P<other>[0-9０-９]{1,2}日)\s?[(（](?:現地時間|日本時間)[)）]"
)
_MONTH_BEFORE = re.compile(r"[0-9０-９]{1,2}月|今月|先月|来月|同月|翌月|前月")
_ERAS = {"明治": 1867, "大正": 1911, "昭和": 1925, "平成": 1988, "令和": 2018}
# 明治6年 is the first under the calendar of today.
_FIRST_YEAR = 1873


class Day(NamedTuple):
    """A day as a text tells it."""

    year: int | None
    month: int
    day: int


def weekdays(text: str, style: Style) -> Iterator[Report]:
    """A date whose weekday is another's, or that is in no calendar. A date without a year is of the year told before, or of the story's."""
    year = None
    for found in _DATE.finditer(text):
        day = told_day(found)
        year = day.year or year
        weekday = found["weekday"] or found["spoken"]
        if not exists(day):
            yield Report("no-such-day", Level.ERROR, *found.span(), found[0], "暦にない日付です。")
        elif weekday is not None:
            group = "weekday" if found["weekday"] else "spoken"
            yield from _other_weekday(found, group, candidates(day, year, style.day))


def told_day(found: re.Match[str]) -> Day:
    """Return the day of a match with the groups western, era, year, month and day."""
    number = {name: int(found[name].translate(_DIGITS)) for name in ("western", "year", "month", "day") if found[name]}
    year = number.get("western") or (_ERAS[found["era"]] + number["year"] if found["era"] else None)
    return Day(year, number["month"], number["day"])


def exists(day: Day) -> bool:
    """Whether a day is in the calendar."""
    if day.year is not None and day.year < _FIRST_YEAR:
        return True
    return _as_date(day.year or 2000, day) is not None  # a leap year


def _as_date(year: int, day: Day) -> date | None:
    try:
        return date(year, day.month, day.day)
    except ValueError:
        return None


def candidates(day: Day, told: int | None, story: date | None) -> list[date]:
    """Return the days that may be meant: of its own year, else of the year told before or of those around the story's."""
    if day.year is not None:
        years = [day.year] if day.year >= _FIRST_YEAR else []
    elif story is not None:
        # Newspapers leave the year out of what is near: half a year to either side.
        near = [made for year in (story.year - 1, story.year, story.year + 1) if (made := _as_date(year, day))]
        best = min(near, key=lambda made: abs((made - story).days), default=None)
        years = [best.year] if best else []
        years += [told] if told is not None and told not in years else []
    else:
        years = [told] if told is not None else []
    return [made for year in years if (made := _as_date(year, day)) is not None]


def _other_weekday(found: re.Match[str], group: str, days: list[date]) -> Iterator[Report]:
    right = [_WEEKDAYS[day.weekday()] for day in days]
    if not right or found[group] in right:
        return
    start, end = found.span(group)
    message = f"{days[0].year}年{days[0].month}月{days[0].day}日は{right[0]}曜日です。"
    yield Report("weekday", Level.ERROR, start, end, found[group], message, right[0])


def unknown_month(text: str, style: Style) -> Iterator[Report]:
    """現地時間11日, and no month before: whoever reads it later, or from elsewhere, cannot know which day it was."""
    for found in _LOCAL.finditer(text):
        if _MONTH_BEFORE.search(text, 0, found.start()) is None:
            group = "day" if found["day"] else "other"
            yield Report("unknown-month", Level.WARN, *found.span(group), found[group], "何月の日付か分かりません。月を添えてください。")
