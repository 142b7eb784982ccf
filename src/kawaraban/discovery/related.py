"""Related stories by what they tell: the index finds candidates by the words that set a story apart, and each is then compared in full.

What is asked of the index is what tells: a name counts for more than another noun, a rare word for far more than a frequent one, a word
that is said often only a little more than one that is said once. How candidates are compared is told in ``nearness``.
"""

from __future__ import annotations

import math
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from kawaraban.discovery.analysis import Tells
from kawaraban.discovery.facts import happened_at
from kawaraban.discovery.nearness import Nearness
from kawaraban.discovery.telling import told_of
from kawaraban.sheetlog.shapes import Document

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from kawaraban.discovery.facts import Documents, Facts
    from kawaraban.discovery.index import Index
    from kawaraban.discovery.telling import Told
    from kawaraban.sheetlog.shapes import Language

# The index is asked for so many words, and so many stories are compared in full.
TERMS, CANDIDATES = 60, 75
KEPT = 50
A_NAME = 3.0
RARITY = 2.0
# So often said, a word counts for half of what it can.
HALF = 1.0
SAME_TOPIC, SAME_NAME, SAME_SECTION = 1.25, 1.15, 1.05
# Stories of one subject are mostly 0.2 to 0.3 near or more, of one event 0.4. If no other is so near, a story is like no other, and what the nearest share
# is the less to be trusted: a place or a family name. Then it counts more and more that two stories are of one kind, and the section says more than
# one word.
ONE_SUBJECT, BY_CHANCE, KIND_BY_HEADLINES, KIND_BY_NOUNS = 0.3, 0.15, 0.6, 0.12
# Of a candidate that is less near than this the same holds, whatever else is near: up to this it counts how far nouns agree.
LITTLE, LITTLE_BY_HEADLINES, LITTLE_BY_NOUNS = 0.08, 0.3, 0.8
OF_THE_SECTION = 0.03
# A story of the same week is more likely of the same event; after that age matters little.
FRESH_DAYS, FRESH = 14.0, 0.4
# Of the stories that are seen first, so many may say the same: two stories do if they share so much of the words that either tells. Others take
# their places only if they are near themselves, measured by the nearest.
SEEN_FIRST, OF_ONE_KIND, SAYS_THE_SAME, NEAR_ENOUGH = 6, 2, 0.5, 0.15
# Another story tells of the same event if it is so near by what both tell; less near, if the desk gave both one topic. Looked at by eye on real
# news: of 43 that are 0.4 near within two months, 38 were of the same event, and of 24 that are between 0.3 and 0.4, 13. In a small archive nobody
# knows yet which words are rare: there topics decide.
SAME_EVENT, SAME_EVENT_TOPIC, KNOWN_FROM = 0.4, 0.2, 1000
EVENT_DAYS, EVENT_LEAST, EVENT_KEPT = 60.0, 2, 12
# A text is proposed a topic that so much of the nearness of the nearest stories belongs to.
NEAREST, TOPIC_SHARE, TOPICS_PROPOSED = 8, 0.3, 3
_DAY = 86400
NOTHING: Mapping[str, float] = MappingProxyType({})


class Relations(NamedTuple):
    """What belongs to a story."""

    stories: list[str]  # best first
    event: list[str]  # of the same event, in the order in which they were published


def related_stories(document: Document, index: Index, known: Documents) -> list[str]:
    """Return the stories related to one, best first: never itself, never a translation of it, never a withdrawn one."""
    return relations(document, index, known).stories


def relations(document: Document, index: Index, known: Documents, together: Mapping[str, float] = NOTHING) -> Relations:
    """Return what belongs to a story, which need not be in the index. ``together``: what stories are nearer by that are read with it."""
    shunned = {document.id, *document.translations}
    near: list[tuple[_Near, bool]] = []  # and whether it stands in the same section
    event: list[tuple[float, str]] = []
    own = happened_at(document)
    for other in _nearest(document, index, together):
        facts = known.get(other.story)
        if facts is not None and other.story not in shunned:
            days = abs(own - facts.happened_at) / _DAY if own is not None and facts.happened_at is not None else None
            weighed = _near(other.near, document, facts, days)
            near.append((other._replace(near=weighed + together.get(other.story, 0.0)), document.section == facts.section))
            if days is not None and days <= EVENT_DAYS and other.near >= _same_event_from(document, facts, index.count()):
                event.append((facts.published_at, other.story))
    alone = _alone(max((other.near for other, _ in near), default=0.0))
    scored = [other._replace(near=_of_one_kind(other, alone, in_section=in_section)) for other, in_section in near]
    stories = [other.story for other in _diverse(sorted(scored, key=_best_first))][:KEPT]
    # With one other story there is no course of events to tell.
    return Relations(stories, [story for _, story in sorted(event[:EVENT_KEPT])] if len(event) >= EVENT_LEAST else [])


def _alone(nearest: float) -> float:
    """Return how much a story is like no other, 0 to 1, by how near the nearest is."""
    return min(1.0, max(0.0, (ONE_SUBJECT - nearest) / (ONE_SUBJECT - BY_CHANCE)))


