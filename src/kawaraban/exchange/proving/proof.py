"""Compares a source with what stands here, and says what is lost."""

from __future__ import annotations

import hashlib
import random
import re
from collections import Counter
from dataclasses import asdict, dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_noop as _

from kawaraban.exchange.counting import Uncounted, writable
from kawaraban.exchange.letters import LONGEST_TITLE
from kawaraban.exchange.models import Imported
from kawaraban.exchange.noting import Account, letters_of, summed
from kawaraban.exchange.proving.here import stories_here
from kawaraban.exchange.sentences import Said, sentences_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from kawaraban.exchange.counting import CountedItem
    from kawaraban.exchange.proving.asking import Answered
    from kawaraban.exchange.proving.here import Here
    from kawaraban.exchange.shapes import ImportReport

CHANGED_BY = 0.02
# Of a text of a few words a comma is more than that.
FEWEST_LETTERS = 5
SAMPLE = 20
SHOWN_LETTERS = 600
_BLANK = re.compile(r"\s+")
TOGETHER = 200
EDITED = Said(_("somebody here has edited it since it came over"))
CHANGED = Said(_("it has changed in its source and has been edited here since it came over; ours stays"))
WITHDRAWN = Said(_("it has been withdrawn here since it came over"))
UNCOUNTED = _("%(name)s could not be counted to its end (%(why)s): what stands behind is not proved")


@dataclass
class Kind:
    """How many of a kind there are in the source, and what became of them."""

    in_source: int = 0
    here: int = 0
    explained: int = 0
    lost: int = 0


@dataclass(frozen=True)
class Row:
    """Something to look at: a story, and what is said of it."""

    source_id: str
    title: str
    said: str
    path: str = ""
    pk: int = 0
    why: str = ""


@dataclass(frozen=True)
class Pair:
    """A story side by side."""

    source_id: str
    title_there: str
    title_here: str
    words_there: str
    words_here: str
    old: str
    path: str
    pk: int


@dataclass
class Proof:
    """All that the report says."""

    source: str
    format: str
    kinds: dict[str, Kind] = field(default_factory=dict)
    lost: list[Row] = field(default_factory=list)
    explained: list[Row] = field(default_factory=list)
    lengths: list[Row] = field(default_factory=list)
    fewer_pictures: list[Row] = field(default_factory=list)
    missing_photos: dict[str, str] = field(default_factory=dict)
    addresses_tried: int = 0
    addresses_answering: int = 0
    addresses: list[Row] = field(default_factory=list)  # those that lead nowhere
    addresses_untried: str = ""  # why none was tried
    noted: dict[str, int] = field(default_factory=dict)
    outcome: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    uncounted: list[str] = field(default_factory=list)  # files that the second reader could not read to their end
    sample: list[Pair] = field(default_factory=list)

    @property
    def is_complete(self) -> bool:
        """Whether all was counted, and nothing was lost without a stated reason."""
        return not (self.uncounted or self.unexplained)

    @property
    def unexplained(self) -> list[Row]:
        """What is lost without a stated reason."""
        looked_at = [*self.addresses, *self.lengths, *self.fewer_pictures]
        return [*self.lost, *(row for row in looked_at if not row.why)]

    def as_dict(self) -> dict[str, Any]:
        """Return it as data, which can be kept whatever letters the source holds."""
        # Sentences stand there in English, and beside them what they are made of.
        return {**_written(asdict(self)), "is_complete": self.is_complete, "sentences": sentences_in(self)}

    @property
    def verdict(self) -> str:
        """Say in a sentence what is proved."""
        if self.is_complete:
            return "Nothing was lost without a stated reason."
        return "Not all of the source could be counted." if self.uncounted else "Something is lost without a stated reason."


def _written(value: Any) -> Any:
    if isinstance(value, str):
        return writable(value)
    if isinstance(value, dict):
        return {_written(name): _written(part) for name, part in value.items()}
    return [_written(part) for part in value] if isinstance(value, list) else value


def prove(
    counted: Iterable[CountedItem | Uncounted],
    *,
    source: str,
    format_name: str,
    report: ImportReport,
    ask: Callable[[list[str]], dict[str, Answered]] | None,
) -> Proof:
    """Compare. ``ask`` tries old addresses on the site; None where nothing is printed yet."""
    proof = Proof(source, format_name, missing_photos=dict(report.missing_photos), noted=dict(sorted(report.noted.items())))
    proof.outcome = {name: getattr(report, name) for name in ("read", "new", "updated", "unchanged", "kept")}
    proof.problems = report.problems
    reasons = _reasons(report)
    sampled = _Sample(source)
    old: dict[str, str] = {}
    withdrawn: set[str] = set()
    pages = set(Imported.objects.filter(source=source, kind=Imported.PAGE).values_list("key", flat=True))
    for items in _together(_counted(counted, proof)):
        here = stories_here(source, [item.source_id for item in items if item.kind == "story"])
        withdrawn.update(source_id for source_id, one in here.items() if one.is_withdrawn)
        for item in items:
            kind = proof.kinds.setdefault(item.kind, Kind())
            kind.in_source += 1
            if item.kind == "story":
                _story(item, here.get(item.source_id), proof, kind, reasons, report)
                sampled.offer(item, here.get(item.source_id))
            else:
                _other(item, proof, kind, reasons, pages)
            if (item.kind in {"story", "page"} and item.state == "published") or (item.kind == "list" and item.source_id not in reasons):
                old.update(dict.fromkeys(item.addresses, item.source_id))
    order = {name: place for place, name in enumerate(("story", "page", "list", "photo", "comment"))}
    proof.kinds = dict(sorted(proof.kinds.items(), key=lambda one: order.get(one[0], len(order))))
    _pictures(proof, report)
    _comments(proof, report)
    _try_addresses(proof, old, withdrawn, ask)
    proof.sample = sampled.pairs()
    return proof


