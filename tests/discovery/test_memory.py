"""What is mapped of files is given back when the process has become large, and is there again when it is looked at."""

import os
import subprocess
import sys

import pytest

SIZE = 32 * 1024 * 1024
# In a process of its own: a test runner has more mapped than this.
LOOK = """
import mmap, sys
from pathlib import Path
from kawaraban.discovery.memory import give_back_if_much, resident_bytes
directory, size = Path(sys.argv[1]), int(sys.argv[2])
files = [(directory / name).open("rb") for name in ("index/words", "other")]
maps = [mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ) for file in files]
read = [sum(mapped[at] for at in range(0, size, mmap.PAGESIZE)) for mapped in maps]
before = resident_bytes()
assert not give_back_if_much(directory / "index", most=before * 2)
assert give_back_if_much(directory / "index", most=0)
after = resident_bytes()
again = sum(maps[0][at] for at in range(0, size, mmap.PAGESIZE))
print(before, after, resident_bytes(), again == read[0] == read[1])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="memory is given back on Linux alone")
def test_mapped_files_are_given_back_and_stay_readable(tmp_path):
    (tmp_path / "index").mkdir()
    content = os.urandom(1024 * 1024) * (SIZE // 1024 // 1024)
    for name in ("index/words", "other"):
        (tmp_path / name).write_bytes(content)
    words = [sys.executable, "-c", LOOK, str(tmp_path), str(SIZE)]
    told = subprocess.run(words, check=True, capture_output=True, text=True).stdout.split()
    before, after, again = map(int, told[:3])
    # Of the index all, of another file nothing.
    assert before - 1.2 * SIZE < after < before - 0.8 * SIZE
    assert again > after + 0.8 * SIZE
    assert told[3] == "True"