def _of_one_kind(other: _Near, alone: float, *, in_section: bool) -> float:
    """Return how near another story is, when it counts too that both are of one kind: as far as the story is like no other, or they are not near."""
    little = min(LITTLE, other.near + LITTLE_BY_HEADLINES * other.in_headlines + LITTLE_BY_NOUNS * other.in_nouns)
    of_one_kind = KIND_BY_HEADLINES * other.in_headlines + KIND_BY_NOUNS * other.in_nouns
    near = max(other.near + alone * of_one_kind, little)
    return near * SAME_SECTION + OF_THE_SECTION if in_section else near


def _best_first(other: _Near) -> tuple[float, str]:
    return -other.near, other.story


def _diverse(best: list[_Near]) -> list[_Near]:
    """Put behind the first six what says the same as two of them already, as long as others are near too."""
    first: list[_Near] = []
    later: list[_Near] = []
    for other in best:
        is_wanted = len(first) < SEEN_FIRST and other.near >= best[0].near * NEAR_ENOUGH
        if is_wanted and sum(_say_the_same(other.told, one.told) for one in first) < OF_ONE_KIND:
            first.append(other)
        else:
            later.append(other)
    return first + later


def _say_the_same(one: Told, other: Told) -> bool:
    both = len(set(one.terms).intersection(other.terms))
    return both >= SAYS_THE_SAME * (len(one.terms) + len(other.terms) - both)


class _Near(NamedTuple):
    near: float
    story: str
    told: Told
    in_headlines: float
    in_nouns: float


def _nearest(document: Document, index: Index, others: Collection[str] = ()) -> list[_Near]:
    """Return the stories that tell the most of what one tells, and these others, nearest first; if it is in the index, it is one of them."""
    told = index.told(document.id) if document.id else None
    is_indexed = told is not None
    if told is None:
        told = told_of(document)
    hits = index.alike(telling_terms(told, index, is_indexed=is_indexed), language=document.language, limit=CANDIDATES)
    own = max((hit.score for hit in hits if hit.story == document.id or not is_indexed), default=0.0) or 1.0
    nearness = Nearness(told, index.rarities, index.rarities.rarest)

    def compared(story: str, other: Told, share: float) -> _Near:
        near, in_headlines, in_nouns = nearness.of(other, share)
        return _Near(near, story, other, in_headlines, in_nouns)

    found = [compared(hit.story, hit.told, hit.score / own) for hit in hits]
    seen = {hit.story for hit in hits}
    for story in others:
        if story not in seen and (other := index.told(story)) is not None:
            found.append(compared(story, other, 0.0))
    return sorted(found, key=_best_first)


def telling_terms(told: Told, index: Index, *, is_indexed: bool) -> list[tuple[str, float]]:
    """Return the terms that tell this story from others, with their weights."""
    weighted = []
    for term, times, kind in told.words():
        rarity = index.rarities[term]
        # One that stands nowhere else finds nothing; a day finds whatever else happened on it.
        if rarity and kind != Tells.DAY and index.frequency(term) > is_indexed:
            weight = times / (times + HALF) * rarity**RARITY * (A_NAME if kind == Tells.NAME else 1.0)
            weighted.append((term, weight, weight * rarity))
    weighted.sort(key=lambda found: (-found[2], found[0]))
    return [(term, weight) for term, weight, _ in weighted[:TERMS]]


def near_topics(title: str, body: str, language: Language, index: Index, known: Documents) -> list[str]:
    """Return the topics that at least two of the stories nearest to a text have, and that much of their nearness: likeliest first."""
    text = Document(id="", language=language, title=title, body=body, section="", published_at=0.0)
    nearest = _nearest(text, index)[:NEAREST]
    weights: dict[str, list[float]] = {}
    for other in nearest:
        facts = known.get(other.story)
        for topic in facts.topics if facts else ():
            weights.setdefault(topic, []).append(other.near)
    whole = sum(other.near for other in nearest)
    likely = {topic: sum(nears) for topic, nears in weights.items() if len(nears) > 1 and sum(nears) >= whole * TOPIC_SHARE}
    return sorted(likely, key=lambda topic: -likely[topic])[:TOPICS_PROPOSED]


def _same_event_from(document: Document, other: Facts, total: int) -> float:
    """Return how near another story of those days must be to tell of the same event."""
    if set(document.topics) & set(other.topics):
        return SAME_EVENT_TOPIC
    return SAME_EVENT if total >= KNOWN_FROM else math.inf


def _near(near: float, document: Document, other: Facts, days: float | None) -> float:
    """Return how near another story is, when what is known of both counts too. ``days`` lie between them, where anybody knows."""
    if set(document.topics) & set(other.topics):
        near *= SAME_TOPIC
    if set(document.names) & set(other.names):
        near *= SAME_NAME
    if days is not None:
        near *= 1 + FRESH * math.exp(-days / FRESH_DAYS)
    return near
