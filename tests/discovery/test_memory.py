"""What is mapped of the dictionary and of the index is given back when the process has become large, and is there again when it is looked at."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from kawaraban.discovery import memory
from kawaraban.discovery.index import Index
from kawaraban.discovery.memory import Mapped
from kawaraban.discovery.shapes import Query
from kawaraban.sheetlog.shapes import Document

SIZE = 32 * 1024 * 1024
# In a process of its own: a test runner has more mapped than this.
LOOK = """
import ctypes, mmap, sudachipy, sys, threading, time
from pathlib import Path
from kawaraban.discovery.memory import Mapped, resident_bytes
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
assert Mapped().give_back((), before)
some = resident_bytes()
assert not Mapped().give_back((), 0)
after = resident_bytes()
assert words("国会議員が橋を渡った。") == cut
assert walk() == dictionary
assert [sum(mapped[at] for at in range(0, size, mmap.PAGESIZE)) for mapped in maps] == read
assert before - some < 0.1 * size
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


def story(number):
    return Document(
        id=f"d{number}",
        language="ja",
        title=f"橋の記事{number}",
        body=f"市は橋{number}を架け替える。",
        section="s",
        published_at=1e9 + number,
    )


def give_back(index) -> None:
    Mapped().give_back(index.held.files, 0)


def mapped(directory) -> dict[str, dict[str, int]]:
    """Return what is mapped of the files in a directory: by file, where, and how many KB of that are resident."""
    found: dict[str, dict[str, int]] = {}
    place = path = ""
    for line in Path("/proc/self/smaps").read_text(encoding="utf-8", errors="replace").splitlines():
        head = re.fullmatch(r"([0-9a-f]+-[0-9a-f]+) \S+ \S+ \S+ \S+ *(.*)", line)
        if head:
            place, path = head.groups()
        elif line.startswith("Rss:") and str(directory) in path:
            found.setdefault(path.removesuffix(" (deleted)"), {})[place] = int(line.split()[1])
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="what is mapped is told on Linux alone")
def test_what_is_mapped_of_an_index_is_given_back_and_is_there_again_when_it_is_looked_at(tmp_path):
    index = Index(tmp_path / "index")
    index.put(map(story, range(60)))
    index.commit()
    asked = Query(text="架け替え", limit=50)
    found = index.search(asked).stories
    assert len(found) == 50
    before = mapped(tmp_path)
    assert set(before) >= index.held.files
    assert sum(kilobytes for path in index.held.files for kilobytes in before[path].values()) >= 4 * 5
    give_back(index)
    after = mapped(tmp_path)
    # Where it was, and nothing of it is resident.
    assert {path: set(after[path]) for path in index.held.files} == {path: set(before[path]) for path in index.held.files}
    assert sum(kilobytes for path in index.held.files for kilobytes in after[path].values()) == 0
    assert index.search(asked).stories == found
    index.put([story(100)], gone=found[:1])
    index.commit()
    give_back(index)
    assert index.search(Query(text="橋の記事100")).stories[0] == "d100"
    assert found[0] not in index.search(Query(text="架け替え", limit=500)).stories


@pytest.mark.skipif(sys.platform != "linux", reason="what is mapped is told on Linux alone")
def test_what_a_state_of_the_index_has_mapped_stays_at_its_place_as_long_as_it_is_held(tmp_path):
    """The index merges and deletes its files in threads of its own: only of what is held may anything be given back."""
    index = Index(tmp_path / "index")
    index.put(map(story, range(20)))
    index.commit()
    held = index.held
    before = {path: set(places) for path, places in mapped(tmp_path).items() if path in held.files}
    assert set(before) == held.files
    for number in range(20, 50):
        index.put([story(number)])
        index.commit()
    index.close()
    index._held = index._present()
    index._searcher = index._held.searcher
    assert not held.files & index.held.files, "nothing was merged"
    assert {path: set(places) for path, places in mapped(tmp_path).items() if path in held.files} == before
    for _ in range(100):
        give_back(index)
        resident = sum(kilobytes for path in index.held.files for kilobytes in mapped(tmp_path)[path].values())
        if not resident:
            break
        # A thread of the index's own may just have looked whether there is a newer state.
        time.sleep(0.05)
    assert not resident
    # One that is mapped twice is left alone: nobody knows which of both is held.
    twice = Index(tmp_path / "index")
    for each in (index, twice):
        assert each.search(Query(text="架け替え")).total == 50
    before = mapped(tmp_path)
    give_back(index)
    after = mapped(tmp_path)
    assert all(len(before[path]) == 2 and set(after[path]) == set(before[path]) for path in index.held.files)
    assert sum(sum(after[path].values()) for path in index.held.files) >= sum(sum(before[path].values()) for path in index.held.files) > 0


@pytest.mark.skipif(sys.platform != "linux", reason="what is mapped is told on Linux alone")
def test_no_more_is_given_back_than_is_needed_and_each_piece_in_its_turn(tmp_path, monkeypatch):
    index = Index(tmp_path / "index")
    index.put(map(story, range(60)))
    index.commit()
    index.search(Query(text="架け替え"))
    given: list[int] = []
    monkeypatch.setattr(memory, "_libc", lambda: SimpleNamespace(madvise=lambda start, _length, _advice: given.append(start.value)))
    monkeypatch.setattr(memory, "resident_bytes", lambda: 1000 - 10 * len(given))
    kept = Mapped()
    assert kept.give_back(index.held.files, 1000)
    assert given == []
    assert kept.give_back(index.held.files, 980)
    assert len(given) == 2
    assert kept.give_back(index.held.files, 960)
    assert len(set(given)) == 4
    # All of it, and that is not enough.
    pieces = len(memory._pieces(index.held.files))
    assert not kept.give_back(index.held.files, -10_000)
    assert len(given) == 4 + pieces
    assert len(set(given)) == pieces
