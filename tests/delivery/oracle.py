"""Composition written down plainly, to hold the fast one to: strings, no caches, no order of work but the rules' own."""

from __future__ import annotations

import html

from kawaraban.delivery.shelf import badge


def composed(sheet, sources, now, found=None) -> str:  # noqa: C901, PLR0912 - the rules in one place, one after the other
    slots = [piece for piece in sheet.pieces if not isinstance(piece, str)]
    standing = {*sheet.standing, sheet.story} - {""}
    badges: dict[str, int] = {}
    chosen: dict[int, list[tuple[str, int]]] = {}
    for number in sorted(range(len(slots)), key=lambda number: (slots[number].priority, number)):
        slot = slots[number]
        if slot.fill not in {"stories", "results"}:
            continue
        rows: list[tuple[str, int]] = []
        for story, rank in _candidates(slot, sources, found):
            if len(rows) == slot.rows:
                break
            if story in {row[0] for row in rows} or (story in standing and not slot.repeats):
                continue
            if sources.card(story, slot.shape) is None:
                continue
            if slot.since and sources.story(story).published_at < now - slot.since:
                continue
            rows.append((story, rank or len(rows) + 1))
        chosen[number] = rows
        if slot.repeats:
            continue
        if "ranking" in slot.sources and rows:
            for row in sources.ranking(slot.window, slot.section, slot.language):
                if row.story in standing and not row.filled and row.rank < rows[-1][1]:
                    badges[row.story] = row.rank
        standing |= {story for story, _ in rows}
    text, number = "", 0
    for piece in sheet.pieces:
        if isinstance(piece, str):
            text += piece
            continue
        text += _written(piece, chosen.get(number, []), badges, sheet.language, sources, now, found)
        number += 1
    return text


def _candidates(slot, sources, found):
    if slot.fill == "results":
        return [(story, 0) for story in (found.stories if found else ())]
    pairs = []
    for source in slot.sources:
        kind, _, key = source.partition(":")
        if kind == "ranking":
            pairs += [(row.story, row.rank) for row in sources.ranking(slot.window, slot.section, slot.language)]
        else:
            ids = slot.stories if kind == "ids" else sources.related(key) if kind == "related" else sources.listed(key)
            pairs += [(story, 0) for story in ids]
    return pairs


def _written(slot, rows, badges, language, sources, now, found) -> str:
    if slot.fill == "part":
        part = sources.part(slot.key)
        return next((variant.html for variant in reversed(part.variants) if variant.since <= now), "") if part else ""
    if slot.fill == "badge":
        return badge(language, badges.get(slot.key))
    if slot.fill == "query":
        return html.escape(found.query) if found else ""
    if slot.fill == "asked":
        return found.notes(slot) if found and found.notes else ""
    if not rows:
        return slot.empty
    written = []
    for story, number in rows:
        card = sources.card(story, slot.shape)
        written.append(
            slot.row_opening.replace("{rank}", str(number))
            + card.html
            + badge(language, badges.get(story))
            + card.html_after_badge
            + slot.row_closing
        )
    return slot.opening + slot.between.join(written) + slot.closing
