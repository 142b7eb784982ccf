"""HTML of others, made into the blocks of a story's body.

``cleaning`` takes out what could act, ``blocks`` walks through the tree, ``captions`` parts caption and credit, ``embeds`` knows what
may be shown from elsewhere. Nothing here touches the database.
"""
