"""What bench/discovery.py measures with: a corpus, questions about it, and the plain methods that ours is compared with."""
