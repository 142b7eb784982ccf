"""The audience's standing cast: see cast.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from audience.cast import MORNING, Newspaper, story

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def newspaper(tmp_path: Path) -> Iterator[Newspaper]:
    paper = Newspaper(tmp_path)
    paper.publish(
        story("election", source="wire", source_id="77"),
        story("budget", published_at=MORNING - 1800),
        story("derby", section="sports", published_at=MORNING - 600),
        story("cup", section="sports", language="en", published_at=MORNING - 60),
    )
    yield paper
    paper.close()
