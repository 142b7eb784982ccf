"""What each public page shows.

Here live the contexts of the public pages, their templates, styles and scripts, and the cards, lists and parts that slots are
filled with. Rendered when the press prints, never when a reader asks. Which pages a publication touches is told to the press
by ``plates.py``; how they reach the reader is the business of ``press`` and ``delivery``.
"""
