"""The read-only API under ``/api/``: all published stories for programs, from the sheet log alone.

``catalogue`` holds the stories in order, ``answers`` reads requests and writes answers, ``description`` is the OpenAPI document. A story
is printed once and told here from what the log knows of it: nothing is asked of the newsroom.
"""
