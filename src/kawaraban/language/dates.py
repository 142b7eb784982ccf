"""Dates and ages in words, as each edition writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime

_JA_DAYS, _KO_DAYS = "月火水木金土日", "월화수목금토일"
_EN_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_EN_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip

MINUTE, HOUR, DAY = 60, 3600, 86400


def date_in_words(day: date, language: str) -> str:
    """Write a day with its weekday: 2025年12月10日(水)."""
    if language == "ja":
        return f"{day.year}年{day.month}月{day.day}日({_JA_DAYS[day.weekday()]})"
    if language == "ko":
        return f"{day.year}년 {day.month}월 {day.day}일({_KO_DAYS[day.weekday()]})"
    return f"{_EN_DAYS[day.weekday()]}, {day.day} {_EN_MONTHS[day.month - 1]} {day.year}"


def month_in_words(day: date, language: str) -> str:
    """Write a month: 2025年12月."""
    if language == "ja":
        return f"{day.year}年{day.month}月"
    if language == "ko":
        return f"{day.year}년 {day.month}월"
    return f"{_EN_MONTHS[day.month - 1]} {day.year}"


def moment_in_words(when: datetime, language: str) -> str:
    """Write a moment, in the zone it bears: 2026年11月24日 18:05."""
    clock = f"{when.hour:02}:{when.minute:02}"
    if language == "ja":
        return f"{when.year}年{when.month}月{when.day}日 {clock}"
    if language == "ko":
        return f"{when.year}년 {when.month}월 {when.day}일 {clock}"
    return f"{when.day} {_EN_MONTHS[when.month - 1]} {when.year}, {clock}"


def short_moment(when: datetime, language: str) -> str:
    """Write a moment without its year, in the zone it bears: 11/24 18:05. English readers take such a day for a month, or the month for a day."""
    day = f"{when.day} {_EN_MONTHS[when.month - 1][:3]}" if language == "en" else f"{when.month}/{when.day}"
    return f"{day} {when.hour:02}:{when.minute:02}"


def age_in_words(seconds: float, language: str) -> str:
    """Write how long ago something was, in whole minutes, hours or days: 3時間前."""
    for size, names in (
        (DAY, {"ja": "{}日前", "ko": "{}일 전", "en": ("{} day ago", "{} days ago")}),
        (HOUR, {"ja": "{}時間前", "ko": "{}시간 전", "en": ("{} hour ago", "{} hours ago")}),
        (MINUTE, {"ja": "{}分前", "ko": "{}분 전", "en": ("{} minute ago", "{} minutes ago")}),
    ):
        count = int(seconds // size)
        if count:
            words = names.get(language, names["en"])
            return (words if isinstance(words, str) else words[count != 1]).format(count)
    return {"ja": "たった今", "ko": "방금"}.get(language, "just now")
