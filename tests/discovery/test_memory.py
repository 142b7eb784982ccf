"""What is mapped of the dictionary is given back when the process has become large, and is there again when it is looked at."""

import os
import subprocess
import sys

import pytest

SIZE = 32 * 1024 * 1024
# In a process of its own: a test runner has more mapped than this.
LOOK = """
import ctypes, mmap, sudachipy, sys, threading, time
from pathlib import Path
from kawaraban.discovery.memory import give_back_if_much, resident_bytes
from kawaraban.language.words import words

directory, size = Path(sys.argv[1]), int(sys.argv[2])
made = sudachipy.Dictionary
sudachipy.Dictionary = lambda **named: (time.sleep(0.05), made(**named))[1]  # so that others come meanwhile
start, end = threading.Barrier(8), threading.Barrier(9)
for _ in range(8):
    threading.Thread(target=lambda: (start.wait(), words("橋を直した。"), end.wait(), end.wait())).start()
end.wait()
lines = [line for line in Path("/proc/self/maps").read_text().splitlines() if line.endswith("sudachidict_core/resources/system.dic")]
end.wait()
files = [(directory / name).open("rb") for name in ("index/words", "index/system.dic")]
maps = [mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ) for file in files]
read = [sum(mapped[at] for at in range(0, size, mmap.PAGESIZE)) for mapped in maps]
first, last = (int(place, 16) for place in lines[0].split()[0].split("-"))
walk = lambda: sum(ctypes.string_at(at, 1)[0] for at in range(first, last, mmap.PAGESIZE))
dictionary, cut = walk(), words("国会議員が橋を渡った。")
before = resident_bytes()
assert not give_back_if_much(most=before * 2)
assert give_back_if_much(most=0)
after = resident_bytes()
assert words("国会議員が橋を渡った。") == cut
assert walk() == dictionary
assert [sum(mapped[at] for at in range(0, size, mmap.PAGESIZE)) for mapped in maps] == read
print(before, after, resident_bytes(), last - first, len(lines))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="memory is given back on Linux alone")
def test_the_dictionary_is_given_back_and_what_may_be_unmapped_meanwhile_is_not(tmp_path):
    (tmp_path / "index").mkdir()
    content = os.urandom(1024 * 1024) * (SIZE // 1024 // 1024)
    # The second has the dictionary's name, but is a file of the index, which is unmapped when the index has moved on.
    for name in ("index/words", "index/system.dic"):
        (tmp_path / name).write_bytes(content)
    run = [sys.executable, "-c", LOOK, str(tmp_path), str(SIZE)]
    told = subprocess.run(run, check=True, capture_output=True, text=True).stdout.split()
    before, after, again, dictionary, mapped = map(int, told)
    # Eight threads that need it at once map it once: a second would be unmapped at once, and something else may come to its place.
    assert mapped == 1
    # Of the dictionary all, of other files nothing.
    assert before - dictionary - 0.2 * SIZE < after < before - dictionary + 0.2 * SIZE
    assert again > after + 0.9 * dictionary
