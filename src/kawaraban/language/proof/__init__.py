"""Proofreading Japanese and Korean text: what is wrong, what is to be looked at, with the place, the reason and, where it is sure, the right words.

``proof`` reads one text. Each rule is a function of a text (or of a sentence) that yields reports; all of them are in ``RULES``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kawaraban.language.proof import credit, days, house, lengths, marks, okurigana, wording
from kawaraban.language.proof.grammar import grammar
from kawaraban.language.proof.hangul import KOREAN_RULES
from kawaraban.language.proof.house import OF_FORM
from kawaraban.language.proof.shapes import Level, Report, Style, Width
from kawaraban.language.proof.slips import DOUBLED, DROPPED, KATAKANA, PARTICLE, Slip, slips
from kawaraban.language.proof.words import headlines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

__all__ = ["KOREAN_RULES", "OF_FORM", "RULES", "Level", "Report", "Style", "Width", "credit", "lengths", "proof"]

_SENTENCE = re.compile(r"[^。！？\n]+[。！？]?[」』)）]?")
_KANA, _HANGUL = re.compile(r"[ぁ-ん]"), re.compile(r"[가-힣]")
# What is shorter, or has less kana, is a name, a list, a headline's end: no sentence to ask for grammar.
_SHORTEST, _FEWEST_KANA, _LONGEST = 6, 2, 380

# What a slip must gain to be told: by the dictionary alone, and in all. Set on half of a corpus of published news; docs/explanation/
# proofreading.md tells what they give on the other half.
_TOLD: dict[str, tuple[tuple[Level, float, float], ...]] = {
    DOUBLED: ((Level.ERROR, 0.0, 5.0),),
    KATAKANA: ((Level.ERROR, 5.0, 5.0),),
    DROPPED: ((Level.ERROR, 3.6, 10.0), (Level.WARN, 1.5, 7.0)),
    PARTICLE: ((Level.WARN, -1.0, 9.0),),
}

# 責任(を)とる, 対策(に)なる: what headlines leave out.
_LEFT_OUT_IN_HEADLINES = frozenset("をにがはでとな")

# Rules that know letters and forms, and could take a name for a slip.
_OF_LETTERS = frozenset(("conjugation", "doubled", "dropped-kana", "particle"))

RULES: tuple[Callable[[str, Style], Iterator[Report]], ...] = (
    *(
        marks.brackets,
        marks.doubled_marks,
        marks.doubled_small_kana,
        marks.western_marks,
        marks.half_width_kana,
        marks.widths,
        marks.blanks,
        marks.number_styles,
        house.house_style,
    ),
    *(days.weekdays, days.unknown_month, credit.captions),
    okurigana.okurigana,
    *(wording.redundant, wording.unwanted, wording.variants, wording.pairs),
)


def proof(text: str, style: Style | None = None, language: str = "") -> list[Report]:
    """Return what is to be looked at in a text, in its order. Places count characters from the text's beginning.

    ``language`` is ja or ko; without one, the letters tell.
    """
    style = style or Style()
    if (language or _language_of(text)) == "ko":
        reports = (report for rule in KOREAN_RULES for report in rule(text, style))
        return _in_order(reports, style)
    found = [report for rule in RULES for report in rule(text, style)]
    for sentence in _SENTENCE.finditer(text):
        found.extend(_at(report, sentence.start()) for report in _of_sentence(sentence[0], style))
    # What is written so again and again is a name.
    doubted = {_with_neighbours(text, report) for report in found if report.rule in _OF_LETTERS}
    often = {written for written in doubted if text.count(written) > 1}
    found = [report for report in found if report.rule not in _OF_LETTERS or _with_neighbours(text, report) not in often]
    return _in_order(found, style)


def _language_of(text: str) -> str:
    return "ko" if len(_HANGUL.findall(text)) > len(_KANA.findall(text)) else "ja"


def _in_order(found: Iterable[Report], style: Style) -> list[Report]:
    kept = (report for report in found if report.rule not in style.silent and (report.rule, report.text) not in style.accepted)
    return sorted(_without_repeats(kept), key=lambda report: (report.start, report.end, report.rule))


def _with_neighbours(text: str, report: Report) -> str:
    return text[max(0, report.start - 1) : report.end + 1]


def _of_sentence(sentence: str, style: Style) -> Iterator[Report]:
    length = len(sentence.strip())
    if length > style.longest_sentence:
        message = f"1文が{length}字あります。{style.longest_sentence}字以内に分けられませんか。"
        yield Report("long-sentence", Level.HINT, 0, len(sentence), sentence, message)
    if length < _SHORTEST or length > _LONGEST or len(_KANA.findall(sentence)) < _FEWEST_KANA:
        return
    named = list(grammar(sentence, style))
    titles = headlines(sentence)
    told = [report for slip in slips(sentence) if not _is_headline(slip, titles) for report in _told(sentence, slip)]
    # Of two reports on one place, the one that knows what is right; else the one that says what is wrong.
    unsure = {report for report in named if report.suggestion is None and any(_touch(report, other) for other in told)}
    named = [report for report in named if report not in unsure]
    yield from named
    yield from (report for report in told if not any(_touch(report, other) for other in named))


def _is_headline(slip: Slip, titles: set[int]) -> bool:
    """Whether a slip would be none in others' headlines, which have a grammar of their own: 責任とる."""
    return slip.start in titles and (slip.kind == PARTICLE or (slip.kind == DROPPED and slip.mended in _LEFT_OUT_IN_HEADLINES))


def _touch(one: Report, other: Report) -> bool:
    return one.start <= other.end and other.start <= one.end


def _told(sentence: str, slip: Slip) -> Iterator[Report]:
    """Tell of a slip, if so much is gained by its mending that it is hardly a way to say it."""
    level = next((level for level, costs, gain in _TOLD[slip.kind] if slip.costs > costs and slip.gain > gain), None)
    if level is None or (slip.kind == PARTICLE and not slip.broken):
        return
    text = sentence[slip.start : slip.end]
    if slip.kind in {DOUBLED, KATAKANA}:
        if slip.end - slip.start > 2 and text[0] >= "\u3400":  # noqa: PLR2004 - 大地震地震: a space may be missing instead
            level = Level.WARN
        yield Report("doubled", level, slip.start, slip.end, text, f"「{slip.mended}」が重なっていませんか。", slip.mended)
    elif slip.kind == DROPPED:
        # An empty span shows nothing: the letters on both sides are marked.
        start, end = max(0, slip.start - 1), min(len(sentence), slip.end + 1)
        mended = sentence[start : slip.start] + slip.mended + sentence[slip.end : end]
        yield Report("dropped-kana", level, start, end, sentence[start:end], f"「{slip.mended}」が抜けていませんか。", mended)
    else:
        message = f"「{text}」は「{slip.mended}」ではありませんか。"
        yield Report("particle", level, slip.start, slip.end, text, message, slip.mended)


def _at(report: Report, start: int) -> Report:
    return report._replace(start=report.start + start, end=report.end + start)


def _without_repeats(reports: Iterator[Report]) -> Iterator[Report]:
    """Of two reports on the very same place, the first is enough."""
    seen: set[tuple[int, int]] = set()
    for report in reports:
        if (report.start, report.end) not in seen or report.level is Level.HINT:
            seen.add((report.start, report.end))
            yield report
