"""Kawaraban: a newsroom writes, readers get finished pages at the speed of static files, with blocks in them that are alive.

The rooms of the house and what ties them are drawn in ``ARCHITECTURE.md``.
"""

__version__ = "0.1.0"
