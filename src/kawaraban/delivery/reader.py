"""The reader server: a request is a look-up."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sqlite3
import time
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kawaraban.audience.client import CollectorClient
from kawaraban.delivery import http, live, partners
from kawaraban.delivery.api.answers import PREFIX, Api
from kawaraban.delivery.asked import Asked
from kawaraban.delivery.bodies import Bodies, Body
from kawaraban.delivery.composition import Found, Page
from kawaraban.delivery.encodings import chosen_encoding, encode
from kawaraban.delivery.finding import OFTEN, Notes, SearchRequest, snippets
from kawaraban.delivery.found import WrongFieldError, search_document, search_query, suggestion_document
from kawaraban.delivery.hotfiles import HotFiles
from kawaraban.delivery.media import media_answer
from kawaraban.delivery.reads import ReadDoor, all_headers, peer
from kawaraban.delivery.shelf import Shelf
from kawaraban.delivery.store import SheetStore
from kawaraban.delivery.vitals import readiness_answer
from kawaraban.discovery.client import SearchAwayError, SearchClient
from kawaraban.discovery.shapes import LONGEST_QUERY

if TYPE_CHECKING:
    from kawaraban.delivery.lists import Dependency
    from kawaraban.delivery.request import Request
    from kawaraban.delivery.server import Answered
    from kawaraban.delivery.settings import ReaderSettings

logger = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 0.02
FOLLOWED_WITHIN_SECONDS = 5.0
LARGEST_DRIFT_SECONDS = 1.0
LONGEST_PATH = 2000
SEARCH_PAGES = {"/search": "ja", "/ko/search": "ko", "/en/search": "en"}
OTHER_FRONTS = ("/ko", "/en")
_ASKED_PAGES = frozenset(path.encode() for path in SEARCH_PAGES)
# Other systems' short addresses: a story's number after the question mark. No address of ours has such a query.
_NUMBERED = ("p=", "page_id=", "entry_id=")
_NUMBERED_BYTES = tuple(name.encode() for name in _NUMBERED)


class Reader:
    """One worker of the reader plane. Granian calls ``__rsgi__`` with every request."""

    def __init__(self, settings: ReaderSettings) -> None:
        self._settings = settings
        http.set_manners(strict_seconds=settings.strict_seconds, cache_tags=settings.cache_tags)
        self._safe_end = http.safe_end()
        self._collector = CollectorClient(Path(settings.collector_socket), self._rankings_changed)
        self._search = SearchClient(Path(settings.search_socket))
        self._store = SheetStore(Path(settings.sheet_log), Path(settings.related_store), lambda: self._collector.snapshot)
        self._shelf = Shelf(self._store)
        self._collector.reads_are_shown = lambda: self._shelf.tells_reads
        self._bodies = Bodies(self._store, self._shelf, settings.cache_bytes)
        self._hot = HotFiles(Path(settings.hot_files), self._bodies, settings.most_hot_files) if settings.hot_files else None
        self._media = Path(settings.media_dir)
        self._api = Api(Path(settings.sheet_log), self._store, self._collector, settings.base_url)
        self._reads = ReadDoor(settings, self._collector, self._was_read)
        self.is_late = False  # the server says so: then only what is at hand is given
        self._tasks: list[asyncio.Task[None]] = []
        self._followed_at = float("-inf")  # by the monotonic clock: when the log was last looked at

    # ------------------------------------------------------------------ a worker's life

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin: know the log, follow it, reach for the collector."""
        with contextlib.suppress(OSError, sqlite3.Error):
            self._store.news()
        loop.call_soon(self._begin)

    def _begin(self) -> None:
        loop = asyncio.get_running_loop()
        self._tasks.append(loop.create_task(self._follow()))
        if self._hot is not None:
            self._tasks.append(loop.create_task(self._hot.keep()))
        self._collector.start()

    async def close(self) -> None:
        """End: let go of the collector and of what is being compressed."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._collector.stop()
        self._bodies.close()

    async def _follow(self) -> None:
        difference = time.time() - time.monotonic()
        is_lost = False
        while True:
            before, difference = difference, time.time() - time.monotonic()
            # After a jump of the clock nobody knows any more until when what was composed holds.
            is_lost = is_lost or abs(difference - before) >= LARGEST_DRIFT_SECONDS
            try:
                changed = self._store.news()
                self._take_up(None if is_lost else changed)
                is_lost = False
                self._followed_at = time.monotonic()
            except Exception:
                # The file may be written by a restore at this moment: what is in memory is served meanwhile. What was on its way may be
                # taken up in part.
                logger.exception("the sheet log could not be followed")
                is_lost = True
                await asyncio.sleep(1)
            await asyncio.sleep(LOOK_EVERY_SECONDS)

    def _take_up(self, changed: set[Dependency] | None) -> None:
        """Let go of what has changed; None: of everything."""
        if changed == set():
            return
        self._api.changed(changed)
        if changed is None:
            self._bodies.forget_all()
        else:
            self._bodies.forget(changed)
        if self._hot is not None:
            self._hot.changed(None if changed is None else [key for kind, key in changed if kind == "sheet"])

    def readiness(self) -> http.Answer:
        """Answer ``/readyz``."""
        reasons = [] if self._store.is_open else ["there is no sheet log yet"]
        if self._store.is_open and time.monotonic() - self._followed_at > FOLLOWED_WITHIN_SECONDS:
            reasons.append("the sheet log cannot be followed")
        return readiness_answer(reasons, collector=self._collector.is_connected)

    def tell(self) -> dict[str, Any]:
        """Tell the operator's metrics what stands in memory."""
        return {
            "bodies": len(self._bodies.paths()),
            "bodies_bytes": self._bodies.bytes,
            "compositions": self._bodies.composed,
            "reads": dict(self._reads.outcomes),
            "log_position": self._store.seq,
            "followed_age_seconds": time.monotonic() - self._followed_at,
            "rankings_age_seconds": max(0.0, time.time() - at) if (at := self._collector.snapshot.at) else -1,
            "collector_connected": self._collector.is_connected,
        }

    def _was_read(self, story: str) -> None:
        # Where hot files answer, reads tell which pages are hot.
        if self._hot is not None and (known := self._store.story(story)):
            self._hot.asked(known.url)

    def _rankings_changed(self, lists: set[str]) -> None:
        self._bodies.forget({("ranking", name) for name in lists})

    # ------------------------------------------------------------------ what is ready

    def ready(self, target: bytes, headers: dict[bytes, bytes], *, head: bool) -> tuple[int, tuple[bytes, ...]] | None:
        """Answer with a page, which is a matter of looking up; None for everything else."""
        path, asked, query = target.partition(b"?")
        if b"%" in path or path.startswith(b"/_") or (asked and (path in _ASKED_PAGES or query.startswith(_NUMBERED_BYTES))):
            return None
        try:
            name = path.decode("ascii")
            body = self._bodies.at_hand(name) if self.is_late else self._bodies.body(name)
        except UnicodeDecodeError:
            return None
        if body is None or name in SEARCH_PAGES:
            return None
        if self._hot is not None:
            self._hot.asked(body.sheet.path)
        known = headers.get(b"if-none-match")
        if known is not None and (etag := http.holds(known.decode("latin-1"), body.digest)):
            return 304, (http.not_modified(etag),)
        accepted = headers.get(b"accept-encoding", b"")
        available = headers.get(b"available-dictionary")
        own = body.against(available, headers.get(b"dictionary-id", b""), accepted) if available is not None else None
        encoded = own or body.for_accepted(accepted)
        if head:
            return encoded.status, (encoded.head, self._safe_end)
        return encoded.status, (encoded.head, self._safe_end, *encoded.pieces)

    # ------------------------------------------------------------------ a read's way

    def hand_on(self, request: Request, client: str, answered: Answered) -> bool:
        """Take a read, which no task waits for: thousands come in a second."""
        if request.target != b"/read":
            return False
        return self._reads.hand(request, client, answered)

    def was_refused(self, request: Request, status: int) -> None:
        """Note a read that was so long that the server refused it."""
        if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE and request.method == b"POST" and request.target == b"/read":
            self._reads.was_too_long(request.headers)

    # ------------------------------------------------------------------ a request's way

    async def __rsgi__(self, scope: Any, proto: Any) -> None:
        """Answer one request; whatever goes wrong inside is a 500 of one sentence, never a trace."""
        from_proxy = self._reads.is_trusted(peer(scope.client))
        asked = Asked(scope.method, scope.path, scope.headers.get("x-request-id") if from_proxy else None)
        try:
            answer = await self._answer(scope, proto)
        except Exception:
            logger.exception("a request failed")
            answer = http.text_answer(500, "Something went wrong here. It has been noted.")
        asked.answered(answer.status)
        headers = all_headers(answer, asked.id)
        if scope.method == "HEAD":
            proto.response_empty(answer.status, [*headers, ("content-length", str(len(answer.body)))])
        elif answer.body:
            proto.response_bytes(answer.status, headers, answer.body)
        else:
            proto.response_empty(answer.status, headers)

    async def _answer(self, scope: Any, proto: Any) -> http.Answer:
        path, method = scope.path, scope.method
        if len(path) > LONGEST_PATH or len(scope.query_string) > LONGEST_PATH:
            return http.text_answer(414, "This address is too long.")
        if path == "/read":
            return await self._reads.take(scope, proto)
        if method == "OPTIONS" and path.startswith(PREFIX):
            return self._api.preflight()
        if method not in {"GET", "HEAD"}:
            return http.text_answer(405, "Only GET and HEAD are answered here.", [("allow", "GET, HEAD")])
        if path in SEARCH_PAGES:
            return await self._search_page(scope, path)
        if scope.query_string.startswith(_NUMBERED) and (moved := self._store.redirect(f"{path}?{scope.query_string}")):
            return http.redirect(moved.to, permanent=moved.permanent)
        body = self._bodies.body(path)
        if body is not None and not path.startswith("/_"):
            return self._page(scope, body)
        return await self._elsewhere(scope, path)

    def _page(self, scope: Any, body: Body) -> http.Answer:
        etag = http.holds(scope.headers.get("if-none-match", ""), body.digest) if body.sheet.status == 200 else None  # noqa: PLR2004
        if etag is not None:
            return http.Answer(304, b"", http.validators(etag))
        encoded = body.for_accepted(scope.headers.get("accept-encoding", "").encode("latin-1"))
        return http.Answer(encoded.status, encoded.body, encoded.headers)

    async def _elsewhere(self, scope: Any, path: str) -> http.Answer:
        if path == "/healthz":
            return http.text_answer(200, "ok")
        if path == "/readyz":
            return self.readiness()
        if path == "/live/ranking.json":
            return self._small(scope, await live.ranking_document(self._store, self._collector, scope.query_string))
        if path == "/live/page.json":
            return self._small(scope, live.page_document(self._bodies, scope.query_string))
        if path.startswith((PREFIX, partners.PREFIX)):
            return self._small(scope, await self._for_programs(scope, path))
        if path == "/search.json":
            return await self._search_document(scope)
        if path == "/suggest.json":
            return await self._suggestions(scope)
        if path.startswith("/media/"):
            found = media_answer(self._media, path.removeprefix("/media/"), scope.headers.get("range"), scope.headers.get("if-none-match"))
            return found or self._missing(scope, path)
        asset = self._store.asset(path)
        if asset is not None:
            return self._small(scope, http.Answer(200, asset.body, http.asset_headers(path, asset)))
        return self._moved(path) or self._missing(scope, path)

    async def _for_programs(self, scope: Any, path: str) -> http.Answer:
        if path.startswith(PREFIX):
            return await self._api.answer(path, scope.query_string)
        return partners.partner_answer(self._store, self._bodies, scope, path)

    def _moved(self, path: str) -> http.Answer | None:
        redirect = self._store.redirect(path)
        if redirect is not None:
            return http.redirect(redirect.to, permanent=redirect.permanent)
        if path == "/":
            # A paper that is not in Japanese has its front page under its language.
            front = next((other for other in OTHER_FRONTS if self._store.sheet(other)), None)
            return http.redirect(front, permanent=False) if front else None
        plain = "/" + path.strip("/").lower()
        # Two slashes at the start would lead a browser to another host.
        if plain == path or plain.startswith("//"):
            return None
        if self._store.sheet(plain):
            return http.redirect(plain)
        # Not by way of the plain form: an old address leads on in one step.
        further = self._store.redirect(path.rstrip("/")) or self._store.redirect(plain)
        return http.redirect(further.to, permanent=further.permanent) if further is not None else None

    def _missing(self, scope: Any, path: str) -> http.Answer:
        gone = self._store.gone(path) or self._store.gone(path.rstrip("/"))
        prefix = path.split("/", 2)[1] if "/" in path else ""
        own = gone.language if gone is not None else prefix
        # Of the edition whose address it is; of another one, where there is none in that language or none any more.
        languages = sorted(SEARCH_PAGES.values(), key=lambda language: language != own)
        body = next(filter(None, (self._bodies.body(f"/_{410 if gone else 404}/{language}") for language in languages)), None)
        if body is not None:
            return self._page(scope, body)
        return http.text_answer(410 if gone else 404, "Nothing stands here any more." if gone else "Nothing stands here.")

    def _small(self, scope: Any, answer: http.Answer) -> http.Answer:
        """Add validators and an encoding to an answer that is made for each request."""
        etag = next((value for name, value in answer.headers if name == "etag"), None)
        headers = [*answer.headers, ("vary", "accept-encoding")]
        if etag is not None and http.matches(scope.headers.get("if-none-match"), etag):
            return http.Answer(304, b"", headers)
        encoding = chosen_encoding(scope.headers.get("accept-encoding", ""), len(answer.body))
        if not encoding or answer.status != 200:  # noqa: PLR2004
            return http.Answer(answer.status, answer.body, headers)
        return http.Answer(answer.status, encode(answer.body, encoding), [*headers, ("content-encoding", encoding)])

    # ------------------------------------------------------------------ search

    async def _search_page(self, scope: Any, path: str) -> http.Answer:
        sheet = self._store.sheet(path)
        if sheet is None:
            return self._missing(scope, path)
        try:
            asked = SearchRequest.read(scope.query_string)
        except ValueError:
            return http.text_answer(400, "The query has too many fields.")
        language = SEARCH_PAGES[path]
        found = Found(asked.text, notes=Notes(asked, None).written)
        with contextlib.suppress(SearchAwayError):
            if asked.text:
                answer = await self._search.search(asked.query(language, time.time(), self._reads.asker(scope)))
                found = Found(asked.text, answer.stories, answer.total, answer.near, snippets(answer), Notes(asked, answer).written)
            else:
                often = await self._search.often(language=language, limit=OFTEN)
                found = Found("", notes=Notes(asked, None, often).written)
        page = Page(sheet, self._shelf)
        return self._page(scope, Body(page, self._shelf, time.time(), found))

    async def _search_document(self, scope: Any) -> http.Answer:
        try:
            query = search_query(live.first_values(scope.query_string))
            answer = await self._search.search(query)
        except WrongFieldError as error:
            return http.problem(400, str(error))
        except ValueError:
            return http.problem(400, "The query has too many fields.")
        except SearchAwayError:
            return http.problem(503, "The search is away for a moment.")
        return self._small(scope, search_document(self._store, answer, language=query.language))

    async def _suggestions(self, scope: Any) -> http.Answer:
        try:
            asked = live.first_values(scope.query_string)
            found = await self._search.suggest(asked.get("q", "")[:LONGEST_QUERY], language=asked.get("language", "")[:2])
        except ValueError:
            return http.problem(400, "The query has too many fields.")
        except SearchAwayError:
            return http.problem(503, "The search is away for a moment.")
        return self._small(scope, suggestion_document(self._store, found, language=asked.get("language", "")))
