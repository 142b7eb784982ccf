"""Related stories by what they tell: the words that set a story apart, weighted by how rare they are."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

from kawaraban.language.words import content_terms

if TYPE_CHECKING:
    from kawaraban.discovery.facts import Documents, Facts
    from kawaraban.discovery.index import Index
    from kawaraban.sheetlog.shapes import Document

TERMS = 24
CANDIDATES = 40
KEPT = 24
# In an archive of few stories every word is in many of them.
FEW = 12
# A headline names the event: its words count so many times.
TITLE_WEIGHT = 3
SAME_TOPIC = 1.35
SAME_SECTION = 1.1
# A story of the same week is more likely of the same event; after that age matters little.
FRESH_DAYS, FRESH = 14.0, 0.35
_DAY = 86400


def related_stories(document: Document, index: Index, known: Documents) -> list[str]:
    """Return the stories related to one, best first: never itself, never a translation of it, never a withdrawn one."""
    shunned = {document.id, *document.translations}
    scored = []
    for score, story in index.alike(_in_fields(telling_terms(document, index)), language=document.language, limit=CANDIDATES):
        other = known.get(story)
        if other is not None and story not in shunned:
            scored.append((score * _closeness(document, other), story))
    return [story for _, story in sorted(scored, key=lambda pair: (-pair[0], pair[1]))][:KEPT]


def _in_fields(terms: list[tuple[str, float]]) -> list[tuple[str, str, float]]:
    return [(field, term, weight * worth) for term, weight in terms for field, worth in (("title", 2.0), ("body", 1.0))]


def telling_terms(document: Document, index: Index) -> list[tuple[str, float]]:
    """Return the terms that tell this story from others, with their weights."""
    counts = Counter(content_terms(document.body, document.language))
    for term in content_terms(f"{document.title} {' '.join(document.topic_names)}", document.language):
        counts[term] += TITLE_WEIGHT
    total = max(2, index.count())
    weighted = []
    for term, count in counts.items():
        frequency = index.frequency(term)
        # A word in a third of all stories tells nothing; one that stands nowhere else finds nothing.
        if 1 < frequency <= max(FEW, total // 3):
            weighted.append((term, (1 + math.log(count)) * math.log(total / frequency + 1)))
    return sorted(weighted, key=lambda pair: (-pair[1], pair[0]))[:TERMS]


def _closeness(document: Document, other: Facts) -> float:
    weight = 1.0
    if set(document.topics) & set(other.topics):
        weight *= SAME_TOPIC
    if document.section == other.section:
        weight *= SAME_SECTION
    days = abs(document.published_at - other.published_at) / _DAY
    return weight * (1 + FRESH * math.exp(-days / FRESH_DAYS))
