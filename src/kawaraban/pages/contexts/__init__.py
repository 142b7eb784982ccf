"""From the newsroom's rows to the values that templates are given."""
