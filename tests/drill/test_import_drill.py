"""An import that is killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

from exchange.exports import item, wxr

if TYPE_CHECKING:
    from pathlib import Path


def test_an_import_that_is_killed_is_taken_up_again(tmp_path: Path) -> None:
    """Killed with SIGKILL at some moments of its work, and started again until it ends: everything is there, once."""
    path = tmp_path / "export.xml"
    path.write_text(wxr(*(item(number, f"記事{number}", "本文。" * 30) for number in range(1, 161))), encoding="utf-8")
    data = tmp_path / "data"
    environment = {**os.environ, "KAWARABAN_DATA": str(data), "KAWARABAN_WEATHER": "none"}
    command = [sys.executable, "-m", "kawaraban", "import", "wordpress", str(path), "--source", "old", "--no-print", "--json"]
    watch = "import sqlite3,sys; print(sqlite3.connect(sys.argv[1]).execute('select count(*) from newsroom_storypage').fetchone()[0])"
    kills = 0
    for wanted in (1, 81):
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while process.poll() is None:
            seen = subprocess.run(
                [sys.executable, "-c", watch, str(data / "newsroom/newsroom.sqlite3")], capture_output=True, text=True, check=False
            )
            if seen.stdout.strip().isdigit() and int(seen.stdout) >= wanted:
                process.send_signal(signal.SIGKILL)
                kills += 1
                break
        process.wait()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)
    assert kills >= 1
    assert (told["new"] + told["unchanged"], told["proof"]["kinds"]["story"]) == (
        160,
        {"in_source": 160, "here": 160, "explained": 0, "lost": 0},
    )
    assert told["unchanged"] >= 40
