"""A small fictional newspaper, and readers who read it.

Here live the demo's stories, pictures and people, the code that puts them through the real publishing path, and simulated
readers that use nothing but pages and ``POST /read`` over HTTP. No feature lives here: what the demo shows, the product does.
"""
