"""The press prints: from a publication to entries in the sheet log.

Here live the outbox of print jobs, the printer process that is woken when one is written, and the registry in which ``pages``
and ``exchange`` say what a change touches. It knows no page by name, and never talks to a reader.
"""
