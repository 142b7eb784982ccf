"""In and out: one folder a format.

Here live the importers (each turns its source into ``SourceStory`` and publishes it the way an editor does), the second readers
that prove what came over, exports, feeds, sitemaps and the site's notices to programs. What a story is, is told by ``newsroom``; how feeds are kept fresh, by ``press``.
"""
