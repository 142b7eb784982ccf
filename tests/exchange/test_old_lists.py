"""Whoever kept the address of a section, a tag, an author or a feed of the old site comes to what stands here of it."""

import json

import pytest
from asking import asked
from exports import BRIDGE, TOWN, item, wxr

from kawaraban.exchange import formats
from kawaraban.exchange.importing import Options, bring_in
from kawaraban.exchange.proving.proof import prove

pytestmark = pytest.mark.django_db
SIDE = ("category", "side", "別室")
FESTIVAL = ("post_tag", "%e7%a5%ad", "祭")
MORE = """<wp:category><wp:category_nicename>side</wp:category_nicename><wp:category_parent></wp:category_parent><wp:cat_name>別室</wp:cat_name></wp:category>
<wp:tag><wp:tag_slug>unused</wp:tag_slug><wp:tag_name>使われない</wp:tag_name></wp:tag>
<wp:author><wp:author_login>Mina.Ito</wp:author_login><wp:author_display_name>伊東 美奈</wp:author_display_name></wp:author>
<wp:category><wp:category_nicename>uncategorized</wp:category_nicename><wp:category_parent></wp:category_parent><wp:cat_name>未分類</wp:cat_name></wp:category>
"""


@pytest.fixture
def brought(newspaper, tmp_path, press):
    """Brings a file over, has it printed, and tries all old addresses."""

    def one(name, content):
        path = tmp_path / "export"
        path.write_text(content, encoding="utf-8")
        kind, options = formats.format_named(name), Options(source_name="old")
        report = bring_in(kind.open([path], options), options=options)
        log = press()
        return log, prove(kind.count([path]), source="old", format_name=name, report=report, ask=lambda paths: asked(log, paths))

    return one


def led(log, *paths):
    return {path: answer.path for path, answer in asked(log, paths).items()}


@pytest.mark.parametrize("base", ["", "/blog"])
def test_wordpress_lists_lead_to_ours_and_each_is_tried(brought, base):
    stories = [
        item(1, "橋", "<p>橋だ。</p>", terms=[BRIDGE, FESTIVAL], link=f"https://old.example.jp{base}/town/bridge/1/"),
        # A section of its own there that no story has for its first is a topic here.
        item(2, "港", "<p>港だ。</p>", terms=[TOWN, SIDE], link=f"https://old.example.jp{base}/town/2/", creator="Mina.Ito"),
        item(3, "雑報", "<p>雑報だ。</p>", terms=[("category", "uncategorized", "未分類")], link=f"https://old.example.jp{base}/3/"),
    ]
    export = wxr(*stories).replace("<item>", f"{MORE}<item>", 1)
    export = export.replace("<wp:base_blog_url>https://old.example.jp<", f"<wp:base_blog_url>https://old.example.jp{base}<")
    log, proof = brought("wordpress", export)
    assert proof.addresses == []
    assert led(log, *(f"{base}{path}" for path in ("/category/town", "/category/town/bridge", "/category/side", "/author/mina-ito"))) == {
        f"{base}/category/town": "/town",
        f"{base}/category/town/bridge": "/topics/bridge",
        f"{base}/category/side": "/topics/side",
        f"{base}/author/mina-ito": "/by/minaito",
    }
    assert led(log, f"{base}/feed", f"{base}/category/uncategorized", f"{base}/category/town/feed", f"{base}/author/kei/feed") == {
        f"{base}/feed": "/feed.xml",
        f"{base}/category/uncategorized": "/news",
        f"{base}/category/town/feed": "/town/feed.xml",
        f"{base}/author/kei/feed": "/by/kei/feed.xml",
    }
    # By its number a story is found below the site's own path.
    by_number = f"{base or '/'}?p=1"
    assert led(log, by_number)[by_number] == led(log, f"{base}/town/bridge/1")[f"{base}/town/bridge/1"] != by_number
    # Four categories, two tags, three authors, and the paper's feed.
    lists = proof.kinds["list"]
    assert (lists.in_source, lists.here, lists.explained, lists.lost) == (10, 8, 2, 0)
    assert {row.source_id: row.said for row in proof.explained} == dict.fromkeys(
        [f"{base}/tag/unused", f"{base}/author/mio"],
        "no story that came over stands in it",
    )
    assert proof.is_complete
    assert proof.addresses_tried == 15 + 6


def test_ghosts_lists_lead_to_ours(brought):
    data = {
        "posts": [{"id": "p1", "title": "橋", "slug": "bridge", "status": "published", "html": "<p>橋だ。</p>", "author_id": "u1"}],
        "tags": [{"id": "t1", "slug": "town", "name": "まち"}, {"id": "t2", "slug": "hash-x", "name": "#x"}],
        "posts_tags": [{"post_id": "p1", "tag_id": "t1"}, {"post_id": "p1", "tag_id": "t2"}],
        "users": [{"id": "u1", "slug": "kei", "name": "橘 圭"}, {"id": "u2", "slug": "mio", "name": "沖野 みお"}],
    }
    log, proof = brought("ghost", json.dumps({"db": [{"data": data}]}))
    assert (proof.addresses, proof.is_complete) == ([], True)
    assert led(log, "/tag/town", "/tag/town/rss", "/author/kei", "/rss") == {
        "/tag/town": "/town",
        "/tag/town/rss": "/town/feed.xml",
        "/author/kei": "/by/kei",
        "/rss": "/feed.xml",
    }
    assert [row.source_id for row in proof.explained] == ["/author/mio"]
