"""Counting reads, telling people from bots, ranking.

Here live the read's token, the steps that pass a read on or drop it with a reason, the read log, the running totals, and the
collector process that owns them. No Django, no cookie, no address on disk.
"""
