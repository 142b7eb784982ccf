"""The sheet log: one ordered, numbered log of all that the reader plane needs.

Here live the shapes of its entries (sheets, stories, cards, lists, parts, documents, redirects, tombstones) and the SQLite
file that holds them. The press alone writes; readers, search and the collector follow it by number.
"""
