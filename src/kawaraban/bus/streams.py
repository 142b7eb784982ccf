"""The streams and their subjects, and what a message says. One place, because both ends and the server's permissions must agree.

The stream of the site keeps the last message of every subject: it is the compacted sheet log, with the photos. So whoever follows it from
its first message gets the whole state, and nothing else is needed to begin a node or to come back after a month.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import msgspec
from nats.js.api import RetentionPolicy, StorageType, StreamConfig
from nats.js.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kawaraban.bus.connection import Bus

SITE = "kawaraban-site"
READS = "kawaraban-reads"
RANKINGS = "kawaraban-rankings"
SALTS = "kawaraban-salts"

SITE_SUBJECTS = "kawaraban.site.>"
READS_SUBJECT, RANKINGS_SUBJECT = "kawaraban.reads", "kawaraban.rankings"
PLACES_SUBJECT, SALTS_SUBJECT = "kawaraban.places", "kawaraban.salts"
READS_SUBJECTS = f"{READS_SUBJECT}.*"
# Where nodes ask for rankings that are not told to all: no stream keeps these questions.
ASK_SUBJECT = "kawaraban.ask"

DAY_SECONDS = 86_400
# Visitors are told apart for two days; then their hashes must be gone, on the bus too.
READS_KEPT_SECONDS = 2 * DAY_SECONDS
# Below the server's default bound of a megabyte for a message, with room for what stands around it.
LARGEST_PART = 512 * 1024

SHEET, MEDIA, KEY = "sheet", "media", "key"


class Piece(msgspec.Struct, frozen=True, array_like=True):
    """One message of the site's stream: an entry of the sheet log, a photo, the key of the read tokens; or a part of one.

    ``run`` names the copying from the stream's beginning that it belongs to, ``log`` the sheet log that it is a copy of. ``number`` is the
    entry's in the log, or for a photo the number of the entry before it; ``until`` the number at which the publication is whole.
    ``payload`` is None when what the key named is no more.
    """

    run: str
    log: str
    number: int
    until: int
    what: str  # SHEET, MEDIA or KEY
    kind: str  # of an entry of the log
    key: str
    part: int
    parts: int
    stamp: int  # when a photo's file was written, in nanoseconds; every node says the same validator
    payload: bytes | None

    @property
    def is_last(self) -> bool:
        """Whether it is the last part."""
        return self.part == self.parts - 1


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Piece)


def pieces(whole: Piece) -> Iterator[tuple[str, bytes]]:
    """Cut what may be large into messages: subject and content of each."""
    payload = whole.payload or b""
    count = max(1, -(-len(payload) // LARGEST_PART))
    for place in range(count):
        part = None if whole.payload is None else payload[place * LARGEST_PART : (place + 1) * LARGEST_PART]
        piece = msgspec.structs.replace(whole, part=place, parts=count, payload=part)
        yield subject_of(whole.what, whole.kind, whole.key, place), _encoder.encode(piece)


def subject_of(what: str, kind: str, key: str, place: int = 0) -> str:
    """Return the subject of a part of an entry, a photo or the key."""
    name = hashlib.blake2b(f"{kind}/{key}".encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
    return f"kawaraban.site.{what}.{name}.{place}"


def piece_of(content: bytes) -> Piece:
    """Read a message's content; msgspec.DecodeError if it is no piece."""
    return _decoder.decode(content)


async def last_piece(bus: Bus) -> Piece | None:
    """Return what the site's stream holds last; None if it is empty."""
    try:
        message = await bus.streams.get_last_msg(SITE, SITE_SUBJECTS)
    except NotFoundError:
        return None
    return piece_of(message.data or b"")


async def make_streams(bus: Bus) -> None:
    """Make the streams, or leave them as they are. The newsroom's business: a reader node may not."""
    for config in (
        StreamConfig(SITE, subjects=[SITE_SUBJECTS], max_msgs_per_subject=1, storage=StorageType.FILE),
        StreamConfig(READS, subjects=[READS_SUBJECTS], max_age=READS_KEPT_SECONDS, storage=StorageType.FILE),
        StreamConfig(RANKINGS, subjects=[f"{RANKINGS_SUBJECT}.*", f"{PLACES_SUBJECT}.*"], max_msgs_per_subject=1, storage=StorageType.FILE),
        # In memory only: a salt that lay on a disk might be found there when it should be gone.
        StreamConfig(SALTS, subjects=[f"{SALTS_SUBJECT}.*"], max_msgs_per_subject=1, max_age=3 * DAY_SECONDS, storage=StorageType.MEMORY),
    ):
        config.retention = RetentionPolicy.LIMITS
        await bus.streams.add_stream(config)
