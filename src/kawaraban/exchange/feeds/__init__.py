"""Feeds and sitemaps: sheets whose rows are the stories' entries, printed once a story and joined when somebody asks."""
