"""Found: the search index and related stories.

Here live the analysis of documents and queries, the index, the related lists, what led to a story, what is searched for, and
the search process that follows the sheet log and answers over a Unix socket. No Django. How results look on a page is the business of ``pages`` and ``delivery``.
"""
