"""The newsroom: stories, sections, topics, people, names, photos, corrections, front pages, staff.

Here live the editorial models on Wagtail, every write to them as an action, every shared read as a query, and the screens of
the newsroom. What readers see of it lives in ``pages``; that it gets printed is the business of ``press``, which hears
Wagtail's own signals.
"""
