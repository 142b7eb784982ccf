"""Text craft for Japanese, Korean and English.

Here live words (morphology), phrases and line breaks, dates in words, lengths and reading times, names and how a text mentions
them, and the proofreader with what it has counted. Pure Python: no Django, no database, no network, and no other room.
"""
