"""An edition's own compression dictionary (RFC 9842): what its pages have in common, for browsers to keep.

It is made once a day of the newest stories' pages as readers get them: of one of them whole, for all that they have in common, and of what
stands in their lists, which stands in the lists of others too. A browser fetches it when it has nothing else to do, and from then on each page
costs it about a third (``bench/delivery.py --second-page DATA`` measures it).
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import time
from collections import Counter
from typing import TYPE_CHECKING

from django.conf import settings

from kawaraban.audience.queries import readership
from kawaraban.audience.shapes import Snapshot
from kawaraban.delivery.composition import Page, fill
from kawaraban.delivery.dictionaries import is_site_dictionary, site_dictionary_address
from kawaraban.delivery.shelf import Shelf
from kawaraban.delivery.store import SheetStore
from kawaraban.newsroom.queries.editions import editions
from kawaraban.pages.slots import latest_list
from kawaraban.sheetlog.log import Change
from kawaraban.sheetlog.shapes import Asset, Kind, Redirect, Sheet, Story, StoryList

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kawaraban.sheetlog.log import SheetLog

LOOK_EVERY_SECONDS = 30.0
_MADE_EVERY_SECONDS = 86_400.0
# Browsers that fetched yesterday's may still name it.
_KEPT_SECONDS = 2 * 86_400.0
# To fetch it costs up to 10 KB. Half the size costs 5 KB less and each of the newest pages a twelfth more; twice the size 9 KB more and a tenth less.
_BYTES = 48 * 1024
# Made of fewer pages it would hold their own words.
_FEWEST_PAGES = 20
_MOST_PAGES = 60
_ENTRY = re.compile(rb"<li\b.*?</li>", re.DOTALL)
_PHOTO = re.compile(rb"<picture\b.*?</picture>\s*", re.DOTALL)
_NAMED = re.compile(rb'data-story="([a-z0-9]+)"')
_WHOLE = re.compile(rb'<!doctype html>.*?<article class="story" data-story="([a-z0-9]+)"', re.DOTALL | re.IGNORECASE)


def renew_dictionaries(log: SheetLog) -> None:
    """Make the dictionary of the first edition whose own is a day old: printing waits some tenths of a second for one, not for all.

    What names a story that was withdrawn, or holds one that reads otherwise by now, is taken back before, however young it is, and also of an
    edition that stands no more.
    """
    _take_back(log)
    for front in editions():
        present = _present(log, front.language)
        if present is None or time.time() >= present.made_at + _MADE_EVERY_SECONDS:
            pages = list(_newest_pages(log, front.language))
            if len(pages) >= _FEWEST_PAGES:
                log.append(_changes(front.language, pages))
                return


def _take_back(log: SheetLog) -> None:
    paths = [path for path in log.keys(Kind.ASSET) if is_site_dictionary(path)]
    for path, asset in log.get_all(Kind.ASSET, paths, Asset).items():
        if time.time() >= asset.made_at + _KEPT_SECONDS or _is_outdated(log, asset):
            address = site_dictionary_address(path.removeprefix("/assets/").partition(".")[0])
            present = log.get(Kind.REDIRECT, address, Redirect)
            leads_here = [Change(Kind.REDIRECT, address, None)] if present is not None and present.to == path else []
            log.append([Change(Kind.ASSET, path, None), *leads_here])


def _present(log: SheetLog, language: str) -> Asset | None:
    redirect = log.get(Kind.REDIRECT, site_dictionary_address(language), Redirect)
    return None if redirect is None else log.get(Kind.ASSET, redirect.to, Asset)


def _is_outdated(log: SheetLog, asset: Asset) -> bool:
    named = {story.decode() for story in _NAMED.findall(asset.body)}
    stand = log.get_all(Kind.STORY, sorted(named), Story)
    if len(stand) < len(named):
        return True
    # What a correction took out of the page that it holds whole must not be read here.
    whole = _WHOLE.search(asset.body)
    sheet = log.get(Kind.SHEET, stand[whole[1].decode()].url, Sheet) if whole else None
    return sheet is not None and not all(piece.encode() in asset.body for piece in sheet.pieces if isinstance(piece, str))


def _newest_pages(log: SheetLog, language: str) -> Iterator[bytes]:
    known = log.get(Kind.LIST, latest_list(language), StoryList)
    newest = known.stories[:_MOST_PAGES] if known else ()
    # Looked at twice a minute where there is none yet: nothing is opened and nobody asked before there may be one.
    if len(newest) < _FEWEST_PAGES:
        return
    related = settings.KAWARABAN_DISCOVERY_DIR / "related.sqlite3"
    snapshot = Snapshot(0, 0.0, {})
    with contextlib.closing(SheetStore(settings.KAWARABAN_SHEET_LOG, related, lambda: snapshot)) as store:
        store.news()
        # Of a site that has just begun, the lists that will stand in its pages are known a little later.
        if related.exists() and not any(store.related(story) for story in newest):
            return
        snapshot = readership(socket_path=settings.KAWARABAN_COLLECTOR_SOCKET, reads_dir=settings.KAWARABAN_READS_DIR).snapshot
        shelf = Shelf(store)
        for story in newest:
            facts = store.story(story)
            sheet = store.sheet(facts.url) if facts else None
            if sheet is not None:
                yield fill(Page(sheet, shelf), shelf, time.time()).text.encode()


def _changes(language: str, pages: list[bytes]) -> Iterator[Change]:
    body = _common(pages)
    path = f"/assets/{language}.{hashlib.blake2b(body, digest_size=5).hexdigest()}.dictionary"
    # An edition's pages stand below its own address; the first edition's stand anywhere.
    pattern = "/*" if language == "ja" else f"/{language}*"
    yield Change(Kind.ASSET, path, Asset("application/octet-stream", body, dictionary_for=pattern, made_at=time.time()))
    yield Change(Kind.REDIRECT, site_dictionary_address(language), Redirect(path, permanent=False))


def _common(pages: list[bytes]) -> bytes:
    """Return the shortest page whole and before it each story's words in lists, the most often met last: what is near is cheap to point at."""
    times: Counter[bytes] = Counter()
    longest: dict[bytes, bytes] = {}
    for page in pages:
        for entry in _ENTRY.findall(page):
            named = _NAMED.search(entry)
            story = named[1] if named else entry
            # Photos become others when they are developed; what they have in common stands in the whole page.
            words = _PHOTO.sub(b"", entry)
            times[story] += 1
            longest[story] = max(longest.get(story, words), words, key=len)
    whole = min(pages, key=len)
    chosen, left = [whole], _BYTES - len(whole)
    for story, _ in times.most_common():
        if len(longest[story]) <= left:
            chosen.append(longest[story])
            left -= len(longest[story])
    return b"".join(reversed(chosen))[-_BYTES:]
