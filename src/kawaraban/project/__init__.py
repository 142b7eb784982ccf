"""Composition root: what puts the rooms together.

Here live Django's settings, the typed environment, the newsroom's addresses, the ``kawaraban`` command and the supervision
of the processes. Nothing imports this room. What a newsroom, a press or a reader server *does* lives in their own rooms.
"""
