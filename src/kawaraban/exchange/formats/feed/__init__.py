"""Feeds with full text: RSS 2.0, Atom, JSON Feed, as files that were saved."""
