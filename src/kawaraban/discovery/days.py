"""Days, months and years in what was typed, and the days that a text tells of: 2011年3月11日, 3月11日, 平成23年, 2011/3/11.

Cut into words, a date would be a question for 年, 月 and 日, which stand in every story. It is one thing, and the index has its numbers with
what they count. Where a text's number counts something else (1990年代) or is no Japanese (2011-03-11), the date is found by its letters.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime
from typing import NamedTuple

# The year before an era's first.
_ERAS = {"明治": 1867, "大正": 1911, "昭和": 1925, "平成": 1988, "令和": 2018}
_ERA_LASTS = {"明治": 45, "大正": 15, "昭和": 64, "平成": 31, "令和": 99}
_YEAR = rf"(?P<year>[12]\d{{3}}|(?P<era>{'|'.join(_ERAS)})(?P<of>\d{{1,2}}|元))年(?!度)"
# A fiscal year is another thing than a year; it too has a name in either calendar.
_FISCAL_YEAR = rf"(?P<fiscal>[12]\d{{3}}|(?P<era_of_fiscal>{'|'.join(_ERAS)})(?P<of_fiscal>\d{{1,2}}|元))年度"
_DATE = re.compile(
    rf"(?<!\d)(?:{_FISCAL_YEAR}|{_YEAR}(?:(?P<month>\d{{1,2}})月(?:(?P<day>\d{{1,2}})日)?)?|(?P<m2>\d{{1,2}})月(?P<d2>\d{{1,2}})日"
    r"|(?P<y3>[12]\d{3})[-/.](?P<m3>\d{1,2})[-/.](?P<d3>\d{1,2})(?!\d))"
)
_MONTHS, _DAYS = 12, 31
_NAMED_DAY = re.compile(r"(?<!\d)([12１２]\d{3})(?:年|년 ?|[-/.])(\d{1,2})(?:月|월 ?|[-/.])(\d{1,2})(?!\d)")

# 3日間, 3日目 and 3日後 count days, and name none.
_TOLD_DAY = re.compile(
    r"(?:(?P<month>\d{1,2})(?:月|월 ?))?(?<![\d제第])(?P<day>\d{1,2})(?:日(?!間|目|後|前|以|付|連|続|ぶり)|일(?!간|째|부터))"
)


class TypedDay(NamedTuple):
    """A date that was typed; 0 for what it does not say."""

    year: int
    month: int = 0
    day: int = 0
    is_fiscal: bool = False  # 2024年度: known by its letters alone
    by_era: bool = False  # a fiscal year that was typed as 令和6年度: who writes it so comes first

    @property
    def years(self) -> tuple[str, ...]:
        """Its year in the marks that the index has of what texts write; nothing if it says none."""
        return (f"{self.year}年", *(f"{era}{of}" for era, of in self._eras)) if self.year and not self.is_fiscal else ()

    @property
    def first_years(self) -> tuple[str, ...]:
        """Its year as the first of an era: of 元, which is no number, the index has no mark."""
        return () if self.is_fiscal else tuple(f"{era}元年" for era, of in self._eras if of == 1)

    @property
    def marks(self) -> tuple[str, ...]:
        """How texts write its month and day, in the marks that the index has of them."""
        if not self.month:
            return ()
        return (f"{self.month}月", f"{self.day}日") if self.day else (f"{self.month}月",)

    @property
    def phrase(self) -> str:
        """Month and day as texts write them; "" if it does not say both. Of 1月1日 the letters stand in 11月1日 as well."""
        return f"{self.month}月{self.day}日" if self.day else ""

    @property
    def letters(self) -> tuple[str, ...]:
        """The forms of year and day together, to be found by their letters; nothing if it says no year."""
        if self.is_fiscal:
            eras = [f"{era}{of}年度" for era, of in self._eras] + [f"{era}元年度" for era, of in self._eras if of == 1]
            return (*eras, f"{self.year}年度") if self.by_era else (f"{self.year}年度", *eras)
        if not self.day or not self.year:
            return self._dated
        digits = dict.fromkeys(
            f"{self.year}-{month}-{day}" for month in (f"{self.month}", f"{self.month:02}") for day in (f"{self.day}", f"{self.day:02}")
        )
        return (*self._dated, *digits)

    @property
    def patterns(self) -> tuple[str, ...]:
        """How folded texts write it, year and day apart too, as regular expressions: what is marked in them."""
        digits = rf"{self.year}[-/.]0?{self.month}[-/.]0?{self.day}(?!\d)" if self.year and self.day else ""
        written = self.letters if self.is_fiscal else (*self._dated, digits, self._rest, *self._written_years)
        return tuple(part for part in written if part)

    @property
    def _dated(self) -> tuple[str, ...]:
        return tuple(f"{year}{self._rest}" for year in self._written_years)

    @property
    def _rest(self) -> str:
        return self.phrase or (f"{self.month}月" if self.month else "")

    @property
    def _written_years(self) -> tuple[str, ...]:
        return tuple(f"{year.removesuffix('年')}年" for year in (*self.years, *self.first_years))

    @property
    def _eras(self) -> tuple[tuple[str, int], ...]:
        return tuple((era, self.year - before) for era, before in _ERAS.items() if 0 < self.year - before <= _ERA_LASTS[era])


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


def first_day(text: str) -> float | None:
    """Return the first day that a text names with its year, in seconds since 1970; None if it names none."""
    for date in _NAMED_DAY.finditer(text):
        year, month, day = (int(part) for part in date.groups() if part)
        try:
            return datetime(year, month, day, tzinfo=UTC).timestamp()
        except ValueError:
            continue
    return None


def told_days(text: str) -> list[str]:
    """Return the days of the year that a text tells of, each once, as 3月11日.

    Where it says the day alone it means the month that it named last, or, before it names any, the first that it will name.
    """
    found = [(date["month"] or "", date["day"]) for date in _TOLD_DAY.finditer(unicodedata.normalize("NFKC", text))]
    month = next((month for month, _ in found if month), "")
    days: dict[str, None] = {}
    for named, day in found:
        month = named or month
        if month and 0 < int(month) <= _MONTHS and 0 < int(day) <= _DAYS:
            days[f"{int(month)}月{int(day)}日"] = None
    return list(days)


def _typed(date: re.Match[str]) -> TypedDay | None:
    if date["fiscal"]:
        year = _in_era(date["era_of_fiscal"], date["of_fiscal"]) if date["era_of_fiscal"] else int(date["fiscal"])
        return TypedDay(year, is_fiscal=True, by_era=bool(date["era_of_fiscal"])) if year else None
    month = int(date["month"] or date["m2"] or date["m3"] or 0)
    day = int(date["day"] or date["d2"] or date["d3"] or 0)
    if month > _MONTHS or day > _DAYS or (day and not month):
        return None
    if date["era"]:
        year = _in_era(date["era"], date["of"])
        return TypedDay(year, month, day) if year else None
    return TypedDay(int(date["year"] or date["y3"] or 0), month, day)


def _in_era(era: str, of: str) -> int:
    """Return the year; 0 for one that the era did not have."""
    year = 1 if of == "元" else int(of)
    return _ERAS[era] + year if year <= _ERA_LASTS[era] else 0
