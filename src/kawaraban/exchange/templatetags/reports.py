"""How reports of imports are shown."""

from __future__ import annotations

from typing import Any

from django import template

from kawaraban.exchange import sentences

register = template.Library()


@register.filter
def told(proof: dict[str, Any], text: str) -> str:
    """Say a sentence of a report in the reader's language, by what the report says that it is made of."""
    return sentences.told(text, proof.get("sentences", {}))
