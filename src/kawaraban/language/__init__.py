"""Text craft for Japanese, Korean and English.

Here live words (morphology), phrases and line breaks, dates in words, lengths and reading times. Pure Python: no Django, no
database, no network, and no other room.
"""
