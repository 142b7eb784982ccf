"""Hundreds of kills under load: everything acknowledged is counted exactly once."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

import pytest

from audience.crashing import drill

if TYPE_CHECKING:
    from pathlib import Path

# In ten sites, so that each recalls a log of many crashes and not only of the last.
ROUNDS_A_SITE = int(os.environ.get("KAWARABAN_DRILL_ROUNDS", "200")) // 10


@pytest.mark.parametrize("seed", range(10))
def test_everything_acknowledged_is_counted_exactly_once_however_often_the_collector_is_killed(tmp_path: Path, seed: int) -> None:
    assert asyncio.run(drill(tmp_path, rounds=ROUNDS_A_SITE, seed=seed)) > ROUNDS_A_SITE
