"""ninjs, as agencies send it (IPTC, versions 1 to 3): an item a file, a list of items, or an item a line."""
