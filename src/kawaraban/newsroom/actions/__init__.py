"""Every write to the newsroom: a verb a function, keyword-only, with its actor and its transaction."""
