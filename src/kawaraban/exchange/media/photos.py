"""Brings pictures into the newsroom's collection, each once, and knows them again."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_noop as _

from kawaraban.exchange.media.shapes import NotHadError
from kawaraban.exchange.models import Imported
from kawaraban.exchange.sentences import Said
from kawaraban.newsroom.actions.take_in_photo import PhotoDraft, take_in_photo
from kawaraban.newsroom.models import Photo

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kawaraban.exchange.media.shapes import FoundFile, MediaSource
    from kawaraban.exchange.shapes import ImportReport, SourcePhoto

LONGEST_CAPTION = 300  # of a photo's use in a story


class PhotoDesk:
    """The pictures of one source."""

    def __init__(self, *, source_name: str, media: Sequence[MediaSource], report: ImportReport) -> None:
        self._source = source_name
        self._media = media
        self._report = report
        rows = Imported.objects.filter(source=source_name, kind=Imported.PHOTO).values_list("key", "object_id")
        self._known: dict[str, int] = dict(rows)
        self._standing = set(Photo.objects.filter(pk__in=self._known.values()).values_list("pk", flat=True)) if self._known else set()

    def has(self, photo: SourcePhoto) -> bool:
        """Whether a picture stands here already, or its file may be had."""
        return self._pk(photo) is not None or any(media.has(address) for address in _addresses(photo) for media in self._media)

    def fetch(self, photos: Iterable[SourcePhoto]) -> None:
        """Bring in what is not here yet, each picture in a transaction of its own; note what cannot be had."""
        for photo in photos:
            if self._pk(photo) is None and called(photo.address, photo.caption, photo.credit) not in self._report.missing_photos:
                self._fetch(photo)

    def photo(self, photo: SourcePhoto) -> Photo | None:
        """Return the picture as it stands here; None if its file could not be had."""
        pk = self._pk(photo)
        return Photo.objects.filter(pk=pk).first() if pk is not None else None

    def _pk(self, photo: SourcePhoto) -> int | None:
        # One that was deleted here is asked for again: its story would have a hole.
        pk = self._known.get(key_of(photo))
        return pk if pk in self._standing else None

    def _fetch(self, photo: SourcePhoto) -> None:
        name = called(photo.address, photo.caption, photo.credit)
        try:
            file = self._file(photo)
            draft = PhotoDraft(
                title=photo.title,
                credit=photo.credit,
                caption=photo.own_caption or photo.caption,
                alt_text=photo.alt_text,
                rights_holder=photo.rights_holder,
                rights_end=photo.rights_end,
            )
            with transaction.atomic():
                taken = take_in_photo(content=file.content, name=file.name, draft=draft, actor=None)
                row = {"object_id": taken.pk}
                Imported.objects.update_or_create(source=self._source, kind=Imported.PHOTO, key=key_of(photo), defaults=row)
        except NotHadError as error:
            self._report.missing_photos[name] = error.said
        except ValidationError as error:
            self._report.missing_photos[name] = "; ".join(error.messages)
        else:
            self._known[key_of(photo)] = taken.pk
            self._standing.add(taken.pk)
            self._report.noted[Said(_("photos brought in"))] += 1
            if not taken.credit:
                self._report.noted[Said(_("photos without a credit"))] += 1

    def _file(self, photo: SourcePhoto) -> FoundFile:
        if not photo.address:
            raise NotHadError(Said(_("only the words below it came over")))
        reason: str = Said(_("no place was told where pictures lie (--media, --media-host)"))
        # The best file wherever it lies, before a smaller one.
        for address in _addresses(photo):
            for media in self._media:
                if media.has(address):
                    try:
                        return media.get(address)
                    except NotHadError as error:
                        reason = error.said
                elif self._media:
                    reason = Said(_("no file of this name is there, and its host is none that may be asked"))
        raise NotHadError(reason)


def called(address: str, caption: str, credit: str) -> str:
    """Return what a picture is called in a report: its address, or, of one that has none, what stood below it."""
    return address or Said(_("a picture without an address: “%(words)s”"), words=caption or credit)


def key_of(photo: SourcePhoto) -> str:
    """Return what a picture is known by: its address and its credit, for a credit is a picture's, and one file may bear two.

    What a story says below it in more words than a use holds is the picture's own caption.
    """
    caption = photo.caption if len(photo.caption) > LONGEST_CAPTION else ""
    return hashlib.blake2b(f"{photo.address}\n{photo.credit}\n{caption}".encode(), digest_size=20).hexdigest()


def _addresses(photo: SourcePhoto) -> list[str]:
    return list(dict.fromkeys([photo.address, *photo.others]))
