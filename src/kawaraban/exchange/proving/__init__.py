"""Proves an import: what a second reader counted in the source, laid beside what stands here now.

Nothing here asks the importer what it did, but for the reasons that it gave. ``here`` looks into the newsroom, ``asking`` asks the reader
plane for old addresses, ``proof`` compares, ``writing`` makes the report's files.
"""
