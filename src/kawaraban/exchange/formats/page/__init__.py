"""A saved page of any news site, as HTML or as the bare text that a browser showed.

``text`` reads bare text, ``markup`` HTML: each finds the headline, the body and what belongs to it, and leaves what stands around them.
"""
