"""Parts joined into one body."""

import gzip

from kawaraban.delivery.joined import Joined
from kawaraban.sheetlog.parts import NOTHING, pressed


def test_a_body_may_be_empty():
    joined = Joined([NOTHING, NOTHING, NOTHING])
    joined.join()
    assert gzip.decompress(b"".join(joined.gzip_pieces())) == joined.plain == b""


def test_pages_that_end_alike_share_their_end():
    first, second = (Joined([pressed(f"<p>{name}</p>" * 99), pressed("<ol>順位</ol>"), pressed("</html>")]) for name in "一二")
    ranks = pressed("<ol>別の順位</ol>")
    for joined in (first, second):
        joined.join()
        joined.exchange({1: ranks})
    assert [piece is other for piece, other in zip(first.gzip_pieces(), second.gzip_pieces(), strict=True)] == [False, True, False]
