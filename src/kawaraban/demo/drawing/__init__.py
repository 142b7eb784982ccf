"""Draws the demo's pictures: flat inks, key lines and fading grounds, as a woodblock printer lays them.

``python -m kawaraban.demo.drawing`` draws all of them again, the same each time. The pictures lie in the package: nobody needs to
draw them to run the demo.
"""
