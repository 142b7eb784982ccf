"""Weather, through one door with several providers behind it.

Here live the shape of an observation, the providers (Open-Meteo, the Japan Meteorological Agency's public JSON, a marked
sample) and the words for weather in the editions' languages. Fetched by the newsroom's worker, never for a reader's request.
"""
