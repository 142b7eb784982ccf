"""In and out: one folder a format.

Here live the importers (each turns its source into ``SourceStory`` and publishes it the way an editor does), feeds and
sitemaps. What a story is, is told by ``newsroom``; how feeds are kept fresh, by ``press``.
"""
