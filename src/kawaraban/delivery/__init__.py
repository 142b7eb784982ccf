"""The reader server: printed sheets, live slots, one body.

Here live the composition of a page from its sheet and its slots, caching, compression, HTTP, the live documents, and the
doors to the collector and to search. No Django, no template, no editorial database, no way out to the network.
"""
