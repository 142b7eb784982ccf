"""A small world to compose pages in: stories, lists, rankings in memory."""

from __future__ import annotations

from dataclasses import dataclass, field

from kawaraban.audience.shapes import RankedStory
from kawaraban.sheetlog.shapes import Card, Sheet, Slot, Story, TimedPart


def story_facts(name: str, **fields) -> Story:
    given = {
        "url": f"/politics/{name}",
        "title": f"記事{name}",
        "section": "politics",
        "section_name": "政治",
        "language": "ja",
        "published_at": 1000.0,
        "updated_at": 1000.0,
    }
    return Story(id=name, **{**given, **fields})


@dataclass
class World:
    stories: dict[str, Story] = field(default_factory=dict)
    lists: dict[str, list[str]] = field(default_factory=dict)
    ranks: list[str] = field(default_factory=list)
    relations: dict[str, list[str]] = field(default_factory=dict)
    parts: dict[str, TimedPart] = field(default_factory=dict)
    reads: dict[str, int] = field(default_factory=dict)  # how often a story was read; once, if nothing is said
    words: dict[str, int] = field(default_factory=dict)  # how often a story was corrected

    def story(self, story):
        return self.stories.get(story)

    def card(self, story, shape):
        if story not in self.stories:
            return None
        return Card(f'<a data-story="{story}" class="{shape}">', f"{self.words.get(story, '')}</a>")

    def cards(self, stories, shape):
        return {story: card for story in stories if (card := self.card(story, shape)) is not None}

    def listed(self, key):
        return self.lists.get(key, ())

    def part(self, key):
        return self.parts.get(key)

    def ranking(self, window, section, language):
        return [RankedStory(story, rank, self.reads.get(story, 1), 1.0, filled=False) for rank, story in enumerate(self.ranks, start=1)]

    def related(self, story):
        return self.relations.get(story, ())


def world_of(count: int, **fields) -> World:
    names = [f"s{number}" for number in range(count)]
    return World({name: story_facts(name) for name in names}, {"ja/latest": names}, **fields)


def sheet_of(*slots: Slot, story: str = "") -> Sheet:
    pieces: list[str | Slot] = []
    for slot in slots:
        pieces += [f'<div data-slot="{slot.name}">', slot, "</div>"]
    return Sheet(path="/x", language="ja", kind="test", story=story, pieces=tuple(pieces), modified_at=0.0)


def stories_slot(name: str, rows: int, priority: int, *sources: str, **fields) -> Slot:
    given = {"row_opening": '<li value="{rank}">', "row_closing": "</li>", "opening": "<ul>", "closing": "</ul>"}
    return Slot(name=name, fill="stories", rows=rows, priority=priority, sources=sources, **{**given, **fields})
