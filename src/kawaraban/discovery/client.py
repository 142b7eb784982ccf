"""A reader worker's door to the search process."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

import msgspec

from kawaraban.discovery import wire

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kawaraban.discovery.shapes import Answer, Query, Suggestion

ANSWER_WITHIN_SECONDS = 1.5


class SearchAwayError(Exception):
    """The search process does not answer."""


class SearchClient:
    """One connection, opened when it is needed, over which any number of questions are on their way."""

    def __init__(self, socket_path: Path) -> None:
        self._path = socket_path
        self._writer: asyncio.StreamWriter | None = None
        self._listener: asyncio.Task[None] | None = None
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._number = 0

    async def search(self, query: Query) -> Answer:
        """Ask; SearchAwayError if there is no answer in time."""
        answer: Answer = await self._ask(lambda number: wire.Ask(number, query))
        return answer

    async def suggest(self, typed: str, *, language: str = "", limit: int = 8) -> tuple[Suggestion, ...]:
        """Ask what something may become that somebody is typing; SearchAwayError if there is no answer in time."""
        answer: tuple[Suggestion, ...] = await self._ask(lambda number: wire.AskBeginning(number, typed, language, limit))
        return answer

    async def often(self, *, language: str, limit: int = 8) -> tuple[str, ...]:
        """Ask what many search for now; SearchAwayError if there is no answer in time."""
        answer: tuple[str, ...] = await self._ask(lambda number: wire.AskOften(number, language, limit))
        return answer

    async def _ask(self, message: Callable[[int], wire.Message]) -> Any:
        self._number += 1
        number = self._number
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        try:
            if self._writer is None or self._writer.is_closing():
                reader, self._writer = await asyncio.open_unix_connection(str(self._path))
                self._listener = asyncio.create_task(self._listen(reader))
            self._waiting[number] = answer
            self._writer.write(wire.frame(message(number)))
            return await asyncio.wait_for(answer, ANSWER_WITHIN_SECONDS)
        except (OSError, TimeoutError) as error:
            raise SearchAwayError("the search process does not answer") from error
        finally:
            self._waiting.pop(number, None)

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, ValueError, msgspec.DecodeError):
            while True:
                message = await wire.next_message(reader)
                waiting = self._waiting.get(message.number)
                if waiting is not None and not waiting.done():
                    waiting.set_result(message.answer)
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(ConnectionError("the search process went away"))
