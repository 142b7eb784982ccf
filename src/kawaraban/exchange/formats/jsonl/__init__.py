"""JSON Lines: a story a line, the plainest way in and out.

``id`` and ``title`` are needed; ``body`` (paragraphs split by a blank line), ``section``, ``topics``, ``language``,
``published_at`` (RFC 3339), ``byline`` and ``url`` may stand there.
"""
