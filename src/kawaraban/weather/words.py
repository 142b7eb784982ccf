"""The weather in words."""

from __future__ import annotations

WORDS = {
    "clear": {"ja": "晴れ", "ko": "맑음", "en": "Clear"},
    "partly": {"ja": "晴れ時々くもり", "ko": "구름 조금", "en": "Partly cloudy"},
    "cloudy": {"ja": "くもり", "ko": "흐림", "en": "Cloudy"},
    "fog": {"ja": "霧", "ko": "안개", "en": "Fog"},
    "rain": {"ja": "雨", "ko": "비", "en": "Rain"},
    "snow": {"ja": "雪", "ko": "눈", "en": "Snow"},
    "thunder": {"ja": "雷雨", "ko": "뇌우", "en": "Thunderstorm"},
}


def word_for(sign: str, language: str) -> str:
    """Name a sign in an edition's language."""
    return WORDS[sign].get(language, WORDS[sign]["en"])
