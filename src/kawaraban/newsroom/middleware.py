"""What the newsroom does with every request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponseBase

READING = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class WholeChangeMiddleware:
    """Makes all that a request changes one transaction, as Django's ``ATOMIC_REQUESTS`` does, but lets those who only read alone.

    Wagtail's screens save a page, its revision, its log entry and what follows from them one after the other. A newsroom that is killed
    between two of them would have published a story that nobody prints; and two people who save at once would save between each other.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on."""
        return self._get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: tuple[Any, ...], words: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Call the view in a transaction."""
        if request.method in READING:
            return None
        return transaction.atomic(view)(request, *args, **words)
