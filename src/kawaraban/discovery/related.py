"""Related stories by what they tell: the words that set a story apart, weighted by how rare they are.

The index scores (BM25 over words); what is asked of it is what tells: a name counts for more than another noun, a rare word for far more
than a frequent one, a word that is said often only a little more than one that is said once. Measured in ``bench/discovery.py``.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from kawaraban.language.words import told_words
from kawaraban.sheetlog.shapes import Document

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kawaraban.discovery.facts import Documents, Facts
    from kawaraban.discovery.index import Index
    from kawaraban.sheetlog.shapes import Language

TERMS = 40
CANDIDATES = 60
KEPT = 24
# In an archive of few stories every word is in many of them.
FEW = 12
# A headline names the event: its words count so many times.
TITLE_TIMES = 2
A_NAME = 2.0
RARITY = 1.5
# So often said, a word counts for half of what it can.
HALF = 1.0
FIELDS = (("body", 1.0), ("title", 0.5), ("lead", 0.3))
SAME_TOPIC, SAME_NAME, SAME_SECTION = 1.25, 1.15, 1.05
# A story of the same week is more likely of the same event; after that age matters little.
FRESH_DAYS, FRESH = 14.0, 0.35
# Another story tells of the same event if it has so much of what a story says itself; less, if the desk gave both one topic. Looked at by eye
# on real news: below, other accidents of one railway come in. In a small archive nobody knows yet which words are rare: there topics decide.
SAME_EVENT, SAME_EVENT_TOPIC, KNOWN_FROM = 0.45, 0.2, 1000
EVENT_DAYS, EVENT_LEAST, EVENT_KEPT = 60.0, 2, 12
# A text is proposed a topic that so much of the nearness of the nearest stories belongs to.
NEAREST, TOPIC_SHARE, TOPICS_PROPOSED = 8, 0.3, 3
_DAY = 86400


class Relations(NamedTuple):
    """What belongs to a story."""

    stories: list[str]  # best first
    event: list[str]  # of the same event, in the order in which they were published


def related_stories(document: Document, index: Index, known: Documents) -> list[str]:
    """Return the stories related to one, best first: never itself, never a translation of it, never a withdrawn one."""
    return relations(document, index, known).stories


def relations(document: Document, index: Index, known: Documents) -> Relations:
    """Return what belongs to a story that is in the index."""
    shunned = {document.id, *document.translations}
    hits = index.alike(
        _in_fields(telling_terms(document, index, is_indexed=document.id in known)), language=document.language, limit=CANDIDATES
    )
    own = max((score for score, story in hits if story == document.id), default=0.0)
    scored: list[tuple[float, str]] = []
    event: list[tuple[float, str]] = []
    for score, story in hits:
        other = known.get(story)
        if other is not None and story not in shunned:
            scored.append((score * _closeness(document, other), story))
            if own and score >= own * _same_event_from(document, other, index.count()):
                event.append((other.published_at, story))
    stories = [story for _, story in sorted(scored, key=lambda pair: (-pair[0], pair[1]))][:KEPT]
    # With one other story there is no course of events to tell.
    return Relations(stories, [story for _, story in sorted(event[:EVENT_KEPT])] if len(event) >= EVENT_LEAST else [])


def near_topics(title: str, body: str, language: Language, index: Index, known: Documents) -> list[str]:
    """Return the topics that at least two of the stories nearest to a text have, and that much of their nearness: likeliest first."""
    text = Document(id="", language=language, title=title, body=body, section="", published_at=0.0)
    hits = index.alike(_in_fields(telling_terms(text, index, is_indexed=False)), language=language, limit=NEAREST)
    weights: dict[str, list[float]] = {}
    for score, story in hits:
        facts = known.get(story)
        for topic in facts.topics if facts else ():
            weights.setdefault(topic, []).append(score)
    whole = sum(score for score, _ in hits)
    likely = {topic: sum(scores) for topic, scores in weights.items() if len(scores) > 1 and sum(scores) >= whole * TOPIC_SHARE}
    return sorted(likely, key=lambda topic: -likely[topic])[:TOPICS_PROPOSED]


def _same_event_from(document: Document, other: Facts, total: int) -> float:
    """Return how much of a story's own score another must have to tell of the same event."""
    if abs(document.published_at - other.published_at) > EVENT_DAYS * _DAY:
        return math.inf
    if set(document.topics) & set(other.topics):
        return SAME_EVENT_TOPIC
    return SAME_EVENT if total >= KNOWN_FROM else math.inf


def telling_terms(document: Document, index: Index, *, is_indexed: bool = True) -> list[tuple[str, float]]:
    """Return the terms that tell this story from others, with their weights."""
    said: dict[str, tuple[int, bool]] = {}
    for text, times in ((document.title, TITLE_TIMES), (" ".join(document.topic_names), TITLE_TIMES), (document.body, 1)):
        for term, is_name in told_words(text, document.language):
            count, _ = said.get(term, (0, False))
            said[term] = (count + times, is_name)
    total = max(2, index.count())
    weighted = []
    for term, (count, is_name) in said.items():
        frequency = index.frequency(term)
        # A word in a third of all stories tells nothing; one that stands nowhere else finds nothing.
        if is_indexed < frequency <= max(FEW, total // 3):
            rarity = math.log(total / frequency + 1)
            weighted.append((term, count / (count + HALF) * rarity**RARITY * (A_NAME if is_name else 1.0), rarity))
    weighted.sort(key=lambda found: (-found[1] * found[2], found[0]))
    return [(term, weight) for term, weight, _ in weighted[:TERMS]]


def _in_fields(terms: Iterable[tuple[str, float]]) -> list[tuple[str, str, float]]:
    return [(field, term, weight * worth) for term, weight in terms for field, worth in FIELDS]


def _closeness(document: Document, other: Facts) -> float:
    weight = 1.0
    if set(document.topics) & set(other.topics):
        weight *= SAME_TOPIC
    if set(document.names) & set(other.names):
        weight *= SAME_NAME
    if document.section == other.section:
        weight *= SAME_SECTION
    days = abs(document.published_at - other.published_at) / _DAY
    return weight * (1 + FRESH * math.exp(-days / FRESH_DAYS))