def _counted(counted: Iterable[CountedItem | Uncounted], proof: Proof) -> Iterator[CountedItem]:
    """Yield what was counted, and note what could not be."""
    for one in counted:
        if isinstance(one, Uncounted):
            proof.uncounted.append(Said(UNCOUNTED, name=one.name, why=one.why))
        else:
            yield one


def _reasons(report: ImportReport) -> dict[str, str]:
    reasons = dict(report.left_out)
    for problem in report.found:
        if problem.source_id:
            reasons.setdefault(problem.source_id, problem.said)
    return reasons


def _story(item: CountedItem, here: Here | None, proof: Proof, kind: Kind, reasons: dict[str, str], report: ImportReport) -> None:
    if here is None:
        if reason := reasons.get(item.source_id):
            kind.explained += 1
            proof.explained.append(Row(item.source_id, item.title, reason))
        else:
            kind.lost += 1
            proof.lost.append(Row(item.source_id, item.title, Said(_("not here, and nothing says why"))))
        return
    kind.here += 1
    if item.state == "published" and not here.is_live:
        where = proof.explained if here.is_withdrawn else proof.lost
        told = WITHDRAWN if here.is_withdrawn else reasons.get(item.source_id, Said(_("here, but readers do not see it")))
        where.append(Row(item.source_id, item.title, told, here.path, here.pk))
    for address in here.gaps:
        proof.missing_photos.setdefault(address, Said(_("it could not be had when its story came over")))
    for differs, rows in ((_length, proof.lengths), (_fewer_pictures, proof.fewer_pictures)):
        row = differs(item, here, report)
        if row is not None and here.is_edited:
            before = differs(item, here.came, report) if here.came is not None else None
            row = _edited(row, before, is_known=here.came is not None, is_newer_there=item.source_id in report.stayed)
        if row is not None:
            rows.append(row)


def _edited(row: Row, before: Row | None, *, is_known: bool, is_newer_there: bool) -> Row:
    """Say of what somebody edited whether it came over whole: what was lost before that, no edit explains."""
    if not is_known:
        told = Said(_("%(now)s; edited here since, and the version that came over is not kept: it may have been whole"), now=row.said)
        return replace(row, said=told, why="")
    if before is None or before.why:
        return replace(row, why=EDITED)
    if is_newer_there:
        return replace(row, why=CHANGED)
    told = Said(_("%(now)s; edited here since, but it had come over as %(then)s"), now=row.said, then=before.said)
    return replace(row, said=told, why="")


def _fewer_pictures(item: CountedItem, here: Here, report: ImportReport) -> Row | None:
    """Compare how many pictures are there and here; None where none is missing."""
    fewer = item.pictures - here.pictures - len(here.gaps)
    if fewer <= 0:
        return None
    accounts = report.accounts.get(item.source_id, {})
    accounted = {what: account.pictures for what, account in accounts.items() if account.pictures}
    return _changed(item, here, (item.pictures, here.pictures), accounted, rest=max(0, fewer - sum(accounted.values())))


def _length(item: CountedItem, here: Here, report: ImportReport) -> Row | None:
    """Compare how long the text is there and here, with what is known of the difference; None where it is as long."""
    if item.passages:
        return _missing_passages(item, here, report.words_left_out.get(item.source_id, {}))
    accounts = report.accounts.get(item.source_id, {})
    if len(item.title) > LONGEST_TITLE:
        accounts = {**accounts, Said(_("whole headline as the first paragraph")): Account(added=letters_of(item.title))}
    there, known = len(item.text), summed(accounts.values())
    most = there + known.added

    def beyond(letters: int) -> int:
        """Return by how many letters a text is shorter or longer than all that is known says."""
        return max(most - known.letters - letters, letters - most, 0)

    # Some sources keep captions in the text, some beside it, and the lead's in either place.
    shown = [len(here.words), len(here.words + here.captions), len(here.words + here.captions + here.lead_caption)]
    nearest = min(shown, key=lambda letters: (beyond(letters), abs(there - letters)))
    if not there or not (_is_much(abs(there - nearest), there) or _is_much(beyond(nearest), there)):
        return None
    accounted = {what: account.letters or account.added for what, account in accounts.items() if account.letters or account.added}
    rest = beyond(nearest) if _is_much(beyond(nearest), there) else 0
    return _changed(item, here, (there, nearest), accounted, rest=rest)


