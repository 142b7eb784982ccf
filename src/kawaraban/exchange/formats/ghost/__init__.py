"""Ghost's own export (Settings → Import/Export), JSON of Ghost 4 to 6, with texts in lexical, mobiledoc or HTML.

``documents`` makes HTML of the first two, ``importing`` stories of posts; ``counting`` counts by itself.
"""
