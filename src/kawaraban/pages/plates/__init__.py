"""The plates: which sheets, cards, lists and parts a change touches, one subject a file.

Importing this package registers them with the press, in the order in which a round prints them.
"""

from kawaraban.pages.plates import assets, editions, gathering, listings, names, parts, photos, redirects, stories

__all__ = ["assets", "editions", "gathering", "listings", "names", "parts", "photos", "redirects", "stories"]