def _missing_passages(item: CountedItem, here: Here, left_out: dict[str, str]) -> Row | None:
    """Look for each passage that must be here; None where hardly a letter is missing."""
    everything = f"{_BLANK.sub('', here.title)}\n{here.shown}\n{here.lead_caption}"
    missing = Counter[str]()
    at = 0
    for passage in item.passages:
        # They stand here in their order: to look for each from the beginning would take time by the square of a long text.
        found = max(everything.find(passage, at), 0) or everything.find(passage)
        at = max(found, at)
        if found < 0:
            missing[next((what for what, words in left_out.items() if passage in words), "")] += len(passage)
    there = sum(map(len, item.passages))
    if not _is_much(missing.total(), there):
        return None
    rest = missing.pop("", 0)
    amounts = there, there - missing.total() - rest
    return _changed(item, here, amounts, dict(missing), rest=rest if _is_much(rest, there) else 0)


def _is_much(letters: int, there: int) -> bool:
    return letters >= FEWEST_LETTERS and letters > CHANGED_BY * there


def _changed(item: CountedItem, here: Here, amounts: tuple[int, int], accounted: dict[str, int], *, rest: int) -> Row:
    """Say what changed, and why: a reason stands there only where it accounts for all of it."""
    reasons = Said.several(sorted(accounted))
    said: str = f"{amounts[0]} → {amounts[1]}"
    if rest and accounted:
        told = _("%(there)s → %(here)s, of which nothing accounts for %(rest)s (the rest: %(reasons)s)")
        said = Said(told, there=amounts[0], here=amounts[1], rest=rest, reasons=reasons)
    return Row(item.source_id, item.title, said, here.path, here.pk, "" if rest else reasons)


def _other(item: CountedItem, proof: Proof, kind: Kind, reasons: dict[str, str], pages: set[str]) -> None:
    """Count what is no story: a page about the paper, a picture, a comment, and what is none of this newsroom's."""
    reason = reasons.get(item.source_id)
    if item.kind == "page":
        is_here = hashlib.blake2b(item.source_id.encode(), digest_size=20).hexdigest() in pages
        if not is_here and reason is None:
            kind.lost += 1
            proof.lost.append(Row(item.source_id, item.title, Said(_("not here, and nothing says why"))))
            return
    else:
        # Comments have numbers of their own.
        is_here = item.kind == "comment" or reason is None
    if is_here or reason is None:
        kind.here += 1
    else:
        kind.explained += 1
        proof.explained.append(Row(item.source_id, item.title, reason))


def _pictures(proof: Proof, report: ImportReport) -> None:
    """What could not be had is no picture here; each says why."""
    kind = proof.kinds.get("photo")
    if kind is not None:
        missing = sum(1 for address in report.loose_pictures if address in report.missing_photos)
        kind.here -= missing
        kind.explained += missing


def _comments(proof: Proof, report: ImportReport) -> None:
    kind = proof.kinds.get("comment")
    if kind is not None:
        kind.here = sum(count for name, count in report.noted.items() if name.startswith("comments: "))
        kind.lost = max(0, kind.in_source - kind.here)
        if kind.lost:
            proof.lost.append(Row("", "", Said(_("%(count)s comments are not in the archive file"), count=kind.lost)))


def _try_addresses(proof: Proof, old: dict[str, str], withdrawn: set[str], ask: Callable[[list[str]], dict[str, Answered]] | None) -> None:
    if ask is None:
        proof.addresses_untried = Said(_("nothing is printed yet: run 'kawaraban print --all', then the same import again"))
        return
    answers = ask(list(old))
    proof.addresses_tried = len(answers)
    answering = Counter(answer.status for answer in answers.values())
    proof.addresses_answering = answering[200]
    for path, answer in answers.items():
        if answer.status != 200:  # noqa: PLR2004
            why = WITHDRAWN if old[path] in withdrawn else ""
            proof.addresses.append(Row(old[path], path, Said(_("answers %(status)s"), status=answer.status), answer.path, why=why))


class _Sample:
    """Twenty stories by chance, the same for the same source."""

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed)  # noqa: S311 - nobody is kept from guessing it
        self._seen = 0
        self._kept: list[tuple[CountedItem, Here]] = []

    def offer(self, item: CountedItem, here: Here | None) -> None:
        if here is None:
            return
        self._seen += 1
        if len(self._kept) < SAMPLE:
            self._kept.append((item, here))
        elif (place := self._random.randrange(self._seen)) < SAMPLE:
            self._kept[place] = (item, here)

    def pairs(self) -> list[Pair]:
        return [
            Pair(
                item.source_id,
                item.title,
                here.title,
                _cut(item.text or item.shown),
                _cut(here.shown),
                next(iter(item.addresses), ""),
                here.path if here.is_live else "",
                here.pk,
            )
            for item, here in self._kept
        ]


def _cut(text: str) -> str:
    return text if len(text) <= SHOWN_LETTERS else f"{text[:SHOWN_LETTERS]}…"


def _together(items: Iterable[CountedItem]) -> Iterator[Sequence[CountedItem]]:
    rest = iter(items)
    while some := list(islice(rest, TOGETHER)):
        yield some
