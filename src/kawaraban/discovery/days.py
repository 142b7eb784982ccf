"""Days, months and years in what was typed: 2011年3月11日, 3月11日, 平成23年, 2011/3/11.

Cut into words, a date would be a question for 年, 月 and 日, which stand in every story. It is one thing, and the index has its numbers with
what they count.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

# The year before an era's first.
_ERAS = {"明治": 1867, "大正": 1911, "昭和": 1925, "平成": 1988, "令和": 2018}
_ERA_LASTS = {"明治": 45, "大正": 15, "昭和": 64, "平成": 31, "令和": 99}
_YEAR = rf"(?P<year>[12]\d{{3}}|(?P<era>{'|'.join(_ERAS)})(?P<of>\d{{1,2}}|元))年"
_DATE = re.compile(
    rf"(?<!\d)(?:{_YEAR}(?:(?P<month>\d{{1,2}})月(?:(?P<day>\d{{1,2}})日)?)?|(?P<m2>\d{{1,2}})月(?P<d2>\d{{1,2}})日"
    r"|(?P<y3>[12]\d{3})[-/.](?P<m3>\d{1,2})[-/.](?P<d3>\d{1,2})(?!\d))"
)
_MONTHS, _DAYS = 12, 31


class TypedDay(NamedTuple):
    """A date that was typed; 0 for what it does not say."""

    year: int
    month: int = 0
    day: int = 0

    @property
    def years(self) -> tuple[str, ...]:
        """How texts write its year, each in the marks that the index has of it; nothing if it says none."""
        if not self.year:
            return ()
        eras = [f"{era}{self.year - before}" for era, before in _ERAS.items() if 0 < self.year - before <= _ERA_LASTS[era]]
        return (f"{self.year}年", *eras)

    @property
    def marks(self) -> tuple[str, ...]:
        """How texts write its month and day, in the marks that the index has of them."""
        if not self.month:
            return ()
        return (f"{self.month}月", f"{self.day}日") if self.day else (f"{self.month}月",)

    @property
    def phrase(self) -> str:
        """Month and day as texts write them; "" if it does not say both. Its letters alone would be found in 13月11日 as well."""
        return f"{self.month}月{self.day}日" if self.day else ""

    @property
    def written(self) -> tuple[str, ...]:
        """How texts write it, year and day apart: what is marked in them."""
        day = self.phrase or (f"{self.month}月" if self.month else "")
        years = [f"{year.removesuffix('年')}年" for year in self.years]
        return tuple(part for part in (*(f"{year}{day}" for year in years), day, *years) if part)


def without_days(text: str) -> tuple[str, list[TypedDay]]:
    """Take the dates out of what was typed; a number that is none stays."""
    found: list[TypedDay] = []

    def take(date: re.Match[str]) -> str:
        known = _typed(date)
        if known is None:
            return date[0]
        found.append(known)
        return " "

    return _DATE.sub(take, unicodedata.normalize("NFKC", text)), found


def _typed(date: re.Match[str]) -> TypedDay | None:
    month = int(date["month"] or date["m2"] or date["m3"] or 0)
    day = int(date["day"] or date["d2"] or date["d3"] or 0)
    if month > _MONTHS or day > _DAYS or (day and not month):
        return None
    if date["era"]:
        of = 1 if date["of"] == "元" else int(date["of"])
        return TypedDay(_ERAS[date["era"]] + of, month, day) if of <= _ERA_LASTS[date["era"]] else None
    return TypedDay(int(date["year"] or date["y3"] or 0), month, day)
