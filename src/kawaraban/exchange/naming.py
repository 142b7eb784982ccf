"""Where a source's stories belong here: its sections, topics and people, found by name or made; and the ids of its stories."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from django.utils.text import slugify

from kawaraban.newsroom.actions.found_newspaper import EditionDraft, found_newspaper
from kawaraban.newsroom.models import Person, SectionPage, StoryPage, Topic
from kawaraban.newsroom.models.addresses import is_reserved
from kawaraban.newsroom.models.stories import ID_ALPHABET, ID_LENGTH
from kawaraban.newsroom.queries.editions import edition_of

if TYPE_CHECKING:
    from kawaraban.exchange.shapes import SourceName
    from kawaraban.newsroom.models import FrontPage

DEFAULT_SECTION = ("news", {"ja": "ニュース", "ko": "뉴스", "en": "News"})
NAMEPLATES = {"ja": "瓦版", "ko": "가와라반", "en": "Kawaraban"}
LONGEST_NAME = 80


class Names:
    """What stands here under the names of a source; what is missing is made."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Look everything up again: something was rolled back, or moved."""
        self._fronts: dict[str, FrontPage] = {}
        self._sections: dict[tuple[str, str], SectionPage] = {}
        self._topics: dict[str, Topic] = {}
        self._people: dict[str, Person] = {}

    def forget_sections(self) -> None:
        """Look sections up again: how many stories they hold has changed."""
        self._sections.clear()

    def front(self, language: str) -> FrontPage:
        """Return an edition's front page; one that is missing begins here: its name is the chief's to change."""
        if language not in self._fronts:
            draft = EditionDraft(language=language, nameplate=NAMEPLATES[language])  # type: ignore[arg-type]
            self._fronts[language] = edition_of(language) or found_newspaper(editions=[draft])[language]
        return self._fronts[language]

    def section(self, named: SourceName, language: str) -> SectionPage:
        """Return a section; a story that names none stands in the news."""
        key = (language, named.name)
        if key not in self._sections:
            front = self.front(language)
            sections = SectionPage.objects.child_of(front).select_related("locale")
            slug, title = section_address(named, front), named.name
            if not named.name:
                slug, title = DEFAULT_SECTION[0], DEFAULT_SECTION[1][language]
            found = sections.filter(title=title).first() if named.name else None
            found = found or sections.filter(slug=slug).first()
            if found is None:
                found = SectionPage(title=title, slug=slug, locale=front.locale)
                front.add_child(instance=found)
                found.save_revision(log_action=True).publish(log_action=True, skip_permission_checks=True)
                found = sections.get(pk=found.pk)
            self._sections[key] = found
        return self._sections[key]

    def topic(self, named: SourceName) -> Topic:
        """Return a topic."""
        name = named.name[:LONGEST_NAME]
        if name not in self._topics:
            topic = Topic.objects.filter(name=name).first()
            self._topics[name] = topic or Topic.objects.get_or_create(slug=address_of(named, "topic"), defaults={"name": name})[0]
        return self._topics[name]

    def person(self, named: SourceName) -> Person:
        """Return a person."""
        name = named.name[:LONGEST_NAME]
        if name not in self._people:
            person = Person.objects.filter(name=name).first()
            self._people[name] = person or Person.objects.get_or_create(slug=address_of(named, "by"), defaults={"name": name})[0]
        return self._people[name]


def story_id_for(source: str, source_id: str) -> str:
    """Make a story's id of what it is in its source, so that it is the same in every newsroom that imports it."""
    for salt in range(100):
        name = likely_story_id(source, source_id, salt)
        owner = StoryPage.objects.filter(story_id=name).values_list("import_source", "import_id").first()
        if owner is None or owner == (source, source_id):
            return name
    raise RuntimeError("no free id was found in a hundred tries")


def likely_story_id(source: str, source_id: str, salt: int = 0) -> str:
    """Return the id that a story has if no other has it: two in a paper's whole archive hardly ever would."""
    digest = hashlib.blake2b(f"{source}\n{source_id}\n{salt}".encode(), digest_size=8).digest()
    number = int.from_bytes(digest, "big")
    name = ""
    for _ in range(ID_LENGTH):
        number, letter = divmod(number, len(ID_ALPHABET))
        name += ID_ALPHABET[letter]
    return name


def section_address(named: SourceName, front: FrontPage) -> str:
    """Make a section's address of its name, unless something else stands there: a page of the site's own, or one about the paper."""
    slug = address_of(named, "section")
    if is_reserved(slug) or front.get_children().filter(slug=slug).not_type(SectionPage).exists():
        return hashed_address(named.name, "section")
    return slug


def address_of(named: SourceName, prefix: str) -> str:
    """Make a short ASCII address: the one it had, or one of its name; of what has no ASCII letters, from its hash."""
    for words in (named.slug, named.name):
        if words.isascii() and (slug := slugify(words)[:50].strip("-_").replace("_", "-")):
            return slug
    return hashed_address(named.name, prefix)


def hashed_address(name: str, prefix: str) -> str:
    """Make an address of a name that is the same whenever it is made."""
    return f"{prefix}-{hashlib.blake2b(name.encode(), digest_size=4).hexdigest()}"
