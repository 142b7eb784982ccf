"""WordPress: its own export (WXR 1.0 to 1.2), one file or several, of any size.

``reading`` cuts a file into items, ``items`` reads one, ``index`` remembers between the two passes what posts need of each other,
``text`` makes plain HTML of an editor's text, ``importing`` makes stories of posts. ``counting`` counts by itself.
"""
