"""Prints the day archive: fixed parts from the day's oldest story on, the months that list the days, the list of months."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from kawaraban.newsroom.queries.editions import editions
from kawaraban.newsroom.queries.stories import days_with_stories, newest_ids
from kawaraban.pages import slots
from kawaraban.pages.contexts.editions import edition_views
from kawaraban.pages.printing import print_sheet
from kawaraban.press.registry import Wanted, once_a_round, plate
from kawaraban.sheetlog.log import Change, SheetLog
from kawaraban.sheetlog.shapes import Kind, Sheet, StoryList

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from kawaraban.pages.shapes import Edition


def day_path(edition: Edition, day: date, part: int = 1) -> str:
    """Return the path of a day's part."""
    path = f"{edition.prefix}/{day:%Y/%m/%d}"
    return path if part == 1 else f"{path}/{part}"


def day_list(language: str, day: date, part: int) -> str:
    """Name the list of a day's part."""
    return f"{language}/day/{day.isoformat()}/{part}"


def day_parts(language: str, day: date) -> list[list[str]]:
    """Return the day's stories in the parts that its pages show, oldest first."""
    ids = newest_ids(language=language, day=day, limit=None)[::-1]
    return [ids[start : start + slots.PART_ROWS] for start in range(0, len(ids), slots.PART_ROWS)]


def list_changes_of(language: str, day: date, parts: Sequence[Sequence[str]]) -> Iterator[Change]:
    """Print the lists of a day's parts."""
    for number, part in enumerate(parts, start=1):
        yield Change(Kind.LIST, day_list(language, day, number), StoryList(tuple(part)))


def days_changes(edition: Edition, changed: Iterable[date], log: SheetLog) -> Iterator[Change]:
    """Print the lists of days. A day's pages and its neighbours' are printed only when it begins, ends or gets another part.

    Several days at once, as an import brings them, print the list of all days once.
    """
    standing: dict[date, int] = {}  # days whose pages are printed, and how many parts each has
    begun_or_ended: list[date] = []
    for day in sorted(changed):
        parts = day_parts(edition.language, day)
        before = _printed_parts(edition, day, log)
        yield from _lists_of(edition, day, parts, before)
        if parts and len(parts) != before:
            standing[day] = len(parts)
        if bool(parts) != bool(before):
            begun_or_ended.append(day)
    if not (standing or begun_or_ended):
        return
    every_day = _all_days(edition.language)
    for neighbour in {other for day in begun_or_ended for other in _neighbours(day, every_day) if other is not None} - set(standing):
        standing[neighbour] = max(1, _printed_parts(edition, neighbour, log))
    for day, count in sorted(standing.items()):
        yield from day_sheets(edition, day, count, every_day)
    if begun_or_ended:
        yield from archive_sheets(edition, every_day)


def _lists_of(edition: Edition, day: date, parts: Sequence[Sequence[str]], before: int) -> Iterator[Change]:
    """Print a day's lists, and take away parts that it had before."""
    yield from list_changes_of(edition.language, day, parts)
    for number in range(len(parts) + 1, before + 1):
        yield Change(Kind.LIST, day_list(edition.language, day, number), None)
        yield Change(Kind.SHEET, day_path(edition, day, number), None)


def day_sheets(edition: Edition, day: date, parts: int, days: Sequence[date]) -> Iterator[Change]:
    """Print the pages of a day's parts; ``days`` are all that have stories, oldest first."""
    before, after = _neighbours(day, days)
    for number in range(1, parts + 1):
        context = {
            "edition": edition,
            "day": day,
            "part": number,
            "parts": [(each, day_path(edition, day, each)) for each in range(1, parts + 1)],
            "before": (before, day_path(edition, before)) if before else None,
            "after": (after, day_path(edition, after)) if after else None,
            "archive_url": f"{edition.prefix}/archive",
            "slots": {
                **slots.masthead(edition),
                "stories": slots.listing(day_list(edition.language, day, number), rows=slots.PART_ROWS),
                "ranking": slots.ranking(edition),
            },
            "slot_templates": slots.TEMPLATES,
        }
        path = day_path(edition, day, number)
        yield Change(Kind.SHEET, path, print_sheet("pages/day.html", context, path=path, language=edition.language, kind="day"))


def archive_sheets(edition: Edition, days: Sequence[date]) -> Iterator[Change]:
    """Print the list of all days that have stories, by month."""
    months: dict[tuple[int, int], list[tuple[date, str]]] = {}
    for day in reversed(days):
        months.setdefault((day.year, day.month), []).insert(0, (day, day_path(edition, day)))
    context = {
        "edition": edition,
        "months": [{"first": month_days[0][0], "days": month_days} for month_days in months.values()],
        "slots": {**slots.masthead(edition), "latest": slots.latest(edition)},
        "slot_templates": slots.TEMPLATES,
    }
    path = f"{edition.prefix}/archive"
    yield Change(Kind.SHEET, path, print_sheet("pages/archive.html", context, path=path, language=edition.language, kind="archive"))


def _all_days(language: str) -> list[date]:
    # The index of sitemaps asks the same.
    return once_a_round(f"days {language}", lambda: days_with_stories(language))


def _neighbours(day: date, days: Sequence[date]) -> tuple[date | None, date | None]:
    before, after = bisect_left(days, day), bisect_right(days, day)
    return (days[before - 1] if before else None), (days[after] if after < len(days) else None)


def _printed_parts(edition: Edition, day: date, log: SheetLog) -> int:
    count = 0
    while log.get(Kind.SHEET, day_path(edition, day, count + 1), Sheet) is not None:
        count += 1
    return count


def archive_keys() -> list[str]:
    """Return, for each edition, the list of its days, and each of its months."""
    keys: list[str] = []
    for front in editions():
        keys.append(front.language)
        months = {f"{day:%Y-%m}" for day in days_with_stories(front.language)}
        keys.extend(f"{front.language}/{month}" for month in sorted(months, reverse=True))
    return keys


@plate("archive", keys=archive_keys)
def print_archive(wanted: Sequence[Wanted], log: SheetLog) -> Iterator[Change]:
    """Print the pages and lists of a month's days ("ja/2026-11"), or the list of an edition's days ("ja").

    A month at a time: a round of the press is short, so that a story that is published meanwhile need not wait for decades.
    """
    views = edition_views()
    months: dict[str, set[str]] = {}
    for item in wanted:
        language, _, month = item.key.partition("/")
        months.setdefault(language, set()).add(month)
    for language in sorted(set(months) & set(views)):
        edition, days = views[language], _all_days(language)
        for day in days:
            if f"{day:%Y-%m}" in months[language]:
                parts = day_parts(language, day)
                yield from list_changes_of(language, day, parts)
                yield from day_sheets(edition, day, len(parts), days)
        if "" in months[language]:
            yield from archive_sheets(edition, days)
