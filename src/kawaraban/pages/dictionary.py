"""An edition's own compression dictionary (RFC 9842): what its pages have in common, for browsers to keep.

It is made once a day of the newest stories' pages as readers get them. A browser fetches it when it has nothing else to do, and
from then on each page costs it about a third (``make bench-delivery`` measures it).
"""

from __future__ import annotations

import hashlib
import time
from typing import TYPE_CHECKING

import zstandard
from django.conf import settings

from kawaraban.audience.queries import readership
from kawaraban.delivery.composition import Page, fill
from kawaraban.delivery.dictionaries import site_dictionary_address
from kawaraban.delivery.shelf import Shelf
from kawaraban.delivery.store import SheetStore
from kawaraban.newsroom.queries.editions import editions
from kawaraban.pages.slots import latest_list
from kawaraban.sheetlog.log import Change
from kawaraban.sheetlog.shapes import Asset, Kind, Redirect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kawaraban.sheetlog.log import SheetLog

LOOK_EVERY_SECONDS = 600.0
_MADE_EVERY_SECONDS = 86_400.0
# Browsers that fetched yesterday's may still name it.
_KEPT_SECONDS = 2 * 86_400.0
# Twice the size saves a twentieth more of a page and costs twice as much to fetch.
_BYTES = 24 * 1024
# Made of fewer pages it would hold their own words.
_FEWEST_PAGES = 20
_MOST_PAGES = 60


def renew_dictionaries(log: SheetLog) -> None:
    """Make the dictionary of the first edition whose own is a day old: printing waits some tenths of a second for one, not for all."""
    for front in editions():
        if time.time() - _made_at(log, front.language) >= _MADE_EVERY_SECONDS:
            pages = list(_newest_pages(front.language))
            if len(pages) >= _FEWEST_PAGES:
                log.append(_changes(log, front.language, pages))
                return


def _made_at(log: SheetLog, language: str) -> float:
    redirect = log.get(Kind.REDIRECT, site_dictionary_address(language), Redirect)
    asset = log.get(Kind.ASSET, redirect.to, Asset) if redirect else None
    return asset.made_at if asset else 0.0


def _newest_pages(language: str) -> Iterator[bytes]:
    snapshot = readership(socket_path=settings.KAWARABAN_COLLECTOR_SOCKET, reads_dir=settings.KAWARABAN_READS_DIR).snapshot
    store = SheetStore(settings.KAWARABAN_SHEET_LOG, settings.KAWARABAN_DISCOVERY_DIR / "related.sqlite3", lambda: snapshot)
    store.news()
    shelf = Shelf(store)
    for story in store.listed(latest_list(language))[:_MOST_PAGES]:
        facts = store.story(story)
        sheet = store.sheet(facts.url) if facts else None
        if sheet is not None:
            yield fill(Page(sheet, shelf), shelf, time.time()).text.encode()


def _changes(log: SheetLog, language: str, pages: list[bytes]) -> Iterator[Change]:
    samples: list[bytes | bytearray | memoryview] = [*pages]
    body = zstandard.train_dictionary(_BYTES, samples).as_bytes()
    prefix = f"/assets/{language}."
    path = f"{prefix}{hashlib.blake2b(body, digest_size=5).hexdigest()}.dictionary"
    # An edition's pages stand below its own address; the first edition's stand anywhere.
    pattern = "/*" if language == "ja" else f"/{language}*"
    yield Change(Kind.ASSET, path, Asset("application/octet-stream", body, dictionary_for=pattern, made_at=time.time()))
    yield Change(Kind.REDIRECT, site_dictionary_address(language), Redirect(path, permanent=False))
    for known in list(log.keys(Kind.ASSET)):
        asset = log.get(Kind.ASSET, known, Asset) if known.startswith(prefix) else None
        if asset is not None and asset.dictionary_for and known != path and asset.made_at < time.time() - _KEPT_SECONDS:
            yield Change(Kind.ASSET, known, None)
