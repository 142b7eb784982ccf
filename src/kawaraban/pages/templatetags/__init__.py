"""The tags that the public pages' templates use."""
