"""Draws the pictures, all or those that are named: ``python -m kawaraban.demo.drawing [ID …]``."""

from __future__ import annotations

import sys
from pathlib import Path

from kawaraban.demo.drawing import abroad, days, sea, stage, town
from kawaraban.demo.drawing.block import Block

TARGET = Path(__file__).parent.parent / "pictures"
SCENES = {**town.SCENES, **days.SCENES, **sea.SCENES, **stage.SCENES, **abroad.SCENES}
TALL = {"wave-print": (1067, 1400), "lighthouse": (1067, 1400), "kabuki-stage": (1600, 1067)}


def main() -> None:
    """Draw."""
    TARGET.mkdir(exist_ok=True)
    for name in sys.argv[1:] or SCENES:
        block = Block(name, *TALL.get(name, (1600, 1067)))
        SCENES[name](block)
        block.save(TARGET / f"{name}.jpg")


if __name__ == "__main__":
    main()
