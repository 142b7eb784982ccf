"""Makes the counts that the proofreader ships (src/kawaraban/language/proof/counts.msgpack.zst) from openly licensed text.

    python bench/proof_model.py DIRECTORY

DIRECTORY is filled with Debian's Japanese documentation if it is empty (``apt-get download``, so this part runs on Debian alone); the
packages and their licences are told in docs/explanation/proofreading.md. Only counts leave this script: rows of word classes that were
seen at least twice, and rows of three folded letters; no sentence can be read from them. It takes three minutes.
"""

from __future__ import annotations

import gzip
import re
import subprocess
import sys
from array import array
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import lxml.html
import msgspec
import zstandard

from kawaraban.language.proof import likely
from kawaraban.language.proof.words import cut

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGES = (
    *("aptitude-doc-ja", "debian-faq-ja", "debian-handbook", "debian-policy-ja", "debian-reference-ja", "developers-reference-ja"),
    *("gimp-help-ja", "kicad-doc-ja", "libreoffice-help-ja", "lilypond-doc-html-ja", "maint-guide-ja", "manpages-ja"),
)
TARGET = Path(likely.__file__).parent / likely.FILE
_KANA = re.compile(r"[ぁ-ん]")
_LATIN = re.compile(r"[A-Za-z0-9_\-./]")
_BLOCKS = ("p", "li", "dd", "dt", "td", "h1", "h2", "h3", "div")
_MOST_LATIN, _LONGEST, _FEWEST_KANA = 0.4, 400, 3


def main() -> None:
    home = Path(sys.argv[1])
    fetch(home)
    rows = [Counter[tuple[str, ...]]() for _ in range(likely.ORDERS)]
    letters: Counter[str] = Counter()
    seen = 0
    for sentence in dict.fromkeys(sentences(home)):
        seen += len(sentence)
        kinds = ["<", "<", *(word.kind for word in cut(sentence).words), "<"]
        for order, counter in enumerate(rows, start=1):
            counter.update(tuple(kinds[at : at + order]) for at in range(len(kinds) - order + 1))
        folded = likely.folded(sentence)
        letters.update(folded[at : at + 3] for at in range(len(folded) - 2))
    packed = zstandard.ZstdCompressor(level=19).compress(msgspec.msgpack.encode(counted(rows, letters)))
    TARGET.write_bytes(packed)
    print(f"{seen:,} characters; {sum(rows[0].values()):,} words; {len(packed) / 1024:,.0f} KiB in {TARGET.name}")


def fetch(home: Path) -> None:
    home.mkdir(parents=True, exist_ok=True)
    for package in PACKAGES:
        if not (home / package).exists():
            subprocess.run(["apt-get", "download", package], cwd=home, check=True)
            subprocess.run(["dpkg-deb", "-x", str(next(home.glob(f"{package}_*.deb"))), str(home / package)], check=True)


def sentences(home: Path) -> Iterator[str]:
    for path in sorted(path for package in PACKAGES for path in (home / package).rglob("*") if path.is_file() and not path.is_symlink()):
        for text in texts(path):
            joined = re.sub(r"(?<=[^\x00-\x7f]) (?=[^\x00-\x7f])", "", re.sub(r"\s+", " ", text))
            for sentence in re.findall(r"[^。!?！？]+[。!?！？]?", joined):
                latin = len(_LATIN.findall(sentence))
                if len(_KANA.findall(sentence)) >= _FEWEST_KANA and len(sentence) <= _LONGEST and latin <= len(sentence) * _MOST_LATIN:
                    yield sentence.strip()


def texts(path: Path) -> Iterator[str]:
    if path.suffix == ".html":
        if "debian-handbook" in path.parts and "ja-JP" not in path.parts:
            return
        try:
            page = lxml.html.document_fromstring(path.read_bytes(), parser=lxml.html.HTMLParser(encoding="utf-8"))
        except lxml.etree.ParserError:
            return
        for unread in page.iter("script", "style", "pre", "code", "tt"):
            unread.clear(keep_tail=True)
        for block in page.iter(*_BLOCKS):
            if not any(inner.tag in (*_BLOCKS, "ul", "ol", "table") for inner in block.iterdescendants()):
                yield block.text_content()
    elif path.suffix == ".gz" and "man" in path.parts:
        page_text = re.sub(r"^[.'].*$", "\n\n", gzip.decompress(path.read_bytes()).decode("utf-8", "ignore"), flags=re.MULTILINE)
        yield from re.split(r"\n\s*\n", re.sub(r"\\f.|\\-|\\&|\\\(..", "", page_text))
    elif path.name.endswith((".txt", ".txt.gz")):
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        yield from re.split(r"\n\s*\n", data.decode("utf-8", "ignore"))


def counted(rows: list[Counter[tuple[str, ...]]], letters: Counter[str]) -> likely.Counts:
    kinds = ["?", "<", *(kind for (kind,), _ in rows[0].most_common() if kind != "<")]
    numbers = {kind: number for number, kind in enumerate(kinds)}
    packed, times = [], []
    for order, counter in enumerate(rows, start=1):
        least = 1 if order <= 2 else 2
        found = sorted((likely.packed([numbers[kind] for kind in row]), seen) for row, seen in counter.items() if seen >= least)
        packed.append(array("q", [row for row, _ in found]).tobytes())
        times.append(array("i", [seen for _, seen in found]).tobytes())
    kept = sorted(row for row, seen in letters.items() if seen >= 2)
    return likely.Counts(tuple(kinds), tuple(packed), tuple(times), "".join(kept), array("i", [letters[row] for row in kept]).tobytes())


if __name__ == "__main__":
    main()
